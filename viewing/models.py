"""What is being watched: how far each profile is, what it thinks of it, and what it keeps for later."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Profile
from catalog.models import Episode, Title
from viewing.querysets import BookmarkQuerySet, RatingQuerySet, WatchlistQuerySet

FINISHED_SHARE: Final = 0.95
CREDITS_SECONDS: Final = 120


class BookmarkType(models.TextChoices):
    """What a bookmark is in."""

    MOVIE = "movie", "Movie"
    EPISODE = "episode", "Episode"
    CATCHUP = "tstv_catchup", "Catch-up"
    STARTOVER = "tstv_startover", "Start-over"


class Bookmark(models.Model):
    """How far a profile has watched something.

    `content_id` is what the player knows: a title, an episode, a programme or a channel. `title` and `episode`
    say the same as keys, so that a deleted title takes its bookmarks along; `title` of an episode is its series.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="bookmarks")
    content_type = models.CharField(max_length=20, choices=BookmarkType.choices)
    content_id = models.UUIDField()
    title = models.ForeignKey(Title, on_delete=models.CASCADE, null=True, blank=True, related_name="bookmarks")
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, null=True, blank=True, related_name="bookmarks")
    position_seconds = models.PositiveIntegerField()
    duration_seconds = models.PositiveIntegerField()
    completed = models.BooleanField(default=False)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "id"]
        indexes = [
            models.Index(fields=["profile", "-updated_at"], name="bookmark_newest"),
            models.Index(fields=["updated_at"], name="bookmark_trending"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["profile", "content_id", "content_type"], name="bookmark_once"),
            models.CheckConstraint(condition=Q(content_type__in=BookmarkType.values), name="bookmark_type_known"),
            models.CheckConstraint(condition=Q(duration_seconds__gte=1), name="bookmark_has_a_duration"),
            models.CheckConstraint(
                condition=Q(position_seconds__lte=F("duration_seconds")), name="bookmark_position_within_duration"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.content_id} at {self.position_seconds} s"

    @property
    def progress_percent(self) -> float:
        """The share watched, 0 to 100."""
        return 100 * self.position_seconds / self.duration_seconds

    @property
    def remaining_minutes(self) -> float:
        """What is left to watch."""
        return (self.duration_seconds - self.position_seconds) / 60

    def observe(self, *, position_seconds: int, duration_seconds: int, at: datetime) -> None:
        """Take over what a player reports. In catch-up and start-over the position only moves forward.

        A save brings a dismissed item back; seeking back reopens a finished one.
        """
        position_seconds = min(position_seconds, duration_seconds)
        forward_only = self.content_type in (BookmarkType.CATCHUP, BookmarkType.STARTOVER)
        if forward_only and position_seconds < (self.position_seconds or 0):
            # The place is kept, and with it the length it was measured in, should the report know a shorter one.
            position_seconds = self.position_seconds
            duration_seconds = max(duration_seconds, self.duration_seconds)
        self.duration_seconds = duration_seconds
        self.position_seconds = position_seconds
        self.completed = is_finished(self.position_seconds, duration_seconds)
        self.dismissed_at = None
        self.updated_at = at


def is_finished(position_seconds: int, duration_seconds: int) -> bool:
    """95 % watched, or only the credits left; the second rule is for what is longer than the credits."""
    only_credits_left = duration_seconds > CREDITS_SECONDS >= duration_seconds - position_seconds
    return position_seconds >= FINISHED_SHARE * duration_seconds or only_credits_left


class Rating(models.Model):
    """A thumb up or down."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="ratings")
    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="ratings")
    rating = models.SmallIntegerField(choices=[(1, "Thumb up"), (-1, "Thumb down")])
    created_at = models.DateTimeField(default=timezone.now)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "title"], name="rating_once"),
            models.CheckConstraint(condition=Q(rating__in=[1, -1]), name="rating_is_a_thumb"),
        ]

    def __str__(self) -> str:
        return f"{self.rating:+d}"


class WatchlistItem(models.Model):
    """A title somebody keeps for later."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="watchlist")
    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="watchlisted")
    added_at = models.DateTimeField(default=timezone.now)

    objects = WatchlistQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["profile", "title"], name="watchlist_once")]

    def __str__(self) -> str:
        return f"{self.title_id} kept"
