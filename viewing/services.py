"""Playing, dismissing, rating, keeping: what changes viewing state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from catalog.models import Episode, Title
from catalog.services import title_for
from catalog.visibility import on_show
from epg.models import Channel, Programme
from viewing.errors import BookmarkNotFoundError, ContentNotFoundError, ContentNotSuitableError
from viewing.heartbeats import save
from viewing.models import Bookmark, BookmarkType, Rating, WatchlistItem
from viewing.observing import Observation

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
    content = _FINDERS[BookmarkType(content_type)](content_id)
    if content is None:
        raise ContentNotFoundError
    return content


def _movie(content_id: UUID) -> Content | None:
    # A series has an id of its own in the player too: clients play its trailer as a movie.
    title = Title.objects.on_show().filter(id=content_id).first()
    return Content(title.age_rating, title=title) if title else None


def _episode(content_id: UUID) -> Content | None:
    of_shown = Episode.objects.filter(on_show(prefix="season__title__"))
    episode = of_shown.select_related("season__title").filter(id=content_id).first()
    if episode is None:
        return None
    series = episode.season.title
    return Content(series.age_rating, title=series, episode=episode)


def _programme(content_id: UUID) -> Content | None:
    on_view = Programme.objects.on_live_channels()
    programme = on_view.select_related("catalogue_title").filter(id=content_id).first()
    return Content(programme.age_rating, title=programme.catalogue_title) if programme else None


def _startover(content_id: UUID) -> Content | None:
    programme = _programme(content_id)
    if programme is not None:
        return programme
    # The player sends the channel's id. What it shows changes while somebody watches, so no rating decides here.
    return Content(None, is_rated=False) if Channel.objects.on_view().filter(id=content_id).exists() else None


_FINDERS = {
    BookmarkType.MOVIE: _movie,
    BookmarkType.EPISODE: _episode,
    BookmarkType.CATCHUP: _programme,
    BookmarkType.STARTOVER: _startover,
}


def record_position(
    *, profile: Profile, content_type: str, content_id: UUID, position_seconds: int, duration_seconds: int
) -> Bookmark:
    """Save how far the profile is. Two first saves at once make one row.

    Raises `ContentNotFoundError` or `ContentNotSuitableError` and then leaves no row.
    """
    content = find_content(content_type, content_id)
    if content.is_rated and not profile.may_see(content.age_rating):
        raise ContentNotSuitableError
    key = {"profile": profile, "content_type": content_type, "content_id": content_id}
    bookmark = Bookmark.objects.filter(**key).first()
    bookmark = bookmark or Bookmark(**key, title=content.title, episode=content.episode)
    return save(bookmark, Observation(position_seconds, duration_seconds, received_at=timezone.now()))


def newest_bookmark(*, profile: Profile, content_id: UUID, content_type: str | None = None) -> Bookmark | None:
    """Where the profile is in this content; None when it is nowhere, or may not see the content (any more)."""
    bookmarks = Bookmark.objects.of(profile).filter(content_id=content_id)
    if content_type:
        bookmarks = bookmarks.filter(content_type=content_type)
    bookmark = bookmarks.order_by("-updated_at").first()
    return bookmark if bookmark and _may_see(profile, bookmark) else None


def _may_see(profile: Profile, bookmark: Bookmark) -> bool:
    content = _FINDERS[BookmarkType(bookmark.content_type)](bookmark.content_id)
    if content is None:  # a programme leaves the guide in time; what it was rated is not known any more
        return profile.is_unlimited and bookmark.title_id is None
    return not content.is_rated or profile.may_see(content.age_rating)


def dismiss_bookmark(*, profile: Profile, bookmark_id: UUID) -> Bookmark:
    """Take an item off continue watching. Raises `BookmarkNotFoundError`."""
    bookmark = _own_bookmark(profile, bookmark_id)
    bookmark.dismissed_at = timezone.now()
    bookmark.save(update_fields=["dismissed_at"])
    return bookmark


def restore_bookmark(*, profile: Profile, bookmark_id: UUID) -> Bookmark:
    """Put an item back on continue watching, as the newest. Raises `BookmarkNotFoundError`."""
    bookmark = _own_bookmark(profile, bookmark_id)
    bookmark.dismissed_at = None
    bookmark.updated_at = timezone.now()
    bookmark.save(update_fields=["dismissed_at", "updated_at"])
    return bookmark


def _own_bookmark(profile: Profile, bookmark_id: UUID) -> Bookmark:
    bookmark = Bookmark.objects.of(profile).filter(id=bookmark_id).first()
    if bookmark is None or not _may_see(profile, bookmark):
        raise BookmarkNotFoundError
    return bookmark


def rate_title(*, profile: Profile, title_id: UUID, rating: int) -> Rating:
    """Thumb up (1) or down (-1); the newest counts. Raises `TitleNotFoundError` or `TitleNotSuitableError`."""
    title = title_for(profile, title_id)
    row, _ = Rating.objects.update_or_create(
        profile=profile, title=title, defaults={"rating": rating, "created_at": timezone.now()}
    )
    return row


def keep_title(*, profile: Profile, title_id: UUID) -> WatchlistItem:
    """Put a title on the watchlist; doing it twice changes nothing.

    Raises `TitleNotFoundError` or `TitleNotSuitableError`.
    """
    item, _ = WatchlistItem.objects.get_or_create(profile=profile, title=title_for(profile, title_id))
    return item


def drop_title(*, profile: Profile, title_id: UUID) -> None:
    """Take a title off the watchlist, on show or not: it must not come back with the title. May be repeated."""
    kept = WatchlistItem.objects.filter(profile=profile)
    kept.filter(title__in=Title.with_deleted.named_by(title_id)).delete()
