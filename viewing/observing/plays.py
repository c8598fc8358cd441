"""Where a play ends and the next one begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from viewing.models import Bookmark
from viewing.models.bookmarks import is_finished
from viewing.observing.observation import Observation, PlayOver

# Who comes back after a longer pause begins another play; it still goes on from the same position.
LONGEST_PAUSE: Final = timedelta(hours=3)


def is_counted(bookmark: Bookmark, seen: Observation, *, is_same_viewing: bool) -> bool:
    """Whether the end that the play which begins comes to was counted before.

    It was when only the history was cleared under somebody's hands, and when somebody comes back to the credits.
    """
    was_at_end, is_at_end = bookmark.completed, is_finished(seen.position, seen.duration_seconds)
    return (is_same_viewing and bookmark.play_finished) or (was_at_end and is_at_end)


def play_over(bookmark: Bookmark) -> PlayOver | None:
    """How the play ends that goes on in the bookmark; None when there is none."""
    if bookmark.play_id is None:
        return None
    return PlayOver(
        id=bookmark.play_id,
        ended_at=bookmark.observed_at,
        furthest_seconds=bookmark.play_furthest_seconds,
        duration_seconds=bookmark.duration_seconds,
        is_finished=bookmark.play_finished,
        device_id=bookmark.device_id,
    )
