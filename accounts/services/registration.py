"""Opening an account."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts.errors import EmailTakenError
from accounts.models import Profile, User


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
