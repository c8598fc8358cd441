"""Thumbs, and what is kept for later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F

from accounts.maturity import suitable
from catalog.visibility import on_show

if TYPE_CHECKING:
    from accounts.models import Profile
    from viewing.models import Rating, WatchlistItem  # noqa: F401


class RatingQuerySet(models.QuerySet["Rating"]):
    """Thumbs."""

    def of(self, profile: Profile) -> Self:
        """This profile's, for titles that are on show."""
        return self.filter(on_show(prefix="title__"), profile=profile)

    def suitable_for(self, profile: Profile) -> Self:
        """For titles within the profile's limit."""
        return self.filter(suitable(profile, "title__age_rating"))


class WatchlistQuerySet(models.QuerySet["WatchlistItem"]):
    """What is kept for later."""

    def of(self, profile: Profile) -> Self:
        """This profile's titles that are on show, in its order: the newest first, unless it was put in another one."""
        return self.filter(on_show(prefix="title__"), profile=profile).order_by(
            F("place").asc(nulls_first=True), "-added_at", "-id"
        )

    def suitable_for(self, profile: Profile) -> Self:
        """Titles within the profile's limit."""
        return self.filter(suitable(profile, "title__age_rating"))
