"""An import from the first byte to the report."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta, tzinfo
from typing import BinaryIO, Final

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from common import audit
from common.constraints import constraint_of
from common.db import in_turn_at, judge_at_once, let_go_after, take_stock, write_among_others
from common.progress import Progress, unwatched
from epg.errors import GuideRefusedError
from epg.importing.believing import sources_above, sources_below
from epg.importing.channels import channels_of
from epg.importing.films import Films
from epg.importing.offsets import tell_of_impossible_offset
from epg.importing.one_channel import ChannelImport
from epg.importing.options import Options
from epg.importing.records import leave_failure, leave_success
from epg.importing.report import NOTE, SKIPPED, Detail, GuideReport, Told, nobody
from epg.importing.spool import Spool
from epg.importing.stranded import tell_of_stranded
from epg.importing.strays import tell_of_strays
from epg.locks import GUIDE, GUIDE_IMPORT
from epg.models import GuideSource, Programme
from epg.xmltv import GuideChannel, GuideProgramme, Skipped, read_guide

logger = logging.getLogger(__name__)

# What the parser calls a reference that it left as it is: the text was taken.
REFERENCE: Final = "reference"
# Progress is told every so many programmes.
STEP: Final = 500
# After so many rows the planner should hear of it.
MANY_ROWS: Final = 10_000
# An import whose machine has gone ends after this silence, and with it what it kept others from.
LONGEST_SILENCE: Final = timedelta(minutes=10)


def import_guide(
    *,
    stream: BinaryIO,
    name: str = "",
    source: GuideSource | None = None,
    create_channels: bool = True,
    shift: timedelta = timedelta(0),
    zone: tzinfo = UTC,
    language: str = "",
    keep_icons: bool = False,
    dry_run: bool = False,
    progress: Progress = unwatched,
    written: Progress = unwatched,
    told: Told = nobody,
    report: GuideReport | None = None,
) -> GuideReport:
    """Replace the schedule by what an XMLTV guide says, for each channel and the time the guide covers.

    `name` is the file's or the address's, for the record of the import. `source` is where the guide comes from, with
    its priority and what it calls the channels. `shift` moves every time of the guide; `zone` is for times without an
    offset; texts in `language` are taken where there are several. Channels that the guide declares and nobody knows
    are created, without their icons unless `keep_icons`, and without a source, deleted ones are restored; with
    `create_channels` off, and for programmes whose channel is not even declared, they are reported.

    Programmes that are over stay while they can be watched in catch-up, and so do locked ones and those of an active
    source that goes before this one: with a higher priority, or the same and a name that comes first. What a source
    that goes after it has brought stays where this guide has nothing. The same programme keeps its id, even at another
    time; one that is as it was is not written.

    `progress` is called with the number of programmes read since its last call, `written` with the number of these
    dealt with in the schedule; `told` with every detail, in a dry run with every difference. Whoever gives a fresh
    `report` finds in it what was done, also when the import is stopped, even after all was written.

    Viewers see the old guide or the new one, nothing between, and one import at a time writes. Each leaves a
    `GuideImport` and, if it wrote something, one entry in the audit trail; a dry run leaves nothing.

    Raises `GuideRefusedError`; then nothing was written.
    """
    report = report or GuideReport()
    report.told = told
    options = Options(
        now=timezone.now(),
        source=source,
        create_channels=create_channels,
        shift=int(shift.total_seconds()),
        keep_icons=keep_icons,
        dry_run=dry_run,
        zone_name=str(zone),
        believed_more=sources_above(source),
        believed_less=sources_below(source),
    )
    with _recorded(name, options, report), Spool() as spool:
        _read(read_guide(stream, zone=zone, language=language), spool, report, progress)
        with transaction.atomic() if dry_run else in_turn_at(GUIDE_IMPORT):
            _bring_in(spool, options, report, written)
            if not dry_run:
                leave_success(name, options, report)
        report.is_written = not dry_run
    _log(report, options)
    if report.is_written and report.added + report.changed + report.moved >= MANY_ROWS:
        _tell_the_planner()
    return report


@contextmanager
def _recorded(name: str, options: Options, report: GuideReport) -> Iterator[None]:
    """Whatever breaks an import off is left for staff to read, and goes on to the caller."""
    try:
        yield
    except IntegrityError as error:
        logger.info("The database refused what an import wrote: %s", error)
        refusal = GuideRefusedError(_refusal(error))
        leave_failure(name, options, report, str(refusal))
        raise refusal from None
    except KeyboardInterrupt:
        leave_failure(name, options, report, "It was stopped.")
        raise
    except BaseException as error:
        is_explained = isinstance(error, GuideRefusedError | OSError)
        leave_failure(name, options, report, str(error) if is_explained else f"It was broken off: {error!r}.")
        raise


def _refusal(error: IntegrityError) -> str:
    """What the database said, as a sentence. The import has looked first, so the schedule must have changed since."""
    constraint = constraint_of(error)
    if constraint in {one.name for one in Programme._meta.constraints}:
        return "The schedule was changed by others meanwhile; nothing was written."
    said = f"constraint {constraint}" if constraint else str(error).partition("\n")[0]
    return f"The database refused what the guide says: {said}. Nothing was written."


def _tell_the_planner() -> None:
    """The guide is in place, whatever happens here."""
    try:
        take_stock(Programme._meta.db_table)
    except DatabaseError as error:
        logger.warning("The planner could not be told of the new guide: %s", str(error).partition("\n")[0])
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _read(
    records: Iterator[GuideChannel | GuideProgramme | Skipped], spool: Spool, report: GuideReport, progress: Progress
) -> None:
    """Read the whole file; not before its end is known whether it is sound."""
    read = 0
    for record in records:
        if isinstance(record, GuideProgramme):
            spool.add(record)
            if record.offset is not None:
                tell_of_impossible_offset(record, report)
            read += 1
            if read % STEP == 0:
                progress(STEP)
        elif isinstance(record, GuideChannel):
            spool.declare(record)
        else:
            _tell_of_unread(record, report)
    progress(read % STEP)
    report.programmes_read = read


def _tell_of_unread(record: Skipped, report: GuideReport) -> None:
    if record.kind == REFERENCE:
        report.notes += 1
        report.tell(Detail(NOTE, record.reason, record.line))
    else:
        report.skipped.note(record.reason)
        report.tell(Detail(SKIPPED, record.reason, record.line))


def _bring_in(spool: Spool, options: Options, report: GuideReport, written: Progress) -> None:
    """Channel by channel in the order of their ids, in which everybody locks them; part of a transaction."""
    if not options.dry_run:
        let_go_after(LONGEST_SILENCE)
        write_among_others(GUIDE)
        judge_at_once()
    films = Films()
    with audit.one_entry(Programme, "guide imported") as trail:
        channels = channels_of(spool, options, report)
        tell_of_strays(channels, spool, report)
        written(sum(spool.number_of(one) for one in (*channels.unknown, *channels.deleted, *channels.left_out)))
        for channel_id, guide_ids in channels.ids.items():
            programmes = spool.programmes_of(guide_ids)
            if programmes:
                number = len(programmes)
                ChannelImport(channel_id, options, report, films).run(programmes, is_new=channel_id in channels.new)
                written(number)
        tell_of_stranded(channels.ids, options, report)
        if not (options.dry_run or report.wrote_nothing):
            trail.update(report.counts())


def _log(report: GuideReport, options: Options) -> None:
    logger.info(
        "Guide %s: %d programmes added, %d changed, %d moved, %d removed, %d unchanged; %d new channels, %d restored",
        "tried" if options.dry_run else "imported",
        report.added,
        report.changed,
        report.moved,
        report.removed,
        report.unchanged,
        report.channels_created,
        report.channels_restored,
    )
