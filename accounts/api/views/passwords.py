"""Passwords: changing one that is known, replacing one that is forgotten."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import cookies, services
from accounts.api.serializers import (
    NewPasswordBody,
    PasswordChangeBody,
    PasswordResetBody,
    SentenceSerializer,
)
from accounts.api.views.sessions import current_session
from accounts.devices import device_of
from accounts.permissions import account_of
from common.api.queries import read_body
from common.api.views import ApiView
from common.permissions import HasAccount, Public

ON_ITS_WAY = "If there is an account with this address, a mail is on its way to it."


class PasswordView(ApiView):
    """The password of the signed-in account."""

    permission_classes = (HasAccount,)

    @extend_schema(request=PasswordChangeBody, responses={204: None}, tags=["accounts"])
    def put(self, request: Request) -> Response:
        """Set another password. Every other device is signed out; a wrong current password is 403."""
        body = read_body(PasswordChangeBody, request)
        services.change_password(
            user=account_of(request), **body, session_id=current_session(request), device=device_of(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordResetView(ApiView):
    """A password that is forgotten. A stale token in the header does not matter here."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(request=PasswordResetBody, responses={202: SentenceSerializer}, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Mail a link that sets a new password; the answer is the same whether there is an account or not."""
        services.request_password_reset(**read_body(PasswordResetBody, request), device=device_of(request))
        return Response(SentenceSerializer({"detail": ON_ITS_WAY}).data, status=status.HTTP_202_ACCEPTED)


class PasswordResetConfirmView(ApiView):
    """The other end of the link. A stale token in the header does not matter here."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(request=NewPasswordBody, responses={204: None}, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Set a new password with the token of the mail, once. Every device is signed out."""
        services.reset_password(**read_body(NewPasswordBody, request), device=device_of(request))
        return cookies.forget(Response(status=status.HTTP_204_NO_CONTENT))
