"""Who changes a household waits for who changes it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.errors import AccountGoneError
from accounts.models import User

if TYPE_CHECKING:
    from uuid import UUID


def lock_household(user_id: UUID) -> User:
    """Take the account's row to the end of the transaction. Raises `AccountGoneError`.

    Only changes of the account and its profiles wait for one another: not those who sign in, watch or rate, whose
    rows merely refer to it.
    """
    user = User.objects.select_for_update(no_key=True).filter(id=user_id, is_active=True).first()
    if user is None:
        raise AccountGoneError
    return user


def lock_account(user_id: UUID) -> User:
    """The same for staff, who may change an account that is deactivated. Raises `AccountGoneError`."""
    user = User.objects.select_for_update(no_key=True).filter(id=user_id).first()
    if user is None:
        raise AccountGoneError
    return user
