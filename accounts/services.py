"""Registering, signing in, refreshing: what changes accounts."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken

from accounts.errors import CredentialsRefusedError, EmailTakenError, RefreshRefusedError
from accounts.maturity import CHILD_RATING, ParentalRating
from accounts.models import Profile, RefreshToken, User

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a device gets at sign-in and at each refresh. Never logged: the representation shows no token."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105 - the scheme's name

    def __repr__(self) -> str:
        return "TokenPair(…)"


def register_account(*, email: str, password: str) -> User:
    """Open an account with one profile named Default. Raises `EmailTakenError`."""
    # The constraint decides between two at once; looking first keeps the refused row, with the hash of the
    # password that was tried, out of PostgreSQL's log.
    if User.objects.filter(email=email.strip().lower()).exists():
        raise EmailTakenError
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password)
            Profile.objects.create(user=user, name="Default")
    except IntegrityError:
        raise EmailTakenError from None
    return user


def sign_in(*, email: str, password: str) -> TokenPair:
    """Check the password and start a new family of tokens. Raises `CredentialsRefusedError`."""
    user = authenticate(username=email.strip().lower(), password=password)
    if not isinstance(user, User):
        raise CredentialsRefusedError
    return issue_tokens(user=user)


def issue_tokens(*, user: User, family: UUID | None = None) -> TokenPair:
    """A fresh pair; with `family`, the refresh token descends from an earlier sign-in."""
    access = AccessToken.for_user(user)
    access["is_admin"] = user.is_staff
    raw = secrets.token_urlsafe(32)
    token = RefreshToken(user=user, digest=_digest(raw), expires_at=timezone.now() + settings.REFRESH_TOKEN_LIFETIME)
    if family:
        token.family = family
    token.save()
    return TokenPair(access_token=str(access), refresh_token=raw)


def refresh_tokens(*, refresh_token: str) -> TokenPair:
    """Trade a refresh token for a new pair. Raises `RefreshRefusedError`.

    Traded again within `REFRESH_TOKEN_GRACE` it still works, because clients refresh in parallel; later it
    was stolen or replayed, and the whole family is revoked.
    """
    pair = _trade(refresh_token, timezone.now())
    if pair is None:
        raise RefreshRefusedError
    return pair


@transaction.atomic
def _trade(raw: str, now: datetime) -> TokenPair | None:
    # The account's row is the lock of all its families: a token issued meanwhile must not outrun a revocation.
    tokens = RefreshToken.objects.select_related("user").select_for_update(of=("self", "user"))
    token = tokens.filter(digest=_digest(raw)).first()
    if token is None or not token.is_usable(now):
        return None
    if token.rotated_at is None:
        token.rotated_at = now
        token.save(update_fields=["rotated_at"])
    elif now - token.rotated_at > settings.REFRESH_TOKEN_GRACE:
        RefreshToken.objects.of_family(token.family).revoke(now)
        return None
    return issue_tokens(user=token.user, family=token.family)


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def add_profile(
    *, user: User, name: str, avatar_url: str | None, parental_rating: str | None, is_kids: bool
) -> Profile:
    """Add a person to the household. A child without a rating gets a child's limit, an adult none."""
    rating = parental_rating or (CHILD_RATING if is_kids else ParentalRating.TV_MA)
    return Profile.objects.create(user=user, name=name, avatar_url=avatar_url, parental_rating=rating, is_kids=is_kids)
