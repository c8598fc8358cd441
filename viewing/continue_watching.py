"""Continue watching: what a profile is in the middle of, most likely to be resumed first (contract 2.4)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from catalog.models import Episode
from viewing.models import Bookmark
from viewing.querysets import CONTINUE_WINDOW

if TYPE_CHECKING:
    from accounts.models import Profile

PAUSED_LIMIT: Final = 100
MOMENTUM_CAP: Final = 5
MORNING: Final = range(6, 11)
EVENING: Final = range(19, 24)


@dataclass(frozen=True, slots=True)
class Item:
    """A card of the row: where the profile is, how likely it goes on, and what comes after."""

    bookmark: Bookmark
    score: float | None = None
    next_episode: Episode | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and on what somebody asks."""

    now: datetime
    device_type: str = "web"
    hour_of_day: int | None = None


@dataclass(frozen=True, slots=True)
class SeriesProgress:
    """What a profile has finished of some series."""

    finished: set[UUID] = field(default_factory=set)
    finished_lately: Counter[UUID] = field(default_factory=Counter)


def continue_watching(*, profile: Profile, occasion: Occasion, limit: int) -> list[Item]:
    """The newest `limit` unfinished items, best score first; three statements whatever the history."""
    bookmarks = list(
        Bookmark.objects.of(profile).on_demand().suitable_for(profile).continuing(occasion.now).with_content()[:limit]
    )
    series = {bookmark.title_id for bookmark in bookmarks if bookmark.episode_id and bookmark.title_id}
    progress = _progress(profile, series, occasion.now)
    successors = _successors(bookmarks, series, progress.finished)
    items = [
        Item(bookmark, _score(bookmark, progress, occasion), successors.get(bookmark.id)) for bookmark in bookmarks
    ]
    return sorted(items, key=lambda item: -(item.score or 0))


def paused(*, profile: Profile, now: datetime) -> list[Item]:
    """What was dismissed or left alone for 30 days; at most 100."""
    bookmarks = Bookmark.objects.of(profile).on_demand().suitable_for(profile).paused(now).with_content()
    return [Item(bookmark) for bookmark in bookmarks[:PAUSED_LIMIT]]


def _progress(profile: Profile, series: Iterable[UUID], now: datetime) -> SeriesProgress:
    progress = SeriesProgress()
    rows = Bookmark.objects.of(profile).completed_episodes(series).values_list("episode_id", "title_id", "updated_at")
    for episode_id, title_id, updated_at in rows:
        if episode_id and title_id:
            progress.finished.add(episode_id)
            if updated_at >= now - CONTINUE_WINDOW:
                progress.finished_lately[title_id] += 1
    return progress


def _successors(bookmarks: Iterable[Bookmark], series: Iterable[UUID], finished: set[UUID]) -> Mapping[UUID, Episode]:
    """For each bookmark in an episode the first later one that is not finished."""
    by_series: defaultdict[UUID, list[Episode]] = defaultdict(list)
    for episode in Episode.objects.filter(season__title__in=series).select_related("season").in_order():
        by_series[episode.season.title_id].append(episode)
    found: dict[UUID, Episode] = {}
    for bookmark in bookmarks:
        episodes = by_series.get(bookmark.title_id or bookmark.id, [])
        ids = [episode.id for episode in episodes]
        later = episodes[ids.index(bookmark.episode_id) + 1 :] if bookmark.episode_id in ids else []
        if following := next((episode for episode in later if episode.id not in finished), None):
            found[bookmark.id] = following
    return found


def _score(bookmark: Bookmark, progress: SeriesProgress, occasion: Occasion) -> float:
    days = max(0.0, (occasion.now - bookmark.updated_at).total_seconds() / 86_400)
    recency = math.exp(-days / 7)
    completion = max(0.0, 1 - abs(bookmark.progress_percent - 50) / 50)
    momentum = 0.5
    if bookmark.episode_id and bookmark.title_id:
        momentum = min(progress.finished_lately[bookmark.title_id], MOMENTUM_CAP) / MOMENTUM_CAP
    if occasion.hour_of_day is None:
        return 0.40 * recency + 0.25 * completion + 0.35 * momentum
    affinity = _time_affinity(bookmark.remaining_minutes, occasion.device_type, occasion.hour_of_day)
    return 0.30 * recency + 0.20 * completion + 0.25 * momentum + 0.25 * affinity


def _time_affinity(remaining_minutes: float, device_type: str, hour: int) -> float:
    """Short things on the phone in the morning, long ones on the television in the evening."""
    if device_type == "mobile" and hour in MORNING:
        return 1 - min(remaining_minutes, 60) / 60
    if device_type == "tv" and hour in EVENING:
        return min(remaining_minutes, 120) / 120
    return 0.5
