"""Thumbs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Profile
from catalog.models import Title
from viewing.querysets import RatingQuerySet


class Rating(models.Model):
    """A thumb up or down."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="ratings", db_index=False)
    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="ratings")
    rating = models.SmallIntegerField(choices=[(1, "Thumb up"), (-1, "Thumb down")])
    created_at = models.DateTimeField(default=timezone.now, help_text="When this thumb was given.")

    objects = RatingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["profile", "created_at"], name="rating_newest")]
        constraints = [
            models.UniqueConstraint(fields=["profile", "title"], name="rating_once"),
            models.CheckConstraint(condition=Q(rating__in=[1, -1]), name="rating_is_a_thumb"),
        ]

    def __str__(self) -> str:
        return f"{self.rating:+d}"
