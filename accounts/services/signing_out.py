"""Signing out: this device, another one, all of them. What is signed out is worth nothing from the next request on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.errors import SessionUnknownError
from accounts.models import SecurityEvent, Session, User
from accounts.services.admin_sessions import end_admin_sessions
from accounts.services.locking import lock_household
from accounts.services.sessions import digest_of

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.devices import Device


def sign_out(*, session_id: UUID) -> None:
    """End a session with all its tokens. One that has ended already stays as it is."""
    Session.objects.filter(id=session_id).revoke(timezone.now())


def sign_out_holder(*, refresh_token: str) -> None:
    """End the session of whoever holds this refresh token, spent or not. An unknown one ends nothing."""
    Session.objects.filter(refresh_tokens__digest=digest_of(refresh_token)).revoke(timezone.now())


@transaction.atomic
def sign_out_device(*, user: User, session_id: UUID, device: Device) -> None:
    """End one session of the list. Raises `SessionUnknownError` for one that is not in it."""
    now, sessions = timezone.now(), Session.objects.of(user).filter(id=session_id)
    name = str(sessions.open(now).first())
    lock_household(user.pk)
    if not sessions.open(now).revoke(now):
        raise SessionUnknownError
    _note(user, device, f"Signed out: {name}")


@transaction.atomic
def sign_out_everywhere(*, user: User, device: Device) -> None:
    """End every session of the account, this one and those of the admin site too."""
    lock_household(user.pk)
    _note(user, device, f"Signed out: all devices ({end_sessions(user)})")


def end_sessions(user: User, *, but: UUID | None = None) -> int:
    """Revoke the sessions of an account that is locked, one of them excepted; returns how many were signed in.

    Staff are signed out of the admin site too. Others are in none, and looking for one would read all that there are.
    Whoever ends several locks the account first, so that two who do it do not wait for each other's rows for ever.
    """
    if user.is_staff:
        end_admin_sessions(user)
    # Those that ran out too: an access token may be set to outlive its refresh token.
    sessions = Session.objects.of(user)
    return (sessions.exclude(id=but) if but else sessions).revoke(timezone.now())


def close(user: User, why: str) -> None:
    """Sign out, for good, an account that staff have just closed: should it be opened again, it is in nowhere."""
    end_sessions(user)
    end_admin_sessions(user)  # even if it is no member of staff any more
    SecurityEvent.objects.create(user=user, kind=SecurityEvent.Kind.SESSIONS_REVOKED, detail=why)


def _note(user: User, device: Device, detail: str) -> None:
    SecurityEvent.objects.create(
        user=user, kind=SecurityEvent.Kind.SESSIONS_REVOKED, address=device.address, detail=detail[:300]
    )
