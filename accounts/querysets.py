"""The vocabulary of accounts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import Profile, RefreshToken, User  # noqa: F401


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Profiles, always asked for as somebody's."""

    def owned_by(self, user: User | AnonymousUser) -> Self:
        """The profiles of this account; none for a guest."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class RefreshTokenQuerySet(models.QuerySet["RefreshToken"]):
    """Refresh tokens."""

    def of_family(self, family: UUID) -> Self:
        """All tokens that descend from one sign-in."""
        return self.filter(family=family)

    def revoke(self, now: datetime) -> int:
        """Take away what is still usable; returns how many tokens that were."""
        return self.filter(revoked_at=None).update(revoked_at=now)
