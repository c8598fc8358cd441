"""Seasons and episodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from catalog.records.errors import RefusedError
from catalog.records.keys import own_id
from catalog.records.names import NUMBERS
from catalog.records.values import LARGEST, Reader, objects

MOST_PARTS: Final = 5_000


@dataclass(frozen=True, slots=True)
class EpisodeRecord:
    """An episode."""

    episode_number: int
    title: str
    synopsis: str | None = None
    duration_minutes: int | None = None
    hls_manifest_url: str | None = None
    episode_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SeasonRecord:
    """A season with its episodes."""

    season_number: int
    name: str | None = None
    synopsis: str | None = None
    episodes: tuple[EpisodeRecord, ...] = ()
    season_id: UUID | None = None


def read_seasons(value: Any, reader: Reader) -> tuple[SeasonRecord, ...]:
    """Seasons in the order of the row. Raises `RefusedError`."""
    seasons = tuple(_season(entry, reader) for entry in objects(value, "seasons", MOST_PARTS))
    _refuse_repeats([season.season_number for season in seasons], "A season number")
    ids = [season.season_id for season in seasons]
    ids += [episode.episode_id for season in seasons for episode in season.episodes]
    _refuse_repeats([one for one in ids if one], "The id of a season or episode")
    return seasons


def _season(entry: Mapping[str, Any], reader: Reader) -> SeasonRecord:
    episodes = tuple(_episode(inner, reader) for inner in objects(entry.get("episodes"), "episodes", MOST_PARTS))
    _refuse_repeats([episode.episode_number for episode in episodes], "An episode number")
    return SeasonRecord(
        season_number=reader.required_number(entry.get("season_number"), "season_number"),
        name=reader.text(entry.get("name"), "season name", 200),
        synopsis=reader.text(entry.get("synopsis"), "season synopsis"),
        episodes=episodes,
        season_id=own_id(entry.get("season_id"), "season_id"),
    )


def _episode(entry: Mapping[str, Any], reader: Reader) -> EpisodeRecord:
    number = reader.required_number(entry.get("episode_number"), "episode_number")
    limits = (0, LARGEST) if reader.verbatim else NUMBERS["duration_minutes"]
    return EpisodeRecord(
        episode_number=number,
        title=reader.text(entry.get("title"), "episode title", 500) or f"Episode {number}",
        synopsis=reader.text(entry.get("synopsis"), "episode synopsis"),
        duration_minutes=reader.number(entry.get("duration_minutes"), "duration_minutes", *limits),
        hls_manifest_url=reader.text(entry.get("hls_manifest_url"), "hls_manifest_url", 500),
        episode_id=own_id(entry.get("episode_id"), "episode_id"),
    )


def _refuse_repeats(values: Iterable[object], what: str) -> None:
    values = list(values)
    if len(set(values)) < len(values):
        raise RefusedError(f"{what} occurs twice.")
