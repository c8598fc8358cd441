"""How far a profile is in what it watches."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Profile
from catalog.models import Episode, Title
from viewing.querysets import BookmarkQuerySet

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

    This is the hottest row of the service: each player writes it every 30 seconds. So what the rules need to know is
    kept in it, and nothing else is read or written while somebody plays (`viewing.observing`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What is unique begins with the profile; an index of its own would only be one more to write.
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="bookmarks", db_index=False)
    content_type = models.CharField(max_length=20, choices=BookmarkType.choices)
    content_id = models.UUIDField()
    title = models.ForeignKey(
        Title, on_delete=models.CASCADE, null=True, blank=True, related_name="bookmarks", db_index=False
    )
    episode = models.ForeignKey(
        Episode, on_delete=models.CASCADE, null=True, blank=True, related_name="bookmarks", db_index=False
    )
    position_seconds = models.PositiveIntegerField()
    duration_seconds = models.PositiveIntegerField()
    completed = models.BooleanField(default=False)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now, help_text="When it was last saved, by our clock.")

    # Which observation it shows: the newest one.
    observed_at = models.DateTimeField(
        default=timezone.now, help_text="When the player saw it there: its own time, held to our clock."
    )
    sequence = models.BigIntegerField(default=0, help_text="Orders what one player saw at the same moment.")
    device_id = models.CharField(max_length=100, blank=True, default="")
    version = models.PositiveIntegerField(default=0, help_text="Counts the writes; who writes says which one it read.")

    # A far position that a play at the start has put aside.
    previous_position_seconds = models.PositiveIntegerField(null=True, blank=True)
    previous_kept_at = models.DateTimeField(null=True, blank=True)

    # The play that is going on, or was last; its row in the history is written when it begins and when it is over.
    play_id = models.UUIDField(null=True, blank=True)
    play_started_at = models.DateTimeField(null=True, blank=True)
    play_furthest_seconds = models.PositiveIntegerField(default=0)
    play_finished = models.BooleanField(default=False)
    times_finished = models.PositiveSmallIntegerField(
        default=0, help_text="Plays that came to the end: more than one, and it was watched again."
    )

    # What `with_following` and `with_momentum` find.
    following: Sequence[dict[str, Any]]
    finished_lately: Sequence[bool]

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "id"]
        indexes = [
            # The newest unfinished ones are read without a look at the finished ones among them.
            models.Index(fields=["profile", "-updated_at", "completed"], name="bookmark_newest"),
            models.Index(fields=["updated_at"], name="bookmark_trending"),
            # Most rows are in none of these, and then writing them costs nothing.
            models.Index(
                # All of a title, and what a profile has of a series: the newest first.
                fields=["title", "profile", "-updated_at"],
                condition=Q(title__isnull=False),
                name="bookmark_of_title",
            ),
            models.Index(fields=["episode"], condition=Q(episode__isnull=False), name="bookmark_of_episode"),
            models.Index(
                fields=["profile", "dismissed_at"], condition=Q(dismissed_at__isnull=False), name="bookmark_dismissed"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["profile", "content_id", "content_type"], name="bookmark_once"),
            models.CheckConstraint(condition=Q(content_type__in=BookmarkType.values), name="bookmark_type_known"),
            models.CheckConstraint(condition=Q(duration_seconds__gte=1), name="bookmark_has_a_duration"),
            models.CheckConstraint(
                condition=Q(position_seconds__lte=F("duration_seconds")), name="bookmark_position_within_duration"
            ),
            models.CheckConstraint(
                condition=Q(previous_position_seconds=None, previous_kept_at=None)
                | Q(previous_position_seconds__isnull=False, previous_kept_at__isnull=False),
                name="bookmark_previous_position_has_a_time",
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


def is_finished(position_seconds: int, duration_seconds: int) -> bool:
    """95 % watched, or only the credits left; the second rule is for what is longer than the credits."""
    only_credits_left = duration_seconds > CREDITS_SECONDS >= duration_seconds - position_seconds
    return position_seconds >= FINISHED_SHARE * duration_seconds or only_credits_left
