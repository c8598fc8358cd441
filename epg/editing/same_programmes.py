"""Which programme is meant by what staff send: as imports tell them apart (`epg.importing.identity`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from epg.importing.identity import identified
from epg.models import Programme

Entry = Mapping[str, Any]
TOLD_BY: Final = ("title", "sub_title", "season_number", "episode_number")


def same_programmes(stored: Sequence[Programme], entries: Sequence[Entry]) -> dict[int, Programme]:
    """Which entry, by its place, is which programme that is there; those come in order.

    What starts at the same time under the same title is the same; then what has the same title within six hours, the
    nearest first; then what starts at the same time.
    """
    rows = [
        _Described(place, programme.start_time.timestamp(), programme.end_time.timestamp(), *_told(vars(programme)))
        for place, programme in enumerate(stored)
    ]
    coming = [
        _Described(place, entry["start_time"].timestamp(), entry["end_time"].timestamp(), *_told(entry))
        for place, entry in enumerate(entries)
    ]
    in_order = sorted(coming, key=lambda entry: entry.start)
    return {entry.place: stored[row.place] for row, entry in identified(rows, in_order)}


@dataclass(frozen=True, slots=True)
class _Described:
    """One of either kind, by its place among them."""

    place: int
    start: float
    stop: float
    title: str
    sub_title: str | None
    season_number: int | None
    episode_number: int | None
    digest: None = None


def _told(values: Mapping[str, Any]) -> list[Any]:
    return [values.get(name) for name in TOLD_BY]
