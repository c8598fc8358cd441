"""One channel of a guide, from its programmes in the file to its schedule in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.db import clock
from epg.importing import writing
from epg.importing.comparing import Comparison, compared
from epg.importing.differences import Change, changes_of, cuts_of, is_same
from epg.importing.films import Films
from epg.importing.options import Options
from epg.importing.report import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    SUSPICIOUS_OFFSET,
    UNKNOWN_CHANNEL,
    UNKNOWN_RATING,
    Detail,
    GuideReport,
)
from epg.importing.room import Obstacles, tell_who_gave_way, tell_who_stays
from epg.importing.schedule import HOUR, Slot, sound_slots, stretches_of, tell_of_gaps
from epg.importing.shifts import shift_between
from epg.importing.stored import Stored, stored_in
from epg.importing.texts import clock_of, moment, quoted
from epg.models import Channel
from epg.xmltv import GuideProgramme


@dataclass(frozen=True, slots=True)
class ChannelImport:
    """One channel's part of an import; in its transaction."""

    channel_id: UUID
    options: Options
    report: GuideReport
    films: Films

    def run(self, programmes: Sequence[GuideProgramme], *, is_new: bool) -> None:
        """Bring its schedule to what the guide says; `is_new` for a channel that nothing can be stored of yet."""
        channel = self._locked()
        if channel is None and not (is_new and self.options.dry_run):
            self._tell_of_deleted(programmes)
            return
        window = channel.catchup_window_hours if channel else 0
        shift, zone_name = self.options.shift, self.options.zone_name
        slots = sound_slots(programmes, shift=shift, zone_name=zone_name, report=self.report)
        if not slots:
            return
        rows = [] if is_new else stored_in(self.channel_id, stretches_of(slots))
        self.films.learn(slot.programme for slot in slots)
        comparison = compared(rows, slots, Obstacles(self.options, window), self._is_same)
        self._tell(comparison, rows, slots)
        self._apply(comparison, programmes[0].channel_id)

    def _locked(self) -> Channel | None:
        """The channel, and from now on nobody else changes its schedule; None when it was deleted meanwhile."""
        channels = Channel.with_deleted.only("id", "catchup_window_hours").filter(id=self.channel_id)
        if self.options.dry_run:  # which has not restored it
            return channels.first()
        return channels.live().select_for_update(no_key=True).first()

    def _is_same(self, row: Stored, slot: Slot) -> bool:
        return is_same(row, slot, self.films, self.options)

    def _apply(self, comparison: Comparison, channel: str) -> None:
        report = self.report
        changes = [*cuts_of(comparison.cut), *changes_of(comparison.differs, self.films, self.options)]
        report.unchanged += len(comparison.same) + sum(not change.before for change in changes)
        report.moved += sum(change.is_move for change in changes)
        report.changed += sum(bool(change.before) and not change.is_move for change in changes)
        report.added += len(comparison.added)
        report.removed += len(comparison.removed)
        report.freed += len(comparison.removed) + sum(change.frees for change in changes)
        if self.options.dry_run:
            self._tell_differences(comparison, changes, channel)
        elif changes or comparison.added or comparison.removed:
            self._write(comparison, changes)

    def _write(self, comparison: Comparison, changes: Sequence[Change]) -> None:
        """Removals, changes, additions: each leaves a schedule without overlaps, as the database demands."""
        at = clock()
        if comparison.removed:
            writing.remove(comparison.removed, self.channel_id, at)
        if changes:
            writing.change(changes, at)
        if comparison.added:
            writing.add(comparison.added, self.channel_id, self.options.source_id, self.films, at)

    def _tell(self, comparison: Comparison, rows: Sequence[Stored], slots: Sequence[Slot]) -> None:
        tell_of_gaps(slots, self.report)
        tell_who_stays(comparison.stays, self.options, slots[0].programme.channel_id, self.report)
        tell_who_gave_way(comparison.room, self.report)
        self._tell_of_ratings(comparison.room.slots)
        if len(comparison.same) < len(rows):
            self._tell_of_shift(rows, slots)

    def _tell_of_ratings(self, slots: Iterable[Slot]) -> None:
        for slot in slots:
            rating = slot.programme.rating_original
            if rating and slot.programme.age_rating is None:
                self.report.unknown_ratings.note(rating)
                sentence = f"{slot.named} is rated {rating}, which nobody knows here: limited profiles do not see it."
                self.report.tell(slot.told(UNKNOWN_RATING, sentence))

    def _tell_of_shift(self, rows: Sequence[Stored], slots: Sequence[Slot]) -> None:
        shift = shift_between(rows, slots, self.options.now.timestamp())
        if shift is None:
            return
        self.report.suspicious_offsets += 1
        hours = f"{abs(shift) / HOUR:g} h {'later' if shift > 0 else 'earlier'}"
        sentence = f"Nearly everything is {hours} than in the guide before, as if a time zone were wrong."
        self.report.tell(slots[0].told(SUSPICIOUS_OFFSET, sentence))

    def _tell_of_deleted(self, programmes: Sequence[GuideProgramme]) -> None:
        for programme in programmes:
            self.report.unknown_channels.note(programme.channel_id)
            sentence = f"{quoted(programme.title)} is not taken: its channel was deleted meanwhile."
            at = moment(programme.start)
            self.report.tell(Detail(UNKNOWN_CHANNEL, sentence, programme.line, programme.channel_id, at))

    def _tell_differences(self, comparison: Comparison, changes: Sequence[Change], channel: str) -> None:
        """What a real import would do, one by one."""
        for slot in comparison.added:
            sentence = f"{slot.named} is added, until {clock_of(slot.stop)}."
            self.report.tell(Detail(ADDED, sentence, slot.programme.line, channel, moment(slot.start)))
        for change in changes:
            if change.before:
                kind = MOVED if change.is_move else CHANGED
                told, at = change.told(), change.programme.start_time
                difference = "; ".join(f"{name} {was} → {is_now}" for name, (was, is_now) in told.items())
                sentence = f"{quoted(change.was.title)}: {difference}."
                self.report.tell(Detail(kind, sentence, channel=channel, at=at, changes=told))
        for row in comparison.removed:
            sentence = f"{quoted(row.title)} is removed, which was on until {clock_of(row.stop)}."
            self.report.tell(Detail(REMOVED, sentence, channel=channel, at=moment(row.start)))
