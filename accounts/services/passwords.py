"""Passwords: changing one that is known, replacing one that is forgotten."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import mail
from accounts.errors import MailNotSetUpError, PasswordRefusedError, ResetRefusedError, WrongPasswordError
from accounts.models import SecurityEvent, User
from accounts.services.attempts import count_reset_request, forget_failures, verify_password
from accounts.services.locking import lock_account, lock_household
from accounts.services.signing_out import end_sessions

if TYPE_CHECKING:
    from accounts.devices import Device


def change_password(
    *, user: User, current_password: str, new_password: str, session_id: UUID | None, device: Device
) -> None:
    """Set another password and sign out every device but the one with this session.

    Raises `WrongPasswordError` when the current password is wrong, `PasswordRefusedError` when staff choose one that is
    easily guessed, and what `verify_password` raises.
    """
    verify_password(user=user, password=current_password, device=device)
    _change(user, current_password, new_password, session_id, device)
    _tell(user)


@transaction.atomic
def _change(user: User, current: str, new: str, session_id: UUID | None, device: Device) -> None:
    locked = lock_household(user.pk)
    # Of two changes at once the second finds another hash. So does one after a rehash, with the password unchanged.
    if locked.password != user.password and not locked.check_password(current):
        raise WrongPasswordError
    _set_password(locked, new, device, SecurityEvent.Kind.PASSWORD_CHANGED)
    end_sessions(locked, but=session_id)


def request_password_reset(*, email: str, device: Device) -> None:
    """Mail a link that sets a new password, if there is an account. Raises `MailNotSetUpError`.

    Nothing here looks for the account, so that neither the answer nor its time tells whether there is one.
    """
    if not settings.SENDS_MAIL:
        raise MailNotSetUpError
    if count_reset_request(email=email, device=device):
        mail.beside_the_request(partial(_mail_reset_link, email.strip().lower()))


def _mail_reset_link(email: str) -> None:
    user = User.objects.filter(email=email, is_active=True).first()
    # Whose password staff have switched off gets in by another one from staff only.
    if user is not None and user.has_usable_password():
        mail.send_reset_link(user=user, link=settings.PASSWORD_RESET_URL.format(token=_reset_token(user)))


def reset_password(*, token: str, new_password: str, device: Device) -> None:
    """Set the password of the account a link was mailed to, and sign out every device.

    Raises `ResetRefusedError`, or `PasswordRefusedError` when staff choose one that is easily guessed.
    """
    user = _reset(token, new_password, device)
    forget_failures(user=user)
    _tell(user)


@transaction.atomic
def _reset(token: str, new_password: str, device: Device) -> User:
    user = _owner_of(token)
    _set_password(user, new_password, device, SecurityEvent.Kind.PASSWORD_RESET)
    end_sessions(user)
    return user


@transaction.atomic
def staff_gave_password(*, user: User) -> None:
    """A superuser, or somebody at the terminal, has just set the password of this account, be it active or not.

    Whoever was signed in or locked out begins anew. In one transaction with the new password, or neither is kept.
    """
    lock_account(user.pk)
    SecurityEvent.objects.create(user=user, kind=SecurityEvent.Kind.PASSWORD_CHANGED, detail="Set by staff")
    end_sessions(user)
    forget_failures(user=user)


class ResetTokens(PasswordResetTokenGenerator):
    """Django's own, but that a sign-in in between does not spend the link.

    Who has stolen a password could sign in over and over, and so keep its owner from ever replacing it.
    """

    key_salt = "accounts.services.passwords.ResetTokens"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.pk}{user.password}{timestamp}{user.email}"


_tokens = ResetTokens()


def _reset_token(user: User) -> str:
    """One opaque text for the link: whose, when, and the proof. It holds until the password changes, or time is up."""
    return f"{user.pk.hex}-{_tokens.make_token(user)}"


def _owner_of(token: str) -> User:
    """The account, locked. Raises `ResetRefusedError` for any token that is not good, whyever."""
    owner, _, proof = token.partition("-")
    try:
        user = User.objects.select_for_update(no_key=True).filter(pk=UUID(owner), is_active=True).first()
    except ValueError:
        raise ResetRefusedError from None
    if user is None or not user.has_usable_password() or not _tokens.check_token(user, proof):
        raise ResetRefusedError
    return user


def _set_password(user: User, new_password: str, device: Device, kind: SecurityEvent.Kind) -> None:
    _check_policy(user, new_password)
    user.set_password(new_password)
    user.save(update_fields=["password"])
    SecurityEvent.objects.create(user=user, kind=kind, address=device.address)


def _check_policy(user: User, new_password: str) -> None:
    """What staff may do is worth more than a household's: their passwords are as in the admin site, wherever set."""
    if not (user.is_staff or user.is_superuser):
        return
    try:
        validate_password(new_password, user)
    except ValidationError as refusal:
        raise PasswordRefusedError(refusal.messages) from None


def _tell(user: User) -> None:
    if settings.SENDS_MAIL:
        mail.beside_the_request(partial(mail.send_password_changed, user=user))
