"""What a player's report does to a bookmark: the one rule, without a database.

The newest observation wins: by the player's time, held to our clock; of the same time by the sequence; of the same
sequence by arrival. A report without a time is by arrival: what comes last is newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from viewing.models import Bookmark, BookmarkType
from viewing.models.bookmarks import is_finished

# A play that begins within the first minutes puts a position aside that is so much further on.
START_SECONDS: Final = 300
FAR_SECONDS: Final = 120
KEPT_FOR: Final = timedelta(hours=24)
# Who comes back after a longer pause begins another play; it still goes on from the same position.
LONGEST_PAUSE: Final = timedelta(hours=3)
# Older than this is taken as this old: a player whose clock has stopped in 1970 still moves its bookmark on.
OLDEST: Final = timedelta(days=30)
MOST_TIMES: Final = 32_767
FORWARD_ONLY: Final = (BookmarkType.CATCHUP, BookmarkType.STARTOVER)

# What an observation changes.
OBSERVED: Final = (
    "position_seconds",
    "duration_seconds",
    "completed",
    "dismissed_at",
    "updated_at",
    "observed_at",
    "sequence",
    "device_id",
    "previous_position_seconds",
    "previous_kept_at",
    "play_id",
    "play_started_at",
    "play_furthest_seconds",
    "play_finished",
    "times_finished",
)


@dataclass(frozen=True, slots=True)
class Observation:
    """A player saw somebody at a position, in seconds, of something so many seconds long.

    `seen_at` is the player's time as `held_to` has it; None: it sent none. `received_at` is our time.
    """

    position_seconds: int
    duration_seconds: int
    received_at: datetime
    seen_at: datetime | None = None
    sequence: int = 0
    device_id: str = ""


@dataclass(frozen=True, slots=True)
class PlayOver:
    """How the play ended that another one takes the place of."""

    id: UUID
    ended_at: datetime
    furthest_seconds: int
    duration_seconds: int
    is_finished: bool
    device_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an observation did. `begins_play`: the history needs a row for `bookmark.play_id`; `over`: one to close."""

    is_newest: bool
    begins_play: bool = False
    over: PlayOver | None = None


def held_to(clock: datetime, time: datetime, tolerance: timedelta) -> datetime:
    """A player's time, at most `tolerance` ahead of our clock and at most 30 days behind it."""
    return max(clock - OLDEST, min(time, clock + tolerance))


def observe(bookmark: Bookmark, seen: Observation) -> Outcome:
    """Take over what a player reports, if it is the newest observation; else leave everything as it is.

    In catch-up and start-over the position only moves forward. Seeking back reopens what was finished. A dismissed
    item comes back, but not by what was seen before it was dismissed.
    """
    moment = (seen.seen_at, seen.sequence) if seen.seen_at else _arrival(bookmark, seen.received_at)
    is_first = bookmark.play_id is None and bookmark._state.adding
    if not is_first and moment < (bookmark.observed_at, bookmark.sequence):
        return Outcome(is_newest=False)
    position, duration = _place(bookmark, seen, is_first=is_first)
    starts_again = not is_first and position < START_SECONDS and bookmark.position_seconds - position >= FAR_SECONDS
    _keep_or_forget(bookmark, position, seen.received_at, starts_again=starts_again)
    begins_play = bookmark.play_id is None or starts_again or moment[0] - bookmark.observed_at > LONGEST_PAUSE
    over = _begin_play(bookmark, moment[0]) if begins_play else None
    bookmark.position_seconds, bookmark.duration_seconds = position, duration
    bookmark.completed = is_finished(position, duration)
    bookmark.play_furthest_seconds = max(bookmark.play_furthest_seconds, position)
    if bookmark.completed and not bookmark.play_finished:
        bookmark.play_finished = True
        bookmark.times_finished = min(bookmark.times_finished + 1, MOST_TIMES)
    if bookmark.dismissed_at is not None and moment[0] >= bookmark.dismissed_at:
        bookmark.dismissed_at = None
    bookmark.observed_at, bookmark.sequence = moment
    bookmark.device_id = seen.device_id
    bookmark.updated_at = seen.received_at if is_first else max(bookmark.updated_at, seen.received_at)
    return Outcome(is_newest=True, begins_play=begins_play, over=over)


def _arrival(bookmark: Bookmark, received_at: datetime) -> tuple[datetime, int]:
    """Behind all that has arrived, even if that was ahead of our clock."""
    if bookmark._state.adding or received_at > bookmark.observed_at:
        return received_at, 0
    return bookmark.observed_at, bookmark.sequence


def _place(bookmark: Bookmark, seen: Observation, *, is_first: bool) -> tuple[int, int]:
    position, duration = min(seen.position_seconds, seen.duration_seconds), seen.duration_seconds
    if not is_first and bookmark.content_type in FORWARD_ONLY and position < bookmark.position_seconds:
        # The place is kept, and with it the length it was measured in, should the report know a shorter one.
        return bookmark.position_seconds, max(duration, bookmark.duration_seconds)
    return position, duration


def _keep_or_forget(bookmark: Bookmark, position: int, now: datetime, *, starts_again: bool) -> None:
    """Of the last 24 hours the furthest position is kept, until somebody watches past it."""
    kept = previous_position(bookmark, now)
    if starts_again and bookmark.position_seconds > (kept or 0):
        bookmark.previous_position_seconds, bookmark.previous_kept_at = bookmark.position_seconds, now
    elif kept is None or position >= kept:
        bookmark.previous_position_seconds = bookmark.previous_kept_at = None


def previous_position(bookmark: Bookmark, now: datetime) -> int | None:
    """The position in seconds that can be restored; None when there is none, or its 24 hours are over."""
    if bookmark.previous_kept_at is None or bookmark.previous_kept_at <= now - KEPT_FOR:
        return None
    return bookmark.previous_position_seconds


def _begin_play(bookmark: Bookmark, at: datetime) -> PlayOver | None:
    over = None
    if bookmark.play_id is not None:
        over = PlayOver(
            id=bookmark.play_id,
            ended_at=bookmark.observed_at,
            furthest_seconds=bookmark.play_furthest_seconds,
            duration_seconds=bookmark.duration_seconds,
            is_finished=bookmark.play_finished,
            device_id=bookmark.device_id,
        )
    bookmark.play_id, bookmark.play_started_at = uuid4(), at
    bookmark.play_furthest_seconds, bookmark.play_finished = 0, False
    return over
