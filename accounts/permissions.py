"""Who may act as which profile. Views only list one of these classes; the decision is made here."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.errors import ProfileRefusedError
from accounts.models import Profile, User
from common.errors import InvalidError
from common.permissions import HasAccount, Public


class ProfileView(APIView):
    """A view that acts as one profile; the permission class sets `profile` before the view runs."""

    profile: Profile


class MaybeProfileView(APIView):
    """A view whose answer is made for `profile` when one is given."""

    profile: Profile | None = None


class OwnsProfile(HasAccount):
    """Requires `profile_id` in the query: 401 for guests, 422 when missing or no UUID, 403 when not the caller's."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Decide, and hand the profile to the view."""
        if not super().has_permission(request, view):
            return False
        given = request.query_params.get("profile_id")
        if not given:
            raise InvalidError("profile_id: This parameter is required.")
        view.profile = owned_profile(request, given)  # type: ignore[attr-defined]
        return True


class OwnsProfileIfGiven(Public):
    """Open; but a `profile_id` in the query must be the caller's, as with `OwnsProfile`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Decide, and hand the profile to the view when there is one."""
        if (given := request.query_params.get("profile_id")) is not None:
            view.profile = owned_profile(request, given)  # type: ignore[attr-defined]
        return True


class OwnsProfileInPath(HasAccount):
    """The `profile_id` of the path must be the caller's: 401 for guests, else 403."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Decide, and hand the profile to the view."""
        if not super().has_permission(request, view):
            return False
        view.profile = owned_profile(request, str(view.kwargs["profile_id"]))  # type: ignore[attr-defined]
        return True


class HasAccountAndOwnsProfileIfGiven(HasAccount):
    """A signed-in account; a `profile_id` in the query must be its own."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Decide, and hand the profile to the view when there is one."""
        return super().has_permission(request, view) and OwnsProfileIfGiven().has_permission(request, view)


def owned_profile(request: Request, given: str) -> Profile:
    """The caller's profile with this id. Raises `InvalidError` (no UUID) or `ProfileRefusedError`."""
    try:
        profile_id = UUID(given)
    except ValueError:
        raise InvalidError("profile_id: This is not a valid UUID.") from None
    profile = Profile.objects.owned_by(request.user).filter(id=profile_id).first()
    if profile is None:
        raise ProfileRefusedError
    return profile


def account_of(request: Request) -> User:
    """The signed-in account, behind a permission class that lets no guest in."""
    assert isinstance(request.user, User)
    return request.user
