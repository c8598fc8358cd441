"""Signing in, staying signed in, signing out."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.utils import timezone

from accounts.devices import Device
from accounts.errors import CredentialsRefusedError, RefreshRefusedError
from accounts.models import RefreshToken, SecurityEvent, Session, User
from accounts.services.attempts import check_credentials
from accounts.tokens import AccessToken

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger("marquee.security")


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a device gets at sign-in and at each refresh. Never logged: the representation shows no token."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105 - the scheme's name

    def __repr__(self) -> str:
        return "TokenPair(…)"


def sign_in(*, email: str, password: str, device: Device | None = None) -> TokenPair:
    """Check the password and sign a device in. Raises `CredentialsRefusedError` or `TooManyAttemptsError`."""
    device = device or Device()
    user = check_credentials(email=email, password=password, device=device)
    if user is None:
        raise CredentialsRefusedError
    return _sign_in_if_unchanged(user, device)


@transaction.atomic
def _sign_in_if_unchanged(user: User, device: Device) -> TokenPair:
    """A new password signs devices out; one that came in with the old password must not slip in behind that."""
    unchanged = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
    # Not the strongest lock: that would also wait for rows that only refer to the account.
    if unchanged.select_for_update(no_key=True).first() is None:
        raise CredentialsRefusedError
    update_last_login(User, user)
    return issue_tokens(user=user, device=device)


def issue_tokens(*, user: User, device: Device | None = None) -> TokenPair:
    """Sign a device in without asking for a password; the first pair of a new session."""
    device = device or Device()
    expires_at = timezone.now() + settings.REFRESH_TOKEN_LIFETIME
    session = Session(user=user, device_name=device.name, address=device.address, expires_at=expires_at)
    with transaction.atomic():
        session.save()
        return _next_pair(session)


def _next_pair(session: Session) -> TokenPair:
    raw = secrets.token_urlsafe(32)
    RefreshToken.objects.create(session=session, digest=digest_of(raw), expires_at=session.expires_at)
    return TokenPair(access_token=str(AccessToken.for_session(session)), refresh_token=raw)


def refresh_tokens(*, refresh_token: str, device: Device | None = None) -> TokenPair:
    """Trade a refresh token for a new pair. Raises `RefreshRefusedError`.

    Traded again within `REFRESH_TOKEN_GRACE` it still works, because clients refresh in parallel; later it
    was stolen or replayed, and the whole session is revoked.
    """
    pair = _trade(refresh_token, device or Device(), timezone.now())
    if pair is None:
        raise RefreshRefusedError
    return pair


@transaction.atomic
def _trade(raw: str, device: Device, now: datetime) -> TokenPair | None:
    # The session's row is the lock of its whole family: a token issued meanwhile must not outrun a revocation. It is
    # taken first, as by who erases the account with all its devices.
    tokens = RefreshToken.objects.select_related("session__user").select_for_update(of=("session", "self"))
    token = tokens.filter(digest=digest_of(raw)).first()
    if token is None or not token.session.is_open(now):
        return None
    # Before its own end is looked at: the trade has prolonged the session, and who comes with it is a thief for ever.
    if token.rotated_at is not None and now - token.rotated_at > settings.REFRESH_TOKEN_GRACE:
        _end_family(token.session, device, now)
        return None
    if token.expires_at <= now:
        return None
    if token.rotated_at is None:
        token.rotated_at = now
        token.save(update_fields=["rotated_at"])
    return _prolong(token.session, device, now)


def _prolong(session: Session, device: Device, now: datetime) -> TokenPair:
    session.last_used_at, session.expires_at = now, now + settings.REFRESH_TOKEN_LIFETIME
    session.address = device.address or session.address
    session.save(update_fields=["last_used_at", "expires_at", "address"])
    return _next_pair(session)


def _end_family(session: Session, device: Device, now: datetime) -> None:
    Session.objects.filter(id=session.id).revoke(now)
    SecurityEvent.objects.create(
        user=session.user,
        kind=SecurityEvent.Kind.REFRESH_REUSED,
        address=device.address,
        detail=f"Signed out: {session}"[:300],
    )
    logger.warning("A spent refresh token was presented again: session %s is revoked", session.id)


def digest_of(raw: str) -> str:
    """What is kept of a refresh token."""
    return hashlib.sha256(raw.encode()).hexdigest()
