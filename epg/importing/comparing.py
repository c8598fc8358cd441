"""What a guide changes in the schedule of one channel."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from epg.importing.identity import Pair, corrected, identified, is_same_name
from epg.importing.room import Obstacles, Room, make_room
from epg.importing.schedule import Slot, stretches_of
from epg.importing.stored import Stored
from epg.models.programmes import LONGEST_PROGRAMME


@dataclass(slots=True)
class Comparison:
    """What is to be done with one channel; `stays` and `room` tell what the guide had to leave alone.

    `differs` are the same programme in the schedule and in the guide, with some difference between them. `cut` are
    stored programmes that go on when the guide begins, and the moment at which they end from now on.
    """

    room: Room
    stays: list[Stored]
    added: list[Slot] = field(default_factory=list)
    differs: list[Pair] = field(default_factory=list)
    same: list[Pair] = field(default_factory=list)
    removed: list[Stored] = field(default_factory=list)
    cut: list[tuple[Stored, float]] = field(default_factory=list)


def compared(
    rows: Sequence[Stored], slots: Sequence[Slot], obstacles: Obstacles, is_same: Callable[[Stored, Slot], bool]
) -> Comparison:
    """Compare what is stored where the guide has something with the guide; both are in order.

    `is_same` says whether a stored programme needs no look at all its columns.
    """
    slots = _with_their_beginnings(rows, slots, obstacles)
    cuts = _cuts(rows, slots)
    stays = [row for row in rows if obstacles.is_fixed(row) or (row.id in cuts and obstacles.is_history(row))]
    # What is on already cannot be put off any more: it ends when the guide begins.
    held = {row.id for row in rows if row.id in cuts and obstacles.has_begun(row)} | {row.id for row in stays}
    free = [row for row in rows if row.id not in held]
    # First what is corrected where it is. What was shown and is not in the guide stays as well, and takes its room.
    corrections = corrected(free, make_room(slots, stays).slots, may_be_renamed=obstacles.is_history)
    settled = {row.id for row, _slot in corrections}
    rest = [row for row in free if row.id not in settled]
    stays = sorted([*stays, *(row for row in rest if obstacles.is_history(row))], key=lambda row: row.start)
    room = make_room(slots, stays)
    pairs = _pairs(corrections, [row for row in rest if not obstacles.is_history(row)], room.slots)
    found = {row.id for row, _slot in pairs} | {row.id for row in stays}
    gone = [row for row in free if row.id not in found and row.id not in cuts]
    fillers = [row for row in gone if obstacles.is_filler(row) and _has_room(row, room.slots)]
    comparison = Comparison(room, [*stays, *fillers])
    filled = {row.id for row in fillers}
    comparison.removed = [row for row in gone if row.id not in filled]
    comparison.cut = [(row, cuts[row.id]) for row in rows if row.id in cuts and row.id not in found]
    _sort(pairs, comparison, is_same)
    return comparison


def _pairs(corrections: Sequence[Pair], coming: Sequence[Stored], slots: Sequence[Slot]) -> list[Pair]:
    """The corrections, with the room that is left for them, and what was put off, brought forward or renamed.

    There is room for each correction: it overlaps its programme, with which nothing else overlaps that stays.
    """
    left = {id(slot.programme): slot for slot in slots}
    pairs = [(row, left.pop(id(slot.programme))) for row, slot in corrections]
    return [*pairs, *identified(coming, list(left.values()))]


def _has_room(row: Stored, slots: Sequence[Slot]) -> bool:
    following = bisect_left(slots, row.stop, key=lambda slot: slot.start)
    return following == 0 or slots[following - 1].stop <= row.start


def _with_their_beginnings(rows: Sequence[Stored], slots: Sequence[Slot], obstacles: Obstacles) -> list[Slot]:
    """The slots, those at the beginning of the guide whole where it has left off what lies before it.

    Many files list what is on at midnight, or now, from then on. So the first one of a stretch is taken to go on with
    what is stored if that has begun, or if both end together; whatever else moved is put off.
    """
    whole = list(slots)
    firsts = {start for start, _stop in stretches_of(slots)}
    for number, slot in enumerate(slots):
        row = _on_at(slot.start, rows) if slot.start in firsts else None
        if row and _is_rest_of(row, slot, obstacles):
            whole[number] = replace(slot, start=row.start)
    return whole


def _is_rest_of(row: Stored, slot: Slot, obstacles: Obstacles) -> bool:
    """Whether it is what the guide has left of the row's programme."""
    goes_on = obstacles.has_begun(row) or row.stop == slot.stop
    # Some guides have one entry from now on, under the channel's name; it would grow from import to import. And nothing
    # so short reaches back over the gap to an earlier stretch.
    is_too_long = slot.stop - row.start > LONGEST_PROGRAMME.total_seconds()
    return goes_on and is_same_name(row, slot) and not is_too_long


def _on_at(moment: float, rows: Sequence[Stored]) -> Stored | None:
    """What is stored that has begun before this moment and goes on."""
    following = bisect_left(rows, moment, key=lambda row: row.start)
    return rows[following - 1] if following and rows[following - 1].stop > moment else None


def _cuts(rows: Sequence[Stored], slots: Sequence[Slot]) -> dict[object, float]:
    """The rows that are on when the guide begins, or begins again, with that moment."""
    return {row.id: start for start, _stop in stretches_of(slots) for row in rows if row.start < start < row.stop}


def _sort(pairs: Sequence[Pair], comparison: Comparison, is_same: Callable[[Stored, Slot], bool]) -> None:
    for row, slot in pairs:
        (comparison.same if is_same(row, slot) else comparison.differs).append((row, slot))
    if len(pairs) < len(comparison.room.slots):
        settled = {id(slot) for _row, slot in pairs}
        comparison.added = [slot for slot in comparison.room.slots if id(slot) not in settled]
