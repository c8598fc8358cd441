"""The vocabulary of accounts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import AttemptCounter, Profile, Session, User  # noqa: F401
    from common.prepared import Slot

    Named: TypeAlias = "UUID | Slot"


def named_by_token(session_id: Named, user_id: Named, *, session: str = "", user: str = "user__") -> Q:
    """The session of an access token, if it and its account are still good: the one rule.

    `session` and `user` are the ways there, as `user__sessions__` and `user__` from a profile.
    """
    good_session = Q(**{f"{session}id": session_id, f"{session}revoked_at": None})
    good_account = Q(**{f"{user}id": user_id, f"{user}is_active": True, f"{user}deleted_at": None})
    return good_session & good_account


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Profiles, always asked for as somebody's."""

    def owned_by(self, user: User | AnonymousUser) -> Self:
        """The profiles of this account; none for a guest."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def acting(self, *, session_id: Named, user_id: Named, profile_id: Named) -> Self:
        """The profile that an access token may act as, by the rules of `named_by_token` and `owned_by` together."""
        return self.filter(
            named_by_token(session_id, user_id, session="user__sessions__", user="user__"), id=profile_id
        )


class SessionQuerySet(models.QuerySet["Session"]):
    """Signed-in devices."""

    def of(self, user: User) -> Self:
        """This account's."""
        return self.filter(user=user)

    def open(self, now: datetime) -> Self:
        """Where somebody is still signed in."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def over(self, before: datetime) -> Self:
        """What was revoked or ran out before this moment."""
        return self.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before))

    def named_by_token(self, *, session_id: UUID, user_id: UUID) -> Self:
        """The session of an access token, if it and its account are still good."""
        return self.filter(named_by_token(session_id, user_id)).select_related("user")

    def revoke(self, now: datetime) -> int:
        """Sign these devices out; returns how many were signed in."""
        return self.filter(revoked_at=None).update(revoked_at=now)


class AttemptCounterQuerySet(models.QuerySet["AttemptCounter"]):
    """Counters of failed attempts."""

    def quiet_since(self, moment: datetime) -> Self:
        """Where nothing has been counted since this moment and no lock has held."""
        return self.filter(Q(locked_until=None) | Q(locked_until__lt=moment), window_started_at__lt=moment)
