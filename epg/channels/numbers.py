"""Who gets which channel number: what the file asks for if it is free, else the next free one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from epg.numbers import next_free


@dataclass(frozen=True, slots=True)
class Place:
    """A channel in want of a number: what it asks for, and what it has. A new or restored one holds none."""

    wanted: int | None
    present: int | None = None


def assign(places: Sequence[Place], taken: Collection[int]) -> list[int]:
    """A number for each place; `taken` are those of all live channels.

    Those that get what they ask for go first, in their order. A number that one of these channels leaves is free for
    another. Who does not get what it asks for keeps what it has, so that a second import changes nothing.
    """
    leaving = {place.present for place in places if place.present is not None and place.wanted is not None}
    used = set(taken) - leaving
    numbers: dict[int, int] = {}
    for index, place in enumerate(places):
        if place.wanted is not None and place.wanted not in used:
            numbers[index] = place.wanted
            used.add(place.wanted)
    for index, place in enumerate(places):
        if index in numbers or place.present is None:
            continue
        if place.wanted is None or place.present not in used:
            numbers[index] = place.present
            used.add(place.present)
    # Where the last search from a number ended; everything before is taken.
    ends: dict[int, int] = {}
    for index, place in enumerate(places):
        if index not in numbers:
            start = place.wanted or 1
            numbers[index] = ends[start] = next_free(ends.get(start, start), used)
            used.add(numbers[index])
    return [numbers[index] for index in range(len(places))]
