"""Who may enter, as far as it can be said without knowing a room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:  # DRF imports this module while it defines APIView
    from rest_framework.request import Request
    from rest_framework.views import APIView


class Nobody(BasePermission):
    """The default: a view that names no permission lets nobody in."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Never."""
        return False


class Public(BasePermission):
    """Open without a token, on purpose. Each such view is listed with its reason in the access matrix."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Always."""
        return True


class HasAccount(BasePermission):
    """A signed-in, active account; without one the answer is 401."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the token belonged to an active account (the authentication looked at that)."""
        return bool(request.user and request.user.is_authenticated)
