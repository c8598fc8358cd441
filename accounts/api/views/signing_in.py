"""Register, sign in, stay signed in."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import cookies, services
from accounts.api.serializers import CredentialsBody, RefreshBody, RegistrationBody, TokensSerializer
from accounts.devices import device_of
from accounts.errors import RefreshRefusedError
from common.api.queries import read_body
from common.api.views import ApiView
from common.permissions import Public


class RegisterView(ApiView):
    """Open an account. A stale token in the header does not matter here."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(request=RegistrationBody, responses={201: TokensSerializer}, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Open an account with one profile named Default and sign in to it."""
        body = read_body(RegistrationBody, request)
        device = device_of(request, body.pop("device_name", None) or "")
        pair = services.issue_tokens(user=services.register_account(**body), device=device)
        return cookies.first_tokens(request, pair, status.HTTP_201_CREATED)


class LoginView(ApiView):
    """Sign in. A stale token in the header does not matter here."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(request=CredentialsBody, responses=TokensSerializer, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Trade e-mail and password for a pair of tokens."""
        body = read_body(CredentialsBody, request)
        device = device_of(request, body.pop("device_name", None) or "")
        return cookies.first_tokens(request, services.sign_in(**body, device=device))


class RefreshView(ApiView):
    """Stay signed in. A stale token in the header does not matter here."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(request=RefreshBody, responses=TokensSerializer, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Trade a refresh token for a new pair; the old one is spent.

        In cookie mode the body may be empty: then the token of the cookie is traded, with `X-CSRFToken` as proof. A
        token out of a body is answered in the body in that mode too: who can send it has it anyway.
        """
        device = device_of(request)
        if given := read_body(cookies.refresh_body(), request).get("refresh_token"):
            return cookies.tokens_in_body(services.refresh_tokens(refresh_token=given, device=device))
        kept = cookies.refresh_token_in(request) or ""
        try:
            return cookies.tokens_in_cookie(request, services.refresh_tokens(refresh_token=kept, device=device))
        except RefreshRefusedError as refused:
            return cookies.forget(self.handle_exception(refused))
