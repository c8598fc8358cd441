"""What the demo's viewers played, when and on what: the history behind their bookmarks, by the rules of players."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from accounts.models import Profile
from catalog.models import Episode, Title
from viewing.models import Bookmark, BookmarkType, Play
from viewing.models.bookmarks import is_finished

DEVICES: Final = ("living-room-tv", "phone", "tablet", "laptop")
# How many of the bookmarks were not reached in one go.
OFTEN: Final = 0.2
# How many of the films that were finished had been seen before.
AGAIN: Final = 0.1


def bookmark(profile: Profile, title: Title, episode: Episode | None, share: float, at: datetime) -> Bookmark:
    """How far somebody was at that moment, reached in one go."""
    minutes = (episode.duration_minutes if episode else title.duration_minutes) or 60
    duration, position = 60 * minutes, int(60 * minutes * share)
    completed = is_finished(position, duration)
    return Bookmark(
        profile=profile,
        content_type=BookmarkType.EPISODE if episode else BookmarkType.MOVIE,
        content_id=episode.id if episode else title.id,
        title=title,
        episode=episode,
        position_seconds=position,
        duration_seconds=duration,
        completed=completed,
        created_at=at - timedelta(seconds=position),
        updated_at=at,
        observed_at=at,
        device_id=DEVICES[0],
        play_started_at=at - timedelta(seconds=position),
        play_furthest_seconds=position,
        play_finished=completed,
        times_finished=int(completed),
    )


def plays(places: Sequence[Bookmark], random: Random) -> Iterator[Play]:
    """The plays that led to these bookmarks; some were left in the middle for a few days, some films seen before."""
    for place in places:
        place.device_id = random.choice(DEVICES)
        if place.completed and place.episode is None and random.random() < AGAIN:
            yield watched_before(place, timedelta(days=random.uniform(20, 60)))
        elif random.random() < OFTEN:
            yield _left_before(place, random.uniform(0.2, 0.8), timedelta(days=random.uniform(0.5, 3)))
        yield last_play(place)


def watched_before(place: Bookmark, pause: timedelta) -> Play:
    """It was watched to the end, and so long afterwards once more."""
    place.times_finished += 1
    return _earlier(place, place.duration_seconds, pause)


def _left_before(place: Bookmark, share: float, pause: timedelta) -> Play:
    """Of what was reached, this share was reached before a pause; the last play went on from there."""
    furthest = int(place.position_seconds * share)
    place.play_started_at = place.observed_at - timedelta(seconds=place.position_seconds - furthest)
    return _earlier(place, furthest, pause)


def begun_anew(place: Bookmark, share: float) -> Play:
    """Somebody was far, and half an hour later began at the start; where they were can be restored for a day."""
    furthest = int(place.duration_seconds * share)
    place.previous_position_seconds, place.previous_kept_at = furthest, place.play_started_at
    return _earlier(place, furthest, timedelta(minutes=30))


def _earlier(place: Bookmark, furthest: int, pause: timedelta) -> Play:
    begun = place.play_started_at or place.observed_at
    play = _play(place, begun - pause - timedelta(seconds=furthest))
    play.ended_at, play.furthest_seconds = begun - pause, furthest
    play.is_finished = is_finished(furthest, place.duration_seconds)
    place.created_at = play.started_at
    return play


def last_play(place: Bookmark) -> Play:
    """The last one; how it ended is told by the bookmark."""
    play = _play(place, place.play_started_at or place.observed_at)
    place.play_id = play.id
    return play


def _play(place: Bookmark, started_at: datetime) -> Play:
    return Play(
        profile=place.profile,
        bookmark=place,
        content_type=place.content_type,
        content_id=place.content_id,
        title=place.title,
        episode=place.episode,
        device_id=place.device_id,
        started_at=started_at,
        duration_seconds=place.duration_seconds,
    )
