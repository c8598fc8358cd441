"""The far position that a play at the start puts aside, so that it is not lost by accident."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from viewing.models import Bookmark
from viewing.models.bookmarks import is_finished

# A play that begins within the first minutes puts a position aside that is so much further on
START_SECONDS: Final = 300
FAR_SECONDS: Final = 120
# or, of what is short, within the first quarter and by half of it.
START_SHARE: Final = 0.25
FAR_SHARE: Final = 0.5
KEPT_FOR: Final = timedelta(hours=24)


def previous_position(bookmark: Bookmark, now: datetime) -> int | None:
    """The position in seconds that can be restored; None when there is none, or its 24 hours are over."""
    if bookmark.previous_kept_at is None or bookmark.previous_kept_at <= now - KEPT_FOR:
        return None
    return bookmark.previous_position_seconds


def is_start_behind(far: int, duration: int, position: int) -> bool:
    """Whether the position, in seconds, is at the start, and a far one so much further on that it is put aside."""
    is_at_start = position < min(START_SECONDS, START_SHARE * duration)
    return is_at_start and far - position >= min(FAR_SECONDS, FAR_SHARE * duration)


def keep_or_forget(bookmark: Bookmark, position: int, now: datetime, *, starts_again: bool) -> None:
    """Of the last 24 hours the furthest position is kept, until somebody watches past it."""
    kept = previous_position(bookmark, now)
    if starts_again:
        # Where one is that was put aside before and is further on, that one can be restored for another 24 hours.
        if is_worth_keeping(bookmark, bookmark.position_seconds, now):
            bookmark.previous_position_seconds = bookmark.position_seconds
        bookmark.previous_kept_at = now
    elif kept is None or position >= kept:
        bookmark.previous_position_seconds = bookmark.previous_kept_at = None


def is_worth_keeping(bookmark: Bookmark, far: int, now: datetime) -> bool:
    """Further on than what is kept; and of who watches again, rather than that it was once seen to the end."""
    kept = previous_position(bookmark, now)
    return kept is None or far > kept or (far < kept and is_finished(kept, bookmark.duration_seconds))
