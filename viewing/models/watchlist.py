"""What is kept for later."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils import timezone

from accounts.models import Profile
from catalog.models import Title
from viewing.querysets import WatchlistQuerySet


class WatchlistItem(models.Model):
    """A title somebody keeps for later. What was added since it was put in order has no place and comes first."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="watchlist", db_index=False)
    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="watchlisted")
    added_at = models.DateTimeField(default=timezone.now)
    place = models.PositiveIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now, help_text="When it was added or moved.")

    objects = WatchlistQuerySet.as_manager()

    class Meta:
        ordering = [F("place").asc(nulls_first=True), "-added_at", "-id"]
        indexes = [models.Index(fields=["profile", "changed_at"], name="watchlist_newest")]
        constraints = [models.UniqueConstraint(fields=["profile", "title"], name="watchlist_once")]

    def __str__(self) -> str:
        return f"{self.title_id} kept"

    @property
    def order(self) -> tuple[int, float, int]:
        """Where it stands in the list of its profile, as `ordering` has it."""
        return self.place or 0, -self.added_at.timestamp(), -self.pk
