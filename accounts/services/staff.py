"""What staff do to the accounts of others."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from accounts.errors import AccountNotFoundError, OwnAccountError
from accounts.models import User
from accounts.services.attempts import unlock
from accounts.services.locking import lock_account
from accounts.services.signing_out import close
from accounts.services.superusers import keep_one_superuser
from accounts.staff import check_may_manage

if TYPE_CHECKING:
    from django.db.models import QuerySet


@transaction.atomic
def delete_account(*, user_id: UUID, by: User) -> None:
    """Close an account: nobody gets in any more, and its address is free. It can be restored.

    Raises `AccountNotFoundError`, `OwnAccountError`, `ProtectedAccountError` or `LastSuperuserError`.
    """
    account = _found(User.objects.all(), user_id)
    if account == by:
        raise OwnAccountError
    check_may_manage(by, account)
    if account.is_superuser:
        keep_one_superuser(account)
    account = _locked(User.objects.all(), user_id)
    check_may_manage(by, account)
    account.soft_delete(by)
    close(account, "Deleted by staff")


@transaction.atomic
def account_deactivated(*, user: User) -> None:
    """Staff have just deactivated this account. Active again, it is signed in to nowhere."""
    close(lock_account(user.pk), "Deactivated by staff")


@transaction.atomic
def restore_account(*, user_id: UUID, by: User) -> User:
    """Open a deleted account again; one that is there stays as it is.

    Raises `AccountNotFoundError`, `ProtectedAccountError`, or `NameTakenError` when another has its address by now.
    """
    account = _locked(User.with_deleted.all(), user_id)
    check_may_manage(by, account)
    if account.is_deleted:
        account.restore()
    return account


def unlock_account(*, user_id: UUID, by: User) -> User:
    """End a lock after too many wrong passwords; without one nothing changes.

    Raises `AccountNotFoundError` or `ProtectedAccountError`.
    """
    account = _found(User.objects.all(), user_id)
    check_may_manage(by, account)
    unlock(user=account)
    return account


def _locked(users: QuerySet[User], user_id: UUID) -> User:
    return _found(users.select_for_update(no_key=True), user_id)


def _found(users: QuerySet[User], user_id: UUID) -> User:
    account = users.filter(id=user_id).first()
    if account is None:
        raise AccountNotFoundError
    return account
