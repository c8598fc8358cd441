"""Seasons and episodes: added and updated; what a row does not name stays, as viewers may be in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from catalog.importing.entries import Entry
from catalog.models import Episode, Season
from catalog.records import EpisodeRecord, SeasonRecord

OTHER_IDS = "ids of seasons and episodes stayed as they are stored"
SEASON_FACTS = ("name", "synopsis")
EPISODE_FACTS = ("title", "synopsis", "duration_minutes", "hls_manifest_url")


def save_seasons(entries: Iterable[Entry]) -> None:
    """Save the seasons of all rows that have any, in a handful of statements."""
    speaking = [entry for entry in entries if entry.record.seasons]
    if not speaking:
        return
    work = _Seasons([entry.title.id for entry in speaking if not entry.is_new])
    for entry in speaking:
        for record in entry.record.seasons or ():
            work.take(entry, record)
    work.save()


class _Seasons:
    """The stored parts of a batch's series, and what becomes of them."""

    def __init__(self, title_ids: Sequence[UUID]) -> None:
        self.seasons: dict[tuple[UUID, int], Season] = {}
        self.episodes: dict[UUID, dict[int, Episode]] = defaultdict(dict)
        self.new: tuple[list[Season], list[Episode]] = ([], [])
        self.changed: tuple[list[Season], list[Episode]] = ([], [])
        if title_ids:
            for season in Season.objects.filter(title_id__in=title_ids):
                self.seasons[season.title_id, season.season_number] = season
            for episode in Episode.objects.filter(season__title_id__in=title_ids):
                self.episodes[episode.season_id][episode.episode_number] = episode

    def take(self, entry: Entry, record: SeasonRecord) -> None:
        """Look at one season of a row."""
        facts = {name: getattr(record, name) for name in SEASON_FACTS}
        season = self.seasons.get((entry.title.id, record.season_number))
        if season is None:
            own_id = {"id": record.season_id} if record.season_id else {}
            season = Season(title_id=entry.title.id, season_number=record.season_number, **own_id, **facts)
            self.new[0].append(season)
            entry.change(f"season {record.season_number}", None, f"{len(record.episodes)} episodes")
        else:
            _note_other_id(entry, season, record.season_id)
            if _take_over(entry, season, facts, f"season {record.season_number}"):
                self.changed[0].append(season)
        for episode in record.episodes:
            self._take_episode(entry, season, episode)

    def _take_episode(self, entry: Entry, season: Season, record: EpisodeRecord) -> None:
        facts = {name: getattr(record, name) for name in EPISODE_FACTS}
        episode = self.episodes[season.id].get(record.episode_number)
        place = f"S{season.season_number}E{record.episode_number}"
        if episode is None:
            own_id = {"id": record.episode_id} if record.episode_id else {}
            self.new[1].append(Episode(season=season, episode_number=record.episode_number, **own_id, **facts))
            if not season._state.adding:
                entry.change(place, None, record.title)
        else:
            _note_other_id(entry, episode, record.episode_id)
            if _take_over(entry, episode, facts, place):
                self.changed[1].append(episode)

    def save(self) -> None:
        """Write it."""
        Season.objects.bulk_create(self.new[0])
        Episode.objects.bulk_create(self.new[1], batch_size=5_000)
        if self.changed[0]:
            Season.objects.bulk_update(self.changed[0], SEASON_FACTS)
        if self.changed[1]:
            Episode.objects.bulk_update(self.changed[1], EPISODE_FACTS, batch_size=1_000)


def _note_other_id(entry: Entry, part: Season | Episode, given: UUID | None) -> None:
    """Viewers' bookmarks point to the id that is stored."""
    if given and given != part.id:
        entry.notes[OTHER_IDS] += 1


def _take_over(entry: Entry, part: Season | Episode, facts: Mapping[str, Any], place: str) -> bool:
    """What a row does not say of a part stays as it is."""
    different = {name: value for name, value in facts.items() if value is not None and getattr(part, name) != value}
    for name, value in different.items():
        entry.change(f"{place} {name}", getattr(part, name), value)
        setattr(part, name, value)
    return bool(different)
