"""Streams: who takes one of the account's places, who keeps it, and who gives it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.services.locking import lock_household
from catalog.models import Title
from epg.models import Channel
from viewing.errors import ContentNotFoundError, StreamLimitError, StreamNotFoundError
from viewing.models import StreamSession, StreamType
from viewing.services.content import find_content

if TYPE_CHECKING:
    from accounts.models import User
    from viewing.querysets import StreamSessionQuerySet


def start_stream(*, user: User, content_type: str, content_id: UUID) -> StreamSession:
    """Take a place, whoever of the household plays; those who have fallen silent give theirs back before.

    Raises `ContentNotFoundError`, or `StreamLimitError` when every place is taken.
    """
    stream = StreamSession(
        user=user, content_type=content_type, content_id=content_id, title=_title_of(content_type, content_id)
    )
    with transaction.atomic():
        # Who starts waits for who starts already, so that nobody counts places that somebody else is about to take.
        lock_household(user.id)
        taken = _places_taken(user)
        has_room = len(taken) < settings.STREAM_LIMIT
        if has_room:
            stream.started_at = stream.last_heartbeat_at = timezone.now()
            stream.save(force_insert=True)
    if not has_room:  # outside: what has fallen silent stays closed
        raise StreamLimitError(settings.STREAM_LIMIT, taken)
    return stream


def _title_of(content_type: str, content_id: UUID) -> Title | None:
    """The film or series; of an episode its series. None for what is on a channel and not in the catalogue."""
    if content_type == StreamType.VOD_TITLE:
        title = Title.objects.on_show().named_by(content_id).first()
        if title is None:
            raise ContentNotFoundError
        return title
    if content_type == StreamType.CHANNEL:
        if not Channel.objects.on_view().filter(id=content_id).exists():
            raise ContentNotFoundError
        return None
    return find_content(content_type, content_id).title


def _places_taken(user: User) -> list[StreamSession]:
    streams = StreamSession.objects.of(user).going_on()
    close(streams.silent_since(_stale(timezone.now())))
    return list(streams.named().order_by("-started_at", "id"))


def close(streams: StreamSessionQuerySet) -> int:
    """End those of which nothing is heard any more, as of when it was; returns how many."""
    return streams.update(ended_at=F("last_heartbeat_at"))


def keep_stream(*, user: User, stream_id: UUID) -> datetime:
    """It is still played; one that was silent goes on as long as nobody has taken its place. One statement.

    Returns when that was. Raises `StreamNotFoundError`.
    """
    now = timezone.now()
    if not StreamSession.objects.of(user).going_on().filter(id=stream_id).update(last_heartbeat_at=now):
        raise StreamNotFoundError
    return now


def end_stream(*, user: User, stream_id: UUID) -> None:
    """Give the place back, on any device of the account. May be repeated. Raises `StreamNotFoundError`."""
    was_open = StreamSession.objects.of(user).going_on().filter(id=stream_id).update(ended_at=timezone.now())
    if not was_open and not StreamSession.objects.of(user).filter(id=stream_id).exists():
        raise StreamNotFoundError


def open_streams(user: User) -> StreamSessionQuerySet:
    """What the account plays now, newest first, named as far as it is on show."""
    streams = StreamSession.objects.of(user).going_on().filter(last_heartbeat_at__gte=_stale(timezone.now()))
    return streams.named().order_by("-started_at", "id")


def _stale(now: datetime) -> datetime:
    """Who was not heard of since then has given the place back."""
    return now - timedelta(seconds=settings.STREAM_STALE_SECONDS)
