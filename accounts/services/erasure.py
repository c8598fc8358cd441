"""The end of an account: it goes for good, with everything that is kept about it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from auditlog.context import disable_auditlog
from django.db import transaction

from accounts.models import Profile, Session, User
from accounts.services.admin_sessions import end_admin_sessions
from accounts.services.attempts import forget, verify_password
from accounts.services.locking import lock_household
from accounts.services.superusers import keep_one_superuser
from accounts.services.trail import forget_household
from common.patience import for_a_moment

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.devices import Device

logger = logging.getLogger("marquee.security")


def erase_own_account(*, user: User, password: str, device: Device) -> None:
    """Erase the account at its owner's wish.

    Raises what `verify_password` raises, `LastSuperuserError`, `AccountGoneError` when it is gone meanwhile, or
    `BusyError`: an import of the guide has one of its reminders.
    """
    verify_password(user=user, password=password, device=device)
    with for_a_moment():
        if user.is_superuser:
            keep_one_superuser(user)
        erase_account(user=lock_household(user.id))


@transaction.atomic
def erase_account(*, user: User) -> None:
    """Remove an account, deleted or not, and every trace that leads to it. Without effect when it is gone already.

    What it did as staff stays in the audit trail as an "erased account". The logs of the process are not changed.
    """
    if not User.with_deleted.filter(email=user.email).exclude(id=user.id).exists():
        forget(email=user.email)
    with disable_auditlog():
        current = _locked(user.id)
        if current is None:
            return
        forget_household(current)
        end_admin_sessions(current)
        current.delete()
    logger.info("An account was erased for good")


def _locked(user_id: UUID) -> User | None:
    """The account with its profiles and devices, with nothing new to come.

    Whoever writes something that refers to them finishes first, or finds them gone. The account's own row is taken
    in two steps, because a device that holds the row of its session may still want to refer to the account.
    """
    accounts = User.with_deleted.filter(id=user_id)
    if accounts.select_for_update(no_key=True).first() is None:
        return None
    for _ in range(2):
        list(Session.objects.filter(user=user_id).select_for_update().order_by("id").values_list("id"))
        list(Profile.objects.filter(user=user_id).select_for_update().order_by("id").values_list("id"))
        current = accounts.select_for_update().first()
    return current
