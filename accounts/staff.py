"""Who of the staff, and which services, may do what. Every view under /api/v1/admin/ inherits `StaffView`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.contrib.auth import get_permission_codename
from django.db.models import Model
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.authentication import ApiKeyAuthentication, BearerAuthentication
from accounts.errors import NotStaffError, PermissionMissingError, ProtectedAccountError, ScopeMissingError
from accounts.models import ApiKey, User
from common.addresses import client_address
from common.api.views import ApiView
from common.audit import Writer, write_as
from common.permissions import HasAccount

# What a method does to the model of its view. The permissions are Django's own, so that a role holds in the admin site
# and in the API alike.
ACTIONS: Final[Mapping[str, str]] = {
    "GET": "view",
    "HEAD": "view",
    "OPTIONS": "view",
    "POST": "add",
    "PUT": "change",
    "DELETE": "delete",
}
# A method that no view has is answered with 405 to those who might change something, to others as the door is.
OTHERWISE: Final = "change"


class StaffMay(BasePermission):
    """Staff with the permission for this view's model and method, or a key with its scope: else 401 or 403."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Decide. The account was read with this request, so that what it lost a moment ago is gone."""
        assert isinstance(view, StaffView)
        method = str(request.method)
        if isinstance(request.auth, ApiKey):
            _check_key(request.auth, view.scope_for(method))
        elif HasAccount().has_permission(request, view):
            _check_account(request.user, view.permission_for(method))
        else:
            return False
        return True


def _check_key(key: ApiKey, scope: str | None) -> None:
    if scope is None:
        raise ScopeMissingError("No API key may do this.")
    if not key.allows(scope):
        raise ScopeMissingError(f"This API key has not the scope {scope}.")


def _check_account(user: Any, permission: str) -> None:
    if not user.is_staff:
        raise NotStaffError
    if not user.has_perm(permission):
        raise PermissionMissingError(f"Your account has not the permission {permission}.")


class StaffView(ApiView):
    """A view for staff. It only declares what it is about; who may enter is decided above, in one place."""

    authentication_classes = (BearerAuthentication, ApiKeyAuthentication)
    permission_classes = (StaffMay,)

    # Whose view, add, change and delete permissions count.
    model: ClassVar[type[Model]]
    # The first word of the scope a key needs: `catalog` for catalog:read and catalog:write. None lets no key in.
    scope: ClassVar[str | None]
    # For methods that do something else than `ACTIONS` says, such as a POST that restores.
    actions: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def permission_for(cls, method: str) -> str:
        """The permission that staff need: `catalog.change_title`."""
        action = cls.actions.get(method) or ACTIONS.get(method, OTHERWISE)
        return f"{cls.model._meta.app_label}.{get_permission_codename(action, cls.model._meta)}"

    @classmethod
    def scope_for(cls, method: str) -> str | None:
        """The scope that a key needs: `catalog:write`."""
        return cls.scope and f"{cls.scope}:{'read' if method in SAFE_METHODS else 'write'}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in whoever may enter; from here on, what is written is recorded as theirs."""
        super().initial(request, *args, **kwargs)
        write_as(writer_of(request))


def writer_of(request: Request) -> Writer:
    """Who stands in the audit trail for what this request changes."""
    address = client_address(request) or None
    if isinstance(request.auth, ApiKey):
        return Writer(f"API key {request.auth.name} ({request.auth.prefix})", address=address)
    return Writer(str(request.user), user_id=request.user.pk, address=address)


def staff_of(request: Request) -> User | None:
    """The member of staff behind the request; None behind a key."""
    return request.user if isinstance(request.user, User) else None


def check_may_manage(staff: User, account: User) -> None:
    """Accounts of staff are the business of superusers alone, in the API and in the admin site.

    Raises `ProtectedAccountError`.
    """
    if not may_manage(staff, account):
        raise ProtectedAccountError


def may_manage(staff: Any, account: User) -> bool:
    """Whether this member of staff may change that account at all."""
    return bool(staff.is_superuser) or not (account.is_staff or account.is_superuser)
