"""Signed-in devices: which there are, and signing out of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts import cookies, services
from accounts.api.serializers import CsrfTokenSerializer, MaybeRefreshBody, SessionSerializer
from accounts.authentication import BearerAuthentication
from accounts.devices import device_of
from accounts.errors import NoSessionShownError
from accounts.models import Session
from accounts.permissions import account_of
from common.api.queries import read_body
from common.api.views import ApiView
from common.permissions import HasAccount, Public

# As OpenAPI writes it; the library's annotation knows only names.
WITH_OR_WITHOUT_TOKEN: Any = [{"bearer": []}, {}]
# Nobody reads through more; all of them can be signed out at once.
MOST_LISTED = 100


class LogOutView(ApiView):
    """Sign this device out. A token that has ended already does not matter here, as long as another is good."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(request=MaybeRefreshBody, responses={204: None}, auth=WITH_OR_WITHOUT_TOKEN, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Sign out the device of the access token, and the one of the refresh token in the body.

        Without either the cookie counts, in cookie mode. Signing out again, or with a refresh token that is not
        known, changes nothing and is answered alike.
        """
        session_id = _session_of_bearer(request)
        refresh_token = read_body(MaybeRefreshBody, request).get("refresh_token")
        if session_id is None and not refresh_token:
            refresh_token = cookies.refresh_token_in(request)
        if session_id is None and not refresh_token:
            raise NoSessionShownError
        if session_id is not None:
            services.sign_out(session_id=session_id)
        if refresh_token:
            services.sign_out_holder(refresh_token=refresh_token)
        return cookies.forget(Response(status=status.HTTP_204_NO_CONTENT))


class LogOutEverywhereView(ApiView):
    """Sign every device out."""

    permission_classes = (HasAccount,)

    @extend_schema(request=None, responses={204: None}, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Sign every device of the account out, this one too."""
        services.sign_out_everywhere(user=account_of(request), device=device_of(request))
        return cookies.forget(Response(status=status.HTTP_204_NO_CONTENT))


class SessionsView(ApiView):
    """The devices on which somebody is signed in."""

    permission_classes = (HasAccount,)

    @extend_schema(responses=SessionSerializer(many=True), tags=["accounts"])
    def get(self, request: Request) -> Response:
        """The account's signed-in devices, the one used last first; at most 100."""
        sessions = Session.objects.of(account_of(request)).open(timezone.now())[:MOST_LISTED]
        context = {"current": current_session(request)}
        return Response(SessionSerializer(sessions, many=True, context=context).data)


class SessionView(ApiView):
    """One signed-in device."""

    permission_classes = (HasAccount,)

    @extend_schema(responses={204: None}, tags=["accounts"])
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Sign this device out."""
        services.sign_out_device(user=account_of(request), session_id=session_id, device=device_of(request))
        response = Response(status=status.HTTP_204_NO_CONTENT)
        return cookies.forget(response) if session_id == current_session(request) else response


class CsrfView(ApiView):
    """What a page needs after a reload, before it can use its cookie."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(responses=CsrfTokenSerializer, tags=["accounts"])
    def get(self, request: Request) -> Response:
        """A token to send as `X-CSRFToken`; 404 where cookie mode is off."""
        response = Response(CsrfTokenSerializer({"csrf_token": cookies.csrf_token(request)}).data)
        add_never_cache_headers(response)
        return response


def current_session(request: Request) -> UUID:
    """The session this request belongs to, behind a permission class that lets no guest in."""
    auth: Any = request.auth
    return UUID(auth["sid"])


def _session_of_bearer(request: Request) -> UUID | None:
    """The session of a good access token, also when it is signed out already; None for a bad token and for none."""
    bearer = BearerAuthentication()
    try:
        token = bearer.get_raw_token(bearer.get_header(request) or b"")
        return UUID(bearer.get_validated_token(token)["sid"]) if token else None
    except (InvalidToken, KeyError, TypeError, ValueError, AttributeError):
        return None
