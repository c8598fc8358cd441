"""The home page's rails, and the rows under a title (contract 2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Count, Subquery
from django.utils import timezone

from catalog.models import ContentVector, Episode, Genre, Title, TitleType
from catalog.services import title_for
from catalog.vectors import of_current_model
from catalog.visibility import on_show
from recommendations.querysets import nearest, trending
from recommendations.taste import Taste, centroid_of, taste_of
from viewing.models import Bookmark, WatchlistItem

if TYPE_CHECKING:
    from accounts.models import Profile

RAIL_LENGTH: Final = 20
MOST_FEATURED: Final = 100


@dataclass(frozen=True, slots=True)
class Item:
    """A picture on a rail. `title` lends its artwork, year and rating to an episode."""

    title: Title
    score: float | None = None
    episode: Episode | None = None


@dataclass(frozen=True, slots=True)
class Rail:
    """A row of pictures; `name` is unique on a page."""

    name: str
    rail_type: str
    items: list[Item] = field(default_factory=list)


def home(*, profile: Profile) -> list[Rail]:
    """The rails in their order, empty ones left out."""
    now = timezone.now()
    taste = taste_of(profile)
    popular = _plain(trending(Title.objects.visible_to(profile), now)[:RAIL_LENGTH])
    personal = Rail("For You", "for_you", _for_you(profile, taste))
    rails = [
        Rail("Continue Watching", "continue_watching", _continue_watching(profile, now)),
        Rail("My List", "watchlist", _watchlist(profile)),
        personal if personal.items else Rail("Popular Now", "popular_now", popular),
        Rail("New Releases", "new_releases", _plain(Title.objects.visible_to(profile).newest_first()[:RAIL_LENGTH])),
        Rail("Trending", "trending", popular),
        _top_genre(profile),
    ]
    return [rail for rail in rails if rail.items]


def _plain(titles: Iterable[Title]) -> list[Item]:
    return [Item(title) for title in titles]


def _scored(titles: Iterable[Title]) -> list[Item]:
    return [Item(title, score=round(1 - float(getattr(title, "distance")), 4)) for title in titles]  # noqa: B009


def _continue_watching(profile: Profile, now: datetime) -> list[Item]:
    bookmarks = Bookmark.objects.of(profile).on_demand().suitable_for(profile).continuing(now).select_related("title")
    titles = {bookmark.title_id: bookmark.title for bookmark in bookmarks[: 3 * RAIL_LENGTH] if bookmark.title}
    return _plain(list(titles.values())[:RAIL_LENGTH])


def _watchlist(profile: Profile) -> list[Item]:
    items = WatchlistItem.objects.of(profile).suitable_for(profile).select_related("title")[:RAIL_LENGTH]
    return [Item(item.title) for item in items]


def _for_you(profile: Profile, taste: Taste) -> list[Item]:
    if taste.centroid is None:
        return []
    untouched = Title.objects.visible_to(profile).exclude(id__in=taste.touched)
    return _scored(nearest(untouched, taste.centroid)[:RAIL_LENGTH])


def _top_genre(profile: Profile) -> Rail:
    bookmarked = Genre.objects.filter(on_show(prefix="titles__"), titles__bookmarks__profile=profile)
    genre = bookmarked.annotate(times=Count("titles__bookmarks")).order_by("-times", "name").first()
    if genre is None:
        return Rail("Top in", "genre")
    titles = Title.objects.visible_to(profile).of_genre(genre.slug).newest_first()[:RAIL_LENGTH]
    return Rail(f"Top in {genre.name}", "genre", _plain(titles))


def similar(*, title_id: UUID, profile: Profile | None, limit: int) -> list[Item]:
    """The titles nearest to this one, itself left out; [] when it has no vector.

    Raises `TitleNotFoundError` or `TitleNotSuitableError`.
    """
    return _like(title_for(profile, title_id), profile, limit)


def _like(title: Title, profile: Profile | None, limit: int) -> list[Item]:
    own = ContentVector.objects.filter(of_current_model(), title=title).first()
    if own is None:
        return []
    others: Any = Title.objects.visible_to(profile).exclude(id=title.id)
    return _scored(nearest(others, own.vector)[:limit])


def post_play(*, content_id: UUID, profile: Profile, limit: int) -> list[Item]:
    """What to offer when the credits roll: the next episode if there is one, then similar titles.

    Raises `TitleNotFoundError` or `TitleNotSuitableError`.
    """
    title = title_for(profile, content_id)
    following = _next_episode(title, content_id) if title.title_type == TitleType.SERIES else None
    first = [Item(title, episode=following)] if following else []
    return (first + _like(title, profile, limit))[:limit]


def _next_episode(series: Title, episode_id: UUID) -> Episode | None:
    """The one after in broadcast order, across gaps and seasons."""
    here = Episode.objects.filter(id=episode_id).order_by()
    season, number = Subquery(here.values("season__season_number")), Subquery(here.values("episode_number"))
    return Episode.objects.of_series(series).later_than(season, number).select_related("season").first()


def featured(*, profile: Profile | None) -> list[Title]:
    """What the editors put in front, newest first; for a profile with a taste by nearness to it."""
    titles = list(Title.objects.visible_to(profile).featured().newest_first().with_genre_names()[:MOST_FEATURED])
    centroid = centroid_of(profile) if profile else None
    if centroid is None:
        return titles
    near = nearest(Title.objects.filter(id__in=[title.id for title in titles]), centroid)
    rank = {title_id: place for place, title_id in enumerate(near.values_list("id", flat=True))}
    return sorted(titles, key=lambda title: rank.get(title.id, len(rank)))
