"""The one rule: the newest observation wins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from viewing.models import Bookmark, BookmarkType
from viewing.models.bookmarks import is_finished
from viewing.observing.observation import NOTHING, Observation, Outcome
from viewing.observing.plays import LONGEST_PAUSE, is_counted, play_over
from viewing.observing.previous import (
    KEPT_FOR,
    is_start_behind,
    is_worth_keeping,
    keep_or_forget,
    previous_position,
)

FORWARD_ONLY: Final = (BookmarkType.CATCHUP, BookmarkType.STARTOVER)
NEXT_MOMENT: Final = timedelta(microseconds=1)
MOST_TIMES: Final = 32_767

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


def observe(bookmark: Bookmark, seen: Observation) -> Outcome:
    """Take over what a player reports, if it is the newest observation; of a late one only what `_late` says.

    In catch-up and start-over the position only moves forward. Seeking back reopens what was finished. A dismissed
    item comes back, but not by what was seen before it was dismissed.
    """
    is_first = bookmark._state.adding
    moment = seen.moment if seen.seen_at else _arrival(bookmark, seen.received_at)
    if not is_first and moment < (bookmark.observed_at, bookmark.sequence):
        return _late(bookmark, seen)
    position, duration = _place(bookmark, seen)
    starts_again = not is_first and is_start_behind(bookmark.position_seconds, bookmark.duration_seconds, position)
    paused = timedelta(0) if is_first else moment[0] - bookmark.observed_at
    keep_or_forget(bookmark, position, seen.received_at, starts_again=starts_again)
    begins_play = bookmark.play_id is None or starts_again or paused > LONGEST_PAUSE
    over = play_over(bookmark) if begins_play else None
    if begins_play:
        was_counted = not starts_again and is_counted(bookmark, seen, is_same_viewing=paused <= LONGEST_PAUSE)
        bookmark.play_id, bookmark.play_started_at = uuid4(), moment[0]
        bookmark.play_furthest_seconds, bookmark.play_finished = 0, was_counted
    _move(bookmark, seen, position, duration)
    if bookmark.dismissed_at is not None and moment[0] >= bookmark.dismissed_at:
        bookmark.dismissed_at = None
    bookmark.observed_at, bookmark.sequence = moment
    bookmark.device_id = seen.device_id
    bookmark.updated_at = seen.received_at if is_first else max(bookmark.updated_at, seen.received_at)
    return Outcome(changes=True, begins_play=begins_play, over=over)


def go_back(bookmark: Bookmark, now: datetime) -> Outcome:
    """Return to the position that was put aside; changes nothing where there is none.

    It counts as seen now, so that what is under way to us does not undo it. In the play that is going on nobody came
    this far, so that one is over, and watching on begins another.
    """
    kept = previous_position(bookmark, now)
    if kept is None:
        return NOTHING
    over = play_over(bookmark)
    bookmark.position_seconds = min(kept, bookmark.duration_seconds)
    bookmark.completed = is_finished(bookmark.position_seconds, bookmark.duration_seconds)
    bookmark.play_id, bookmark.play_finished = None, bookmark.completed
    bookmark.previous_position_seconds = bookmark.previous_kept_at = bookmark.dismissed_at = None
    bookmark.observed_at, bookmark.sequence = _arrival(bookmark, now)
    bookmark.updated_at = max(bookmark.updated_at, now)
    return Outcome(changes=True, over=over)


def _arrival(bookmark: Bookmark, received_at: datetime) -> tuple[datetime, int]:
    """Behind all that has arrived, even if that was ahead of our clock, and its repetitions."""
    if bookmark._state.adding or received_at > bookmark.observed_at:
        return received_at, 0
    return bookmark.observed_at + NEXT_MOMENT, 0


def _late(bookmark: Bookmark, seen: Observation) -> Outcome:
    """What is not the newest says nothing of where somebody is now. Only, the order of arrival must not decide.

    So in catch-up and start-over the furthest position counts, whoever saw it. And a far position is kept that would
    have been put aside by what is newest, had it come in time.
    """
    position, duration = _place(bookmark, seen)
    if bookmark.content_type in FORWARD_ONLY:
        if position <= bookmark.position_seconds:
            return NOTHING
        _move(bookmark, seen, position, duration)
    else:
        is_fresh = seen.received_at - seen.moment[0] < KEPT_FOR
        if not is_fresh or not is_start_behind(position, duration, bookmark.position_seconds):
            return NOTHING
        if not is_worth_keeping(bookmark, position, seen.received_at):
            return NOTHING
        bookmark.previous_position_seconds, bookmark.previous_kept_at = position, seen.received_at
    bookmark.updated_at = max(bookmark.updated_at, seen.received_at)
    return Outcome(changes=True)


def _place(bookmark: Bookmark, seen: Observation) -> tuple[int, int]:
    position, duration = seen.position, seen.duration_seconds
    is_known = not bookmark._state.adding
    if is_known and bookmark.content_type in FORWARD_ONLY and position < bookmark.position_seconds:
        # The place is kept, and with it the length it was measured in, should the report know a shorter one.
        return bookmark.position_seconds, max(duration, bookmark.duration_seconds)
    return position, duration


def _move(bookmark: Bookmark, seen: Observation, position: int, duration: int) -> None:
    """To this place; the play goes as far as was really seen, and is counted once when it comes to the end."""
    bookmark.position_seconds, bookmark.duration_seconds = position, duration
    bookmark.completed = is_finished(position, duration)
    bookmark.play_furthest_seconds = max(bookmark.play_furthest_seconds, seen.position)
    if is_finished(seen.position, duration) and not bookmark.play_finished:
        bookmark.play_finished = True
        bookmark.times_finished = min(bookmark.times_finished + 1, MOST_TIMES)
