"""Writing what players report: atomic, durable, and by the one rule of `viewing.observing`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, QuerySet

from accounts.models import Profile
from common.constraints import constraint_of
from common.db import commit_without_waiting, was_deadlocked
from common.prepared import PreparedUpdate, Slot, slot_for
from viewing.models import Bookmark, Play
from viewing.observing import OBSERVED, Observation, Outcome, PlayOver, observe


def save(bookmark: Bookmark, seen: Observation) -> Bookmark:
    """Take over an observation into a bookmark that was just read, or was just made and is in no table yet.

    The row is written if nobody has written it since it was read; otherwise it is read again. Whoever is refused so has
    been overtaken by somebody who was not, so this comes to an end. Two first observations at once make one row.

    Raises `IntegrityError` when the profile or the content is removed meanwhile.
    """
    while not write(bookmark, observe, seen):
        bookmark = _read_again(bookmark)
    return bookmark


def write(bookmark: Bookmark, rule: Callable[[Bookmark, Any], Outcome], told: Any) -> bool:
    """Apply a rule of `viewing.observing` to a bookmark as it was read; whether the row is so now.

    False when somebody else has written, made or removed it meanwhile; then nothing is written.
    """
    read = None if bookmark._state.adding else bookmark.version
    outcome = rule(bookmark, told)
    if not outcome.changes:
        return True
    if outcome.begins_play or outcome.over:
        return _write_with_history(bookmark, outcome, read)
    return _update(bookmark, read or 0)


def _write_with_history(bookmark: Bookmark, outcome: Outcome, read: int | None) -> bool:
    try:
        with transaction.atomic():
            if read is None:
                bookmark.save(force_insert=True)
            else:
                _take_turn(bookmark.profile_id)
                if not _update(bookmark, read):
                    return False
            _tell_history(bookmark, outcome)
    except IntegrityError as error:
        if constraint_of(error) != "bookmark_once":
            raise
        return False
    except OperationalError as error:
        # Whoever removes what is watched locks the plays before the bookmark. The next try finds out how it ended.
        if not was_deadlocked(error):
            raise
        return False
    return True


def _take_turn(profile_id: UUID) -> None:
    """Before the bookmark: whoever removes a profile, or clears its history, locks it first as well."""
    Profile.objects.select_for_update(no_key=True).filter(pk=profile_id).order_by().values_list("pk").first()


def _read_again(bookmark: Bookmark) -> Bookmark:
    """The row as it is now; a new one where there is none (any more)."""
    key = {name: getattr(bookmark, name) for name in ("profile_id", "content_type", "content_id")}
    content = {name: getattr(bookmark, name) for name in ("title_id", "episode_id")}
    return Bookmark.objects.filter(**key).order_by().first() or Bookmark(**key, **content)


def _update(bookmark: Bookmark, read: int) -> bool:
    values = {name: getattr(bookmark, name) for name in OBSERVED}
    is_written = bool(_REWRITE[settings.HEARTBEAT_DURABLE].run(pk=bookmark.pk, read=read, **values))
    if is_written:
        bookmark.version = read + 1
    return is_written


def _as_read() -> QuerySet[Bookmark]:
    return Bookmark.objects.filter(pk=Slot("pk", UUID), version=Slot("read", int))


def _not_waiting() -> QuerySet[Bookmark]:
    return _as_read().filter(commit_without_waiting())


def _observed() -> dict[str, Any]:
    columns = {field.attname: field for field in Bookmark._meta.concrete_fields}
    return {name: slot_for(columns[name]) for name in OBSERVED} | {"version": F("version") + 1}


# By whether an answered heartbeat has to be on the disk.
_REWRITE: Final = {True: PreparedUpdate(_as_read, _observed), False: PreparedUpdate(_not_waiting, _observed)}


def _tell_history(bookmark: Bookmark, outcome: Outcome) -> None:
    if outcome.over:
        _close(outcome.over)
    if not outcome.begins_play:
        return
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
