"""Bringing lists of channels in: found again where they are known, changed where the list says otherwise, or added."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from common import audit
from common.db import clock, in_turn_at, write_among_others
from common.progress import Progress, unwatched
from epg.channels.entries import Choice, Entry
from epg.channels.numbers import Place, assign
from epg.channels.records import ChannelList
from epg.channels.report import ChannelReport
from epg.channels.rows import differences, state
from epg.channels.stored import StoredChannels
from epg.channels.writing import write
from epg.locks import GUIDE, GUIDE_IMPORT
from epg.models import Channel

logger = logging.getLogger(__name__)


def import_channels(
    lists: Sequence[ChannelList],
    *,
    create_channels: bool = True,
    keep_logos: bool | None = None,
    dry_run: bool = False,
    progress: Progress = unwatched,
) -> ChannelReport:
    """Bring the channels of these lists in, one list after the other, in one transaction.

    A channel is found again as `StoredChannels.match` says, and changed where the list says something else; what the
    list does not say stays. Others are added with the number of the list or the next free one, and deleted ones are
    restored; with `create_channels` off both are left out. Logos are kept if `keep_logos`; None: those of lists whose
    operator gave them. External ids are added, never taken away, and never from another channel. `progress` is called
    with the number of entries done. A dry run does everything and takes it back. What is written leaves one entry in
    the audit trail.
    """
    report = ChannelReport(files=[(one.name, one.encoding, one.guide_addresses) for one in lists])
    with in_turn_at(GUIDE_IMPORT), audit.one_entry(Channel, "channels imported") as trail:
        write_among_others(GUIDE)
        stored, now = StoredChannels.locked(), clock()
        for one in lists:
            logos = one.logos_are_own if keep_logos is None else keep_logos
            _bring_in(one, stored, report, Choice(one, stored, report, create_channels, logos).entries(), now)
            progress(len(one.channels))
        if dry_run:
            transaction.set_rollback(True)
        elif not report.wrote_nothing:
            trail.update(report.counts())
    logger.info("Channels %s: %s", "tried" if dry_run else "imported", report.counts())
    return report


def _bring_in(
    found: ChannelList, stored: StoredChannels, report: ChannelReport, entries: Sequence[Entry], now: datetime
) -> None:
    """Write one list, and tell of every entry."""
    for skipped in found.skipped:
        report.skip(skipped.kind, found.name, skipped.line, skipped.name, skipped.reason)
    for note in found.notes:
        report.note(note.kind, found.name, note.line, note.name, note.sentence)
    taken = stored.numbers_ever()
    _give_numbers(found, stored, report, entries)
    _give_ids(found, stored, report, entries)
    _note_repeated_addresses(found, report, entries)
    write(entries, taken=taken, now=now)
    stored.by_id |= {entry.channel.id: entry.channel for entry in entries}
    for entry in entries:
        _tell(found, report, entry)


def _give_numbers(found: ChannelList, stored: StoredChannels, report: ChannelReport, entries: Sequence[Entry]) -> None:
    places = [Place(_wanted_number(entry), entry.number_held) for entry in entries]
    for entry, number in zip(entries, assign(places, stored.taken_numbers()), strict=True):
        asked = entry.record.channel_number
        if asked is not None and asked != number:
            sentence = f"Another channel has number {asked}; this one has {number}."
            report.note("number_taken", found.name, entry.record.line, entry.channel.name, sentence)
        entry.channel.channel_number = number


def _wanted_number(entry: Entry) -> int | None:
    """What the list says; a deleted channel asks for its own if the list says nothing."""
    own: int | None = entry.before["channel_number"] if entry.is_back else None
    return own if entry.record.channel_number is None else entry.record.channel_number


def _give_ids(found: ChannelList, stored: StoredChannels, report: ChannelReport, entries: Sequence[Entry]) -> None:
    """Those that nobody has; those of other channels are noted."""
    by_id = stored.by_id | {entry.channel.id: entry.channel for entry in entries}
    for entry in entries:
        for value in entry.record.external_ids:
            owner = stored.owners.get(value)
            if owner is None:
                stored.owners[value] = entry.channel.id
                entry.new_ids.append(value)
            elif owner != entry.channel.id:
                sentence = f'"{value}" means the channel {by_id[owner]}; it is no id of this one.'
                report.note("id_taken", found.name, entry.record.line, entry.channel.name, sentence)


def _note_repeated_addresses(found: ChannelList, report: ChannelReport, entries: Sequence[Entry]) -> None:
    lines: dict[str, int] = {}
    for entry in entries:
        if entry.record.hls_live_url:
            first = lines.setdefault(entry.record.hls_live_url, entry.record.line)
            if first != entry.record.line:
                sentence = f"Line {first} has the same address."
                report.note("repeated_address", found.name, entry.record.line, entry.channel.name, sentence)


def _tell(found: ChannelList, report: ChannelReport, entry: Entry) -> None:
    channel, line = entry.channel, entry.record.line
    changes = differences(entry.before, state(channel), entry.new_ids)
    if entry.is_new:
        report.done("added", found.name, line, str(channel), f"Added with number {channel.channel_number}.")
    elif entry.is_back:
        report.done("restored", found.name, line, str(channel), f"Restored with number {channel.channel_number}.")
    elif changes:
        report.done("changed", found.name, line, str(channel), "; ".join(changes) + ".")
    else:
        report.unchanged += 1
