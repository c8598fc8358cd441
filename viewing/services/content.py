"""What a player means by a content type and an id."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet

from catalog.models import Episode, Title
from catalog.visibility import on_show
from epg.models import Channel, Programme
from viewing.errors import ContentNotFoundError, ContentNotSuitableError
from viewing.models import Bookmark, BookmarkType

if TYPE_CHECKING:
    from accounts.models import Profile


@dataclass(frozen=True, slots=True)
class Content:
    """What a player means by a content type and an id. A channel has no rating; only what it shows has."""

    age_rating: str | None
    is_rated: bool = True
    title: Title | None = None
    episode: Episode | None = None


def find_content(content_type: str, content_id: UUID) -> Content:
    """The film, episode, programme or channel. Raises `ContentNotFoundError`."""
    content = find_contents(content_type, [content_id]).get(content_id)
    if content is None:
        raise ContentNotFoundError
    return content


def find_contents(content_type: str, content_ids: Collection[UUID]) -> dict[UUID, Content]:
    """Those of them that can be watched: one statement; in start-over two."""
    return _FINDERS[BookmarkType(content_type)](content_ids)


def find_suitable(profile: Profile, content_type: str, content_id: UUID) -> Content:
    """What the profile may watch. Raises `ContentNotFoundError` or `ContentNotSuitableError`."""
    return suitable_content(profile, find_content(content_type, content_id))


def suitable_content(profile: Profile, content: Content | None) -> Content:
    """The content, if there is one and the profile may watch it.

    Raises `ContentNotFoundError` or `ContentNotSuitableError`.
    """
    if content is None:
        raise ContentNotFoundError
    if content.is_rated and not profile.may_see(content.age_rating):
        raise ContentNotSuitableError
    return content


def films(at: Any = None) -> QuerySet[Title]:
    """What a player may call a movie. `at` is now unless it is given, or the `Slot` of a moment."""
    # A series has an id of its own in the player too: clients play its trailer as a movie.
    return Title.objects.on_show(at)


def episodes(at: Any = None) -> QuerySet[Episode]:
    """What a player may call an episode. `at` is now unless it is given, or the `Slot` of a moment."""
    return Episode.objects.filter(on_show(at, prefix="season__title__"))


def _movies(content_ids: Collection[UUID]) -> dict[UUID, Content]:
    return {title.id: Content(title.age_rating, title=title) for title in films().filter(id__in=content_ids)}


def _episodes(content_ids: Collection[UUID]) -> dict[UUID, Content]:
    found = episodes().select_related("season__title").filter(id__in=content_ids)
    titled = [(episode, episode.season.title) for episode in found]
    return {episode.id: Content(series.age_rating, title=series, episode=episode) for episode, series in titled}


def _programmes(content_ids: Collection[UUID]) -> dict[UUID, Content]:
    found = Programme.objects.on_live_channels().select_related("catalogue_title").filter(id__in=content_ids)
    return {one.id: Content(one.age_rating, title=one.catalogue_title) for one in found}


def _started_over(content_ids: Collection[UUID]) -> dict[UUID, Content]:
    found = _programmes(content_ids)
    # The player sends the channel's id. What it shows changes while somebody watches, so no rating decides here.
    if others := [content_id for content_id in content_ids if content_id not in found]:
        channels = Channel.objects.on_view().filter(id__in=others).values_list("id", flat=True)
        found |= {channel_id: Content(None, is_rated=False) for channel_id in channels}
    return found


_FINDERS = {
    BookmarkType.MOVIE: _movies,
    BookmarkType.EPISODE: _episodes,
    BookmarkType.CATCHUP: _programmes,
    BookmarkType.STARTOVER: _started_over,
}


def may_see(profile: Profile, bookmark: Bookmark) -> bool:
    """Whether what the bookmark is in is on show and suitable for the profile."""
    content = find_contents(bookmark.content_type, [bookmark.content_id]).get(bookmark.content_id)
    if content is None:  # a programme leaves the guide in time; what it was rated is not known any more
        return profile.is_unlimited and bookmark.title_id is None
    return not content.is_rated or profile.may_see(content.age_rating)
