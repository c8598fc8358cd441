"""Bookmarks of many households, in random order, for proofs at size."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from accounts.models import Profile, User
from catalog.models import Episode, Season, Title
from common.db import copy_in, take_stock
from viewing.models import Bookmark

SERIES_SHARE: Final = 0.2
SEASONS, EPISODES = 2, 8
SECONDS: Final = 6_000
WITHIN_SECONDS: Final = 29 * 86_400
COLUMNS: Final = (
    *("id", "profile_id", "content_type", "content_id", "title_id", "episode_id", "position_seconds"),
    *("duration_seconds", "completed", "created_at", "updated_at", "observed_at", "sequence", "device_id", "version"),
    *("play_furthest_seconds", "play_finished", "times_finished"),
)
# The type, and the ids of the content, of its title and of its episode.
Content = tuple[str, UUID, UUID, UUID | None]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be watched: ids of films, and of series with their episodes."""

    films: Sequence[UUID]
    episodes: Sequence[tuple[UUID, UUID]]


def make_catalogue(titles: int) -> Catalogue:
    """Films, and one series for each four of them."""
    every = range(titles)
    made = [Title(title=f"Title {number}", age_rating="TV-G", title_type=_type_of(number)) for number in every]
    Title.objects.bulk_create(made, batch_size=1_000)
    series = [title for title in made if title.title_type == "series"]
    seasons = [Season(title=title, season_number=number) for title in series for number in range(1, SEASONS + 1)]
    Season.objects.bulk_create(seasons, batch_size=1_000)
    episodes = [
        Episode(season=season, episode_number=number, title=f"Episode {number}", duration_minutes=50)
        for season in seasons
        for number in range(1, EPISODES + 1)
    ]
    Episode.objects.bulk_create(episodes, batch_size=1_000)
    films = [title.id for title in made if title.title_type == "movie"]
    return Catalogue(films, [(episode.id, episode.season.title_id) for episode in episodes])


def _type_of(number: int) -> str:
    return "series" if number % 5 == 0 else "movie"


def make_profiles(count: int) -> list[UUID]:
    """One of each account."""
    users = [User(email=f"viewer-{number}@example.com", password="!") for number in range(count)]
    User.objects.bulk_create(users, batch_size=1_000)
    profiles = [Profile(user=user, name="Default") for user in users]
    Profile.objects.bulk_create(profiles, batch_size=1_000)
    return [profile.id for profile in profiles]


def watch(profiles: Sequence[UUID], catalogue: Catalogue, *, each: int, seed: int = 6) -> None:
    """`each` bookmarks of these profiles in 30 days, two thirds finished, a third in episodes; the planner is told."""
    chance = random.Random(seed)
    copy_in(Bookmark, COLUMNS, _rows(profiles, catalogue, each, chance))
    take_stock(*(model._meta.db_table for model in (Bookmark, Episode, Season, Title, Profile, User)))


def keep(profile: UUID, contents: Sequence[Content], *, seed: int = 6) -> None:
    """A bookmark of this profile in each of these, two thirds of them finished; and tell the planner."""
    chance, now = random.Random(seed), timezone.now()
    moments = [now - timedelta(seconds=chance.uniform(0, WITHIN_SECONDS)) for _ in contents]
    copy_in(Bookmark, COLUMNS, (_row(profile, *one, chance) for one in zip(contents, moments, strict=True)))
    take_stock(*(model._meta.db_table for model in (Bookmark, Episode, Season, Title)))


def _rows(profiles: Sequence[UUID], catalogue: Catalogue, each: int, chance: random.Random) -> Iterator[Sequence[Any]]:
    now = timezone.now()
    # As players report: those of one profile lie on pages all over the table.
    turns = [place for place in range(len(profiles)) for _ in range(each)]
    chance.shuffle(turns)
    left: dict[int, list[Content]] = {}
    for place in turns:
        if place not in left:
            left[place] = _choice(catalogue, each, chance)
        at = now - timedelta(seconds=chance.uniform(0, WITHIN_SECONDS))
        yield _row(profiles[place], left[place].pop(), at, chance)


def _choice(catalogue: Catalogue, each: int, chance: random.Random) -> list[Content]:
    in_films: list[Content] = [("movie", film, film, None) for film in chance.sample(catalogue.films, each - each // 3)]
    in_episodes = chance.sample(catalogue.episodes, each // 3)
    both = [*in_films, *(("episode", episode, series, episode) for episode, series in in_episodes)]
    chance.shuffle(both)
    return both


def _row(profile: UUID, content: Content, at: datetime, chance: random.Random) -> Sequence[Any]:
    is_finished = chance.random() < 2 / 3
    position = SECONDS if is_finished else chance.randrange(SECONDS // 2)
    key = UUID(int=chance.getrandbits(128), version=4)
    place = (position, SECONDS, is_finished)
    return (key, profile, *content, *place, at, at, at, 0, "", 0, position, is_finished, int(is_finished))
