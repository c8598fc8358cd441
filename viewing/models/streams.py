"""Streams: how many an account has open."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from catalog.models import Title
from viewing.querysets import StreamSessionQuerySet


class StreamType(models.TextChoices):
    """What is streamed."""

    VOD_TITLE = "vod_title", "Film or episode"
    CHANNEL = "live_channel", "Live channel"
    CATCHUP = "tstv_catchup", "Catch-up"
    STARTOVER = "tstv_startover", "Start-over"


class StreamSession(models.Model):
    """A player that takes one of the account's places, from its start until it ends or falls silent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stream_sessions")
    content_type = models.CharField(max_length=20, choices=StreamType.choices, default=StreamType.VOD_TITLE)
    content_id = models.UUIDField()
    title = models.ForeignKey(Title, on_delete=models.SET_NULL, null=True, blank=True, related_name="stream_sessions")
    started_at = models.DateTimeField(default=timezone.now)
    last_heartbeat_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    # What `StreamSession.objects.named()` brings along.
    shown_title_id: uuid.UUID | None
    shown_name: str | None

    objects = StreamSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "id"]
        indexes = [
            # Not by the last heartbeat: a column that is in no index is written at the least cost.
            models.Index(fields=["user"], condition=Q(ended_at=None), name="stream_open"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="stream_ended"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(content_type__in=StreamType.values), name="stream_type_known"),
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.content_id}"
