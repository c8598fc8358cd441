"""The people of a household."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.maturity import ParentalRating, step
from accounts.models.users import User
from accounts.querysets import ProfileQuerySet
from common.web_addresses import WebAddressColumn


class Profile(models.Model):
    """One person of a household: own viewing state, own recommendations, own maturity limit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="profiles")
    name = models.CharField(max_length=100)
    avatar_url = WebAddressColumn(max_length=500, null=True, blank=True)
    parental_rating = models.CharField(
        max_length=10,
        choices=ParentalRating.choices,
        default=ParentalRating.TV_MA,
        help_text="Nothing rated above this is shown.",
    )
    is_kids = models.BooleanField("child", default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parental_rating__in=ParentalRating.values), name="profile_rating_on_ladder"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_unlimited(self) -> bool:
        """Whether this profile may see everything, unrated programmes included."""
        return self.parental_rating == ParentalRating.TV_MA

    def may_see(self, age_rating: str | None) -> bool:
        """Whether something with this rating is within the limit; the same rule as `maturity.suitable`."""
        own = step(age_rating)
        return self.is_unlimited or (own is not None and own <= (step(self.parental_rating) or 0))
