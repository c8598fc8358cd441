"""Playing, resuming, dismissing and restoring."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from viewing.errors import BookmarkNotFoundError, NothingToRestoreError
from viewing.heartbeats import save, write
from viewing.models import Bookmark
from viewing.observing import Observation, go_back, held_to, previous_position
from viewing.services.content import Content, find_content, find_suitable, may_see

if TYPE_CHECKING:
    from accounts.models import Profile


def record_position(*, profile: Profile, content_type: str, content_id: UUID, **seen: Any) -> Bookmark:
    """Save what a player has seen (the arguments of `observation`), if it is the newest; the bookmark as it is then.

    What is watched must be on show and suitable at every save. Raises `ContentNotFoundError` or
    `ContentNotSuitableError` and then leaves no row.
    """
    bookmark = begin_bookmark(profile=profile, content_type=content_type, content_id=content_id)
    key = {"profile": profile, "content_type": content_type, "content_id": content_id}
    bookmark = Bookmark.objects.filter(**key).order_by().first() or bookmark
    try:
        return save(bookmark, observation(**seen, now=timezone.now()))
    except IntegrityError:
        # Something was removed for good meanwhile. If it was not what is watched, it was the profile.
        find_content(content_type, content_id)
        raise


def begin_bookmark(*, profile: Profile, content_type: str, content_id: UUID) -> Bookmark:
    """A bookmark that is in no table yet. Raises `ContentNotFoundError` or `ContentNotSuitableError`."""
    return new_bookmark(profile, content_type, content_id, find_suitable(profile, content_type, content_id))


def new_bookmark(profile: Profile, content_type: str, content_id: UUID, content: Content) -> Bookmark:
    """A bookmark that is in no table yet, in what the profile may watch."""
    key = {"profile": profile, "content_type": content_type, "content_id": content_id}
    return Bookmark(**key, title=content.title, episode=content.episode)


def observation(
    *,
    position_seconds: int,
    duration_seconds: int,
    now: datetime,
    client_time: datetime | None = None,
    sequence: int | None = None,
    device_id: str | None = None,
) -> Observation:
    """What a player reports, as the rule takes it: its time is held to our clock."""
    tolerance = timedelta(seconds=settings.HEARTBEAT_CLOCK_TOLERANCE_SECONDS)
    return Observation(
        position_seconds=position_seconds,
        duration_seconds=duration_seconds,
        received_at=now,
        seen_at=client_time and held_to(now, client_time, tolerance),
        sequence=sequence or 0,
        device_id=device_id or "",
    )


def newest_bookmark(*, profile: Profile, content_id: UUID, content_type: str | None = None) -> Bookmark | None:
    """Where the profile is in this content; None when it is nowhere, or may not see the content (any more)."""
    bookmarks = Bookmark.objects.of(profile).filter(content_id=content_id)
    if content_type:
        bookmarks = bookmarks.filter(content_type=content_type)
    bookmark = bookmarks.order_by("-updated_at").first()
    return bookmark if bookmark and may_see(profile, bookmark) else None


def dismiss_bookmark(*, profile: Profile, bookmark_id: UUID) -> Bookmark:
    """Take an item off continue watching. Raises `BookmarkNotFoundError`."""
    return _set(_own_bookmark(profile, bookmark_id), dismissed_at=timezone.now())


def restore_bookmark(*, profile: Profile, bookmark_id: UUID) -> Bookmark:
    """Put an item back on continue watching, as the newest. Raises `BookmarkNotFoundError`."""
    return _set(_own_bookmark(profile, bookmark_id), dismissed_at=None, updated_at=timezone.now())


def restore_position(*, profile: Profile, bookmark_id: UUID) -> Bookmark:
    """Return to the far position that a play at the start has put aside.

    Raises `BookmarkNotFoundError`, or `NothingToRestoreError` when none is kept, or its 24 hours are over.
    """
    while True:
        bookmark, now = _own_bookmark(profile, bookmark_id), timezone.now()
        if previous_position(bookmark, now) is None:
            raise NothingToRestoreError
        if write(bookmark, go_back, now):
            return bookmark


def _set(bookmark: Bookmark, **values: Any) -> Bookmark:
    # A heartbeat that has read the row before must notice.
    if not Bookmark.objects.filter(pk=bookmark.pk).update(**values, version=F("version") + 1):
        raise BookmarkNotFoundError
    for name, value in values.items():
        setattr(bookmark, name, value)
    return bookmark


def _own_bookmark(profile: Profile, bookmark_id: UUID) -> Bookmark:
    bookmark = Bookmark.objects.of(profile).filter(id=bookmark_id).first()
    if bookmark is None or not may_see(profile, bookmark):
        raise BookmarkNotFoundError
    return bookmark
