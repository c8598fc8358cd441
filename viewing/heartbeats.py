"""Writing what players report: atomic, durable, and by the one rule of `viewing.observing`."""

from __future__ import annotations

from contextlib import nullcontext

from django.db import IntegrityError, transaction
from django.db.models import F

from common.constraints import constraint_of
from viewing.models import Bookmark, Play
from viewing.observing import OBSERVED, Observation, Outcome, PlayOver, observe


def save(bookmark: Bookmark, seen: Observation) -> Bookmark:
    """Take over an observation into a bookmark that was just read, or was just made and is in no table yet.

    The row is written if nobody has written it since it was read; otherwise it is read again and locked. Two first
    observations at once make one row.
    """
    while not _written(bookmark, seen):
        with transaction.atomic():
            key = {"profile": bookmark.profile_id, "content_id": bookmark.content_id}
            rows = Bookmark.objects.select_for_update(of=("self",)).filter(content_type=bookmark.content_type, **key)
            locked = rows.first()
            if locked is None:  # it was removed meanwhile
                bookmark = _anew(bookmark)
                continue
            _written(locked, seen)
            return locked
    return bookmark


def _written(bookmark: Bookmark, seen: Observation) -> bool:
    """Whether the row shows the observation now, or something newer."""
    read = bookmark.version
    is_new = bookmark._state.adding
    outcome = observe(bookmark, seen)
    if not outcome.is_newest:
        return True
    with transaction.atomic() if outcome.begins_play else nullcontext():
        is_written = _insert(bookmark) if is_new else _update(bookmark, read)
        if is_written and outcome.begins_play:
            _tell_history(bookmark, outcome)
    return is_written


def _insert(bookmark: Bookmark) -> bool:
    try:
        with transaction.atomic():
            bookmark.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) != "bookmark_once":
            raise
        return False
    return True


def _update(bookmark: Bookmark, read: int) -> bool:
    values = {name: getattr(bookmark, name) for name in OBSERVED}
    rows = Bookmark.objects.filter(pk=bookmark.pk, version=read)
    return bool(rows.update(**values, version=F("version") + 1))


def _tell_history(bookmark: Bookmark, outcome: Outcome) -> None:
    if outcome.over:
        _close(outcome.over)
    Play.objects.create(
        id=bookmark.play_id,
        profile_id=bookmark.profile_id,
        bookmark=bookmark,
        content_type=bookmark.content_type,
        content_id=bookmark.content_id,
        title_id=bookmark.title_id,
        episode_id=bookmark.episode_id,
        device_id=bookmark.device_id,
        started_at=bookmark.play_started_at or bookmark.observed_at,
        duration_seconds=bookmark.duration_seconds,
    )


def _close(play: PlayOver) -> None:
    Play.objects.filter(pk=play.id).update(
        ended_at=play.ended_at,
        furthest_seconds=play.furthest_seconds,
        duration_seconds=play.duration_seconds,
        is_finished=play.is_finished,
        device_id=play.device_id,
    )


def _anew(bookmark: Bookmark) -> Bookmark:
    return Bookmark(
        profile_id=bookmark.profile_id,
        content_type=bookmark.content_type,
        content_id=bookmark.content_id,
        title_id=bookmark.title_id,
        episode_id=bookmark.episode_id,
    )
