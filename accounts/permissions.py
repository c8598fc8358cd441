"""Who may act as which profile. Views only list one of these classes; the decision is made here, in one place."""

from __future__ import annotations

from typing import Any, ClassVar, Literal
from uuid import UUID

from django.db import DatabaseError, OperationalError
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import ProfileRefusedError
from accounts.models import Profile, User
from common.api.views import ApiView
from common.errors import InvalidError
from common.permissions import HasAccount


class ProfileView(ApiView):
    """A view that acts as one profile; the permission class sets `profile` before the view runs."""

    profile: Profile

    def handle_exception(self, exc: Exception) -> Response:
        """A profile that is deleted while its request is under way is answered like any that does not exist."""
        # It is missed in two ways: a foreign key leads nowhere (IntegrityError), an UPDATE finds nothing to change.
        missed = isinstance(exc, DatabaseError) and not isinstance(exc, OperationalError)
        if missed and _is_gone(getattr(self, "profile", None)):
            exc = ProfileRefusedError()
        return super().handle_exception(exc)


class MaybeProfileView(ApiView):
    """A view whose answer is made for `profile` when one is given."""

    profile: Profile | None = None


class OwnsProfile(BasePermission):
    """The `profile_id` of a request must be the caller's: 401 for guests, 422 when missing or no UUID, else 403.

    Not yours and not existing get the same answer, before the body is checked and before any other id is looked up.
    What differs between operations is only declared: where the id stands, whether it may be missing, and whether
    guests may come in without one.
    """

    source: ClassVar[Literal["query", "path", "body"]] = "query"
    is_required: ClassVar[bool] = True
    welcomes_guests: ClassVar[bool] = False

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Decide, and hand the profile to the view when there is one."""
        if not self.welcomes_guests and not HasAccount().has_permission(request, view):
            return False
        given = self._given(request, view)
        if given is not None:
            view.profile = owned_profile(request, given)  # type: ignore[attr-defined]
        elif self.is_required:
            raise InvalidError("profile_id: This parameter is required.")
        return True

    def _given(self, request: Request, view: APIView) -> str | None:
        if self.source == "path":
            return str(view.kwargs["profile_id"])
        if self.source == "query":
            return request.query_params.get("profile_id")
        value = request.data.get("profile_id") if isinstance(request.data, dict) else None
        return None if value is None else str(value)


class OwnsProfileIfGiven(OwnsProfile):
    """Open to guests; but a `profile_id` in the query must be the caller's."""

    is_required = False
    welcomes_guests = True


class HasAccountAndOwnsProfileIfGiven(OwnsProfile):
    """A signed-in account; a `profile_id` in the query must be its own."""

    is_required = False


class OwnsProfileInPath(OwnsProfile):
    """The `profile_id` of the path must be the caller's."""

    source = "path"


class OwnsProfileInBody(OwnsProfile):
    """The `profile_id` of the body must be the caller's; only the rest of the body is left for later."""

    source = "body"


def owned_profile(request: Request, given: str) -> Profile:
    """The caller's profile with this id. Raises `InvalidError` (no UUID) or `ProfileRefusedError`."""
    try:
        profile_id = UUID(given)
    except ValueError:
        raise InvalidError("profile_id: This is not a valid UUID.") from None
    found: Profile | None = getattr(request.auth, "acting_as", None)
    if found is None or found.id != profile_id:
        found = Profile.objects.owned_by(request.user).filter(id=profile_id).first()
    if found is None:
        raise ProfileRefusedError
    return found


def profile_named_in_query(request: Request, view: APIView) -> UUID | None:
    """The `profile_id` that this view is going to act as, if its permission reads the query and it is a UUID."""
    if not any(_reads_query(permission) for permission in view.permission_classes):
        return None
    try:
        return UUID(request.query_params.get("profile_id", ""))
    except ValueError:
        return None


def _reads_query(permission: Any) -> bool:
    return isinstance(permission, type) and issubclass(permission, OwnsProfile) and permission.source == "query"


def account_of(request: Request) -> User:
    """The signed-in account, behind a permission class that lets no guest in."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def _is_gone(profile: Profile | None) -> bool:
    return profile is not None and not Profile.objects.filter(id=profile.id).exists()
