"""Bring an XMLTV guide into the schedule."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError
from django.utils import timezone

from common import audit
from common.progress import progress_bar
from epg.errors import GuideRefusedError
from epg.importing import GuideReport, import_guide
from epg.models import Programme
from epg.xmltv import covered_period, decompressed

if TYPE_CHECKING:
    from datetime import datetime

AUTO: Final = "auto"
MOST_WEEKS: Final = 1000
LINES_SHOWN: Final = 20
IN_MEMORY_BYTES: Final = 32 * 1024 * 1024


class Command(BaseCommand):
    """`manage.py import_guide FILE`."""

    help = (
        "Import an XMLTV guide. For each channel and the time it covers, the guide replaces the schedule; "
        "what was on before stays. Viewers see the old guide or the new one, nothing between. "
        "Example: manage.py import_guide guide.xml.gz --shift-weeks auto --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file and how to read it."""
        parser.add_argument("file", metavar="FILE", help="an .xml, .gz or .xz file, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
        parser.add_argument(
            "--shift-weeks",
            type=_weeks,
            default=0,
            metavar="N|auto",
            help="move the guide by N weeks, or by as many as bring the present into it",
        )
        parser.add_argument(
            "--no-new-channels", action="store_true", help="report channels that nobody knows instead of creating them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, report, or refuse with one sentence."""
        name = "from standard input" if options["file"] == "-" else Path(options["file"]).name
        with audit.one_entry(Programme, f"import_guide {name}"):
            report = self._import(options)
        for line in report_lines(report, dry_run=options["dry_run"]):
            self.stdout.write(line)
        if report.used_nothing:
            raise CommandError("No programme of this guide could be used.")

    @staticmethod
    def _import(options: dict[str, Any]) -> GuideReport:
        with _opened(options["file"]) as file, progress_bar("programmes") as progress:
            try:
                shift = _shift(file, options["shift_weeks"])
                return import_guide(
                    stream=decompressed(file),
                    create_channels=not options["no_new_channels"],
                    shift=shift,
                    dry_run=options["dry_run"],
                    progress=progress,
                )
            except GuideRefusedError as error:
                raise CommandError(str(error)) from None
            except IntegrityError:
                raise CommandError("The schedule was changed by others meanwhile; nothing was written.") from None


def report_lines(report: GuideReport, *, dry_run: bool) -> list[str]:
    """The report for a person, one fact a line; of long lists the beginning."""
    counts = {
        "Channels created": report.channels_created,
        **({"Channels restored": report.channels_restored} if report.channels_restored else {}),
        "Programmes added": report.added,
        "Programmes changed": report.changed,
        "Programmes removed": report.removed,
        "Programmes unchanged": report.unchanged,
        "Overlaps cut": report.overlaps_cut,
        "Repeats dropped": report.repeats_dropped,
        "Skipped": len(report.skipped),
    }
    ratings = [f"{rating} ({count} programmes)" for rating, count in report.unknown_ratings.most_common()]
    return [
        *(f"{name}: {count:,}" for name, count in counts.items()),
        *_some([f"  line {line}: {reason}" for line, reason in sorted(report.skipped)]),
        *_some([f"Unknown channel: {channel_id}" for channel_id in report.unknown_channels]),
        *_some([f"Unknown rating: {rating}" for rating in ratings]),
        *_outcome(report),
        *(["This was a dry run: nothing was written."] if dry_run else []),
    ]


def _outcome(report: GuideReport) -> list[str]:
    if not report.wrote_nothing or report.used_nothing:
        return []
    return ["The guide was up to date already." if report.unchanged else "The guide holds no programmes."]


def whole_weeks_to_now(period: tuple[datetime, datetime], now: datetime) -> int:
    """The number of weeks that bring `now` into the period, as near to its start as can be; 0 if it is in there.

    Raises `GuideRefusedError` when the guide is too short for whole weeks to do it.
    """
    start, stop = period
    if start <= now < stop:
        return 0
    weeks = (now - start) // timedelta(weeks=1)
    if now >= stop + timedelta(weeks=weeks):
        raise GuideRefusedError("No shift by whole weeks brings the present into this guide: it is too short.")
    return weeks


def _weeks(text: str) -> int | str:
    if text == AUTO:
        return AUTO
    try:
        weeks = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a whole number or {AUTO} is expected, not {text!r}") from None
    if abs(weeks) > MOST_WEEKS:
        raise argparse.ArgumentTypeError(f"at most {MOST_WEEKS} weeks are possible")
    return weeks


def _shift(file: BinaryIO, weeks: int | str) -> timedelta:
    """How far to move the guide; `auto` reads the whole file for its times first and goes back to its start."""
    if weeks == AUTO:
        period = covered_period(decompressed(file))
        weeks = whole_weeks_to_now(period, timezone.now()) if period else 0
        file.seek(0)
    return timedelta(weeks=int(weeks))


def _opened(name: str) -> BinaryIO:
    """The file, or all of standard input in a temporary file, because it may be read twice."""
    if name == "-":
        copy = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.seek(0)
        return cast("BinaryIO", copy)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None


def _some(lines: list[str]) -> list[str]:
    hidden = len(lines) - LINES_SHOWN
    return [*lines[:LINES_SHOWN], f"  … and {hidden:,} more"] if hidden > 0 else lines
