"""The history: what was played, from when to when, and how far."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Profile
from catalog.models import Episode, Title
from viewing.models.bookmarks import Bookmark, BookmarkType
from viewing.querysets import PlayQuerySet


class Play(models.Model):
    """Somebody played something, to the end or not.

    The play that is going on, or was the last of its bookmark, is told by the bookmark (`bookmark.play_id`): there it
    is kept up to date at no cost. When the next one begins, how it ended is written here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="plays", db_index=False)
    bookmark = models.ForeignKey(Bookmark, on_delete=models.SET_NULL, null=True, blank=True, related_name="plays")
    content_type = models.CharField(max_length=20, choices=BookmarkType.choices)
    content_id = models.UUIDField()
    title = models.ForeignKey(Title, on_delete=models.CASCADE, null=True, blank=True, related_name="plays")
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, null=True, blank=True, related_name="plays")
    device_id = models.CharField(max_length=100, blank=True, default="")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty while the bookmark tells of it.")
    furthest_seconds = models.PositiveIntegerField(default=0)
    duration_seconds = models.PositiveIntegerField(default=1)
    is_finished = models.BooleanField(default=False)

    objects = PlayQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "id"]
        indexes = [models.Index(fields=["profile", "-started_at", "id"], name="play_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(content_type__in=BookmarkType.values), name="play_type_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="play_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.content_id} ({self.started_at:%Y-%m-%d %H:%M})"
