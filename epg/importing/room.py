"""Room for what stays: the programmes of a guide give way to those that no import may touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from epg.importing.options import Options
from epg.importing.report import KEPT, Detail, GuideReport
from epg.importing.schedule import HOUR, Slot
from epg.importing.stored import Stored
from epg.importing.texts import clock_of, moment, quoted


@dataclass(slots=True)
class Room:
    """The slots that are left, and those that gave way: as each was, what is left of it, and to what."""

    slots: list[Slot] = field(default_factory=list)
    gave_way: list[tuple[Slot, Slot, Stored]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Which stored programmes of one channel stay as they are, whatever the guide says."""

    options: Options
    catchup_window_hours: int

    def is_fixed(self, row: Stored) -> bool:
        """Whether it stays even if the guide has another version of it."""
        return row.is_locked or row.source_id in self.options.believed_more

    def is_history(self, row: Stored) -> bool:
        """Whether it is over and can still be watched: then the guide may correct it, but not take it away."""
        now = self.options.now.timestamp()
        return now - self.catchup_window_hours * HOUR <= row.stop <= now

    def has_begun(self, row: Stored) -> bool:
        """Whether it is on, or over."""
        return row.start <= self.options.now.timestamp()

    def is_filler(self, row: Stored) -> bool:
        """Whether it is still to be seen and fills what this source leaves: then it stays while there is room."""
        return is_filler(row, self.options)


def is_filler(row: Stored, options: Options) -> bool:
    """Whether a source that is believed less has brought it, and it is not over."""
    return row.source_id in options.believed_less and row.stop > options.now.timestamp()


def make_room(slots: Sequence[Slot], staying: Sequence[Stored]) -> Room:
    """The slots without the times of what stays; both are in order and free of overlaps."""
    room = Room()
    first = 0
    for slot in slots:
        while first < len(staying) and staying[first].stop <= slot.start:
            first += 1
        left, number = slot, first
        while number < len(staying) and staying[number].start < left.stop and left.start < left.stop:
            left = _beside(left, staying[number])
            number += 1
        if left.start < left.stop:
            room.slots.append(left)
        if left is not slot:
            room.gave_way.append((slot, left, staying[first]))
    return room


def _beside(slot: Slot, row: Stored) -> Slot:
    """What is left of a slot that a row overlaps: what comes before the row, or else what comes after it."""
    if row.start > slot.start:
        return replace(slot, stop=row.start)
    return replace(slot, start=row.stop)


def tell_who_gave_way(room: Room, report: GuideReport) -> None:
    """Count and tell what was cut and what was dropped."""
    for slot, left, row in room.gave_way:
        stays = f"{quoted(row.title)} of {clock_of(row.start)} stays"
        if left.start < left.stop:
            report.cut_for_kept += 1
            times = f"from {clock_of(left.start)} to {clock_of(left.stop)}"
            report.tell(slot.told(KEPT, f"{slot.named} is cut, to be on {times}: {stays}."))
        else:
            report.dropped_for_kept += 1
            report.tell(slot.told(KEPT, f"{slot.named} is dropped: {stays}."))


def tell_who_stays(rows: Iterable[Stored], options: Options, channel: str, report: GuideReport) -> None:
    """Count and tell of stored programmes that the import leaves as they are."""
    for row in rows:
        if row.is_locked:
            report.kept_locked += 1
            reason = "it is locked"
        elif row.source_id and row.source_id in options.believed_more:
            report.kept_other_source += 1
            reason = f"it comes from {options.believed_more[row.source_id]}, which goes before"
        elif row.source_id and is_filler(row, options):
            report.kept_other_source += 1
            reason = f"it comes from {options.believed_less[row.source_id]}, and the guide has nothing then"
        else:
            report.kept_history += 1
            reason = "it can still be watched in catch-up"
        sentence = f"{quoted(row.title)} stays: {reason}."
        report.tell(Detail(KEPT, sentence, channel=channel, at=moment(row.start)))
