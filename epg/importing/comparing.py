"""What a guide changes in the schedule of one channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from epg.importing.identity import Pair, corrected, identified
from epg.importing.room import Obstacles, Room, make_room
from epg.importing.schedule import Slot, stretches_of
from epg.importing.stored import Stored


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
    cuts = _cuts(rows, slots)
    stays = [row for row in rows if obstacles.is_fixed(row) or (row.id in cuts and obstacles.is_history(row))]
    held = {row.id for row in stays}
    free = [row for row in rows if row.id not in held and row.id not in cuts]
    # First what is corrected where it is. What was shown and is not in the guide stays as well, and takes its room.
    corrections = corrected(free, make_room(slots, stays).slots, may_be_renamed=obstacles.is_history)
    settled = {row.id for row, _slot in corrections}
    rest = [row for row in free if row.id not in settled]
    stays = sorted([*stays, *(row for row in rest if obstacles.is_history(row))], key=lambda row: row.start)
    room = make_room(slots, stays)
    pairs = _pairs(corrections, [row for row in rest if not obstacles.is_history(row)], room.slots)
    found = {row.id for row, _slot in pairs} | {row.id for row in stays}
    comparison = Comparison(room, stays)
    comparison.removed = [row for row in free if row.id not in found]
    comparison.cut = [(row, cuts[row.id]) for row in rows if row.id in cuts and row.id not in held]
    _sort(pairs, comparison, is_same)
    return comparison


def _pairs(corrections: Sequence[Pair], coming: Sequence[Stored], slots: Sequence[Slot]) -> list[Pair]:
    """The corrections, with the room that is left for them, and what was put off, brought forward or renamed.

    There is room for each correction: it overlaps its programme, with which nothing else overlaps that stays.
    """
    left = {id(slot.programme): slot for slot in slots}
    pairs = [(row, left.pop(id(slot.programme))) for row, slot in corrections]
    return [*pairs, *identified(coming, list(left.values()))]


def _cuts(rows: Sequence[Stored], slots: Sequence[Slot]) -> dict[object, float]:
    """The rows that are on when the guide begins, or begins again, with that moment."""
    return {row.id: start for start, _stop in stretches_of(slots) for row in rows if row.start < start < row.stop}


def _sort(pairs: Sequence[Pair], comparison: Comparison, is_same: Callable[[Stored, Slot], bool]) -> None:
    for row, slot in pairs:
        (comparison.same if is_same(row, slot) else comparison.differs).append((row, slot))
    if len(pairs) < len(comparison.room.slots):
        settled = {id(slot) for _row, slot in pairs}
        comparison.added = [slot for slot in comparison.room.slots if id(slot) not in settled]
