"""Somebody stays who may do everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.errors import LastSuperuserError
from accounts.models import User

if TYPE_CHECKING:
    from uuid import UUID


@transaction.atomic
def keep_one_superuser(user: User) -> None:
    """Make sure that this superuser may go, until the transaction ends. Raises `LastSuperuserError` for the last one.

    To be called before the account's own row is taken.
    """
    if lock_superusers() == {user.id}:
        raise LastSuperuserError


def lock_superusers() -> set[UUID]:
    """Take the rows of all who may do everything, to the end of the transaction; their ids."""
    # Locked in one order, so that of two who leave, or remove each other, at once the second sees that it is the last.
    active = User.objects.filter(is_superuser=True, is_active=True).order_by("id").select_for_update(no_key=True)
    return {one.id for one in active}
