"""Opening an account."""

from __future__ import annotations

from accounts.errors import EmailTakenError
from accounts.models import Profile, User
from common.constraints import refused_as


def register_account(*, email: str, password: str) -> User:
    """Open an account with one profile named Default. Raises `EmailTakenError`."""
    # The constraint decides between two at once; looking first keeps the refused row, with the hash of the
    # password that was tried, out of PostgreSQL's log.
    if User.objects.filter(email=email.strip().lower()).exists():
        raise EmailTakenError
    with refused_as({"user_email_once": EmailTakenError}):
        user = User.objects.create_user(email, password)
        add_first_profile(user=user)
    return user


def add_first_profile(*, user: User) -> None:
    """An account is opened with somebody in it; where there is somebody already, nobody joins."""
    if not Profile.objects.owned_by(user).exists():
        Profile.objects.create(user=user, name="Default")
