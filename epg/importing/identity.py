"""Which stored programme is which of the guide, or of what staff send, so that what hangs on it stays with it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from epg.importing.schedule import HOUR, Slot
from epg.importing.stored import Stored

# How far a programme may be moved and still be the same one.
REACH: Final = 6 * HOUR
# So many of one name are looked at before and after a time; a channel may show the same all day long.
NEIGHBOURS: Final = 8


class Described(Protocol):
    """A programme as far as it is told from others, its times in seconds since 1970."""

    @property
    def start(self) -> float:
        """When it begins."""

    @property
    def stop(self) -> float:
        """When it ends."""

    @property
    def title(self) -> str:
        """Its title alone."""

    @property
    def sub_title(self) -> str | None:
        """The episode's own title."""

    @property
    def season_number(self) -> int | None:
        """Which season."""

    @property
    def episode_number(self) -> int | None:
        """Which episode."""

    @property
    def digest(self) -> int | None:
        """Of all that is said of it; None: not known."""


Row = TypeVar("Row", bound=Described)
Coming = TypeVar("Coming", bound=Described)
Pair = tuple[Stored, Slot]
# How far apart the two are, smallest first; None: they cannot be the same.
Apart = Callable[[Described, Described], tuple[float, ...] | None]


def identified(rows: Sequence[Row], slots: Sequence[Coming]) -> list[tuple[Row, Coming]]:
    """Pairs of the same programme, each row and each slot at most once; both are in order.

    What starts at the same time under the same name is the same; then what has the same name and starts within six
    hours, the nearest first; then what starts at the same time, for names are corrected too.
    """
    return _paired(rows, slots, _within_reach, may_be_renamed=lambda _row: True)


def corrected(rows: Sequence[Stored], slots: Sequence[Slot], may_be_renamed: Callable[[Stored], bool]) -> list[Pair]:
    """The same for what is corrected where it is, as all is that was shown: only what overlaps can be the same.

    What an import has made of a slot lies within it, and goes before what only touches it. So the next import finds
    the same pairs again.
    """
    return _paired(rows, slots, _while_on, may_be_renamed)


def _paired(
    rows: Sequence[Row], slots: Sequence[Coming], apart: Apart, may_be_renamed: Callable[[Row], bool]
) -> list[tuple[Row, Coming]]:
    by_start = {row.start: row for row in rows}
    pairs: list[tuple[Row, Coming]] = []
    rest: list[Coming] = []
    for slot in slots:
        row = by_start.get(slot.start)
        if row is not None and (_says_the_same(row, slot) or is_same_name(row, slot)):
            pairs.append((by_start.pop(slot.start), slot))
        else:
            rest.append(slot)
    if not rest or not by_start:
        return pairs
    moved = _moved(by_start.values(), rest, apart)
    for row, _slot in moved:
        del by_start[row.start]
    settled = {id(slot) for _row, slot in moved}
    together = [(by_start[slot.start], slot) for slot in rest if id(slot) not in settled and slot.start in by_start]
    return [*pairs, *moved, *((row, slot) for row, slot in together if may_be_renamed(row))]


def _moved(rows: Iterable[Row], slots: Iterable[Coming], apart: Apart) -> list[tuple[Row, Coming]]:
    pairs: list[tuple[Row, Coming]] = []
    taken: set[int] = set()
    for _apart, _start, row, slot in sorted(_near(rows, slots, apart), key=lambda found: found[:2]):
        if id(row) not in taken and id(slot) not in taken:
            taken |= {id(row), id(slot)}
            pairs.append((row, slot))
    return pairs


def _near(
    rows: Iterable[Row], slots: Iterable[Coming], apart: Apart
) -> Iterator[tuple[tuple[float, ...], float, Row, Coming]]:
    """Whatever may be the same programme at another time, with how far apart they are; the rows come in order."""
    by_name: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_name[row.title].append(row)
    for slot in slots:
        named = by_name.get(slot.title, ())
        here = bisect_left(named, slot.start, key=lambda row: row.start)
        for row in named[max(here - NEIGHBOURS, 0) : here + NEIGHBOURS]:
            if (distance := apart(row, slot)) is not None and _is_same_episode(row, slot):
                yield distance, row.start, row, slot


def _within_reach(row: Described, slot: Described) -> tuple[float, ...] | None:
    distance = abs(row.start - slot.start)
    return (distance,) if distance <= REACH else None


def _while_on(row: Described, slot: Described) -> tuple[float, ...] | None:
    if row.start >= slot.stop or row.stop <= slot.start:
        return None
    is_within = slot.start <= row.start and row.stop <= slot.stop
    return (not is_within, abs(row.start - slot.start))


def _says_the_same(row: Described, slot: Described) -> bool:
    return slot.digest is not None and row.digest == slot.digest


def is_same_name(row: Described, slot: Described) -> bool:
    """Whether both are called the same, as programme and as episode."""
    return row.title == slot.title and _is_same_episode(row, slot)


def _is_same_episode(row: Described, slot: Described) -> bool:
    """Whether nothing that both of them have speaks against it."""
    both = (
        (row.sub_title, slot.sub_title),
        (row.season_number, slot.season_number),
        (row.episode_number, slot.episode_number),
    )
    return all(one is None or other is None or one == other for one, other in both)
