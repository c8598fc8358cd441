"""What is gone from viewing state, so that other devices hear of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Profile


class RemovalKind(models.TextChoices):
    """What is gone."""

    BOOKMARK = "bookmark", "Bookmark"
    RATING = "rating", "Rating"
    WATCHLIST = "watchlist", "Watchlist item"


class Removal(models.Model):
    """A bookmark, thumb or watchlist item is gone. `key` is the bookmark's id, or the title's."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="removals", db_index=False)
    kind = models.CharField(max_length=20, choices=RemovalKind.choices)
    key = models.UUIDField()
    removed_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["removed_at", "id"]
        indexes = [models.Index(fields=["profile", "removed_at"], name="removal_newest")]
        constraints = [models.CheckConstraint(condition=Q(kind__in=RemovalKind.values), name="removal_kind_known")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
