"""Cookie mode (`AUTH_COOKIES`): a browser keeps its refresh token where no script can read it.

Whoever can make a browser send a request sends the cookie along, so that a cookie counts only together with a CSRF
token and an origin of ours, by Django's own rules. The access token stays in the body: a page keeps it in memory.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware, get_token, rotate_token
from django.utils.functional import cached_property
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import MaybeRefreshBody, RefreshBody, TokensSerializer
from accounts.errors import CookieModeOffError, CsrfFailedError
from accounts.services import TokenPair

NAME: Final = "marquee_refresh"
PATH: Final = "/api/v1/auth"
_UNKEPT: Final = {"Cache-Control": "no-store"}


def refresh_body() -> type[RefreshBody | MaybeRefreshBody]:
    """What a refresh sends: its token, unless there may be a cookie."""
    return MaybeRefreshBody if settings.AUTH_COOKIES else RefreshBody


def refresh_token_in(request: Request) -> str | None:
    """The refresh token of the browser's cookie; None without one, or out of cookie mode.

    Raises `CsrfFailedError` when a cookie comes without proof that a page of ours sent it.
    """
    token = request.COOKIES.get(NAME) if settings.AUTH_COOKIES else None
    if token:
        _require_csrf_token(request._request)
    return token or None


def csrf_token(request: Request) -> str:
    """What a page sends as `X-CSRFToken`; its counterpart travels as a cookie. Raises `CookieModeOffError`."""
    if not settings.AUTH_COOKIES:
        raise CookieModeOffError
    return get_token(request._request)


def first_tokens(request: Request, pair: TokenPair, status_code: int = status.HTTP_200_OK) -> Response:
    """The answer to signing in. In cookie mode what was known of the browser before, its CSRF token, ends here."""
    if settings.AUTH_COOKIES:
        rotate_token(request._request)
        return tokens_in_cookie(request, pair, status_code)
    return tokens_in_body(pair, status_code)


def tokens_in_body(pair: TokenPair, status_code: int = status.HTTP_200_OK) -> Response:
    """Both tokens for the client to keep: the contract's answer."""
    return Response(TokensSerializer(pair).data, status_code, headers=_UNKEPT)


def tokens_in_cookie(request: Request, pair: TokenPair, status_code: int = status.HTTP_200_OK) -> Response:
    """The refresh token as a cookie, and what a page needs to use it."""
    shown = {
        "access_token": pair.access_token,
        "refresh_token": None,
        "token_type": pair.token_type,
        "csrf_token": csrf_token(request),
    }
    response = Response(TokensSerializer(shown).data, status_code, headers=_UNKEPT)
    lifetime = settings.REFRESH_TOKEN_LIFETIME
    response.set_cookie(NAME, pair.refresh_token, max_age=lifetime, secure=True, httponly=True, **_place())
    return response


def forget(response: Response) -> Response:
    """The same answer, telling the browser to drop the cookie; out of cookie mode there is none."""
    if settings.AUTH_COOKIES:
        # Not `delete_cookie`, which leaves out Secure: without TLS (localhost) browsers would keep the old one.
        response.set_cookie(NAME, "", max_age=0, secure=True, httponly=True, **_place())
    return response


def _place() -> dict[str, Any]:
    """To which calls of which pages a browser adds the cookie."""
    return {"path": PATH, "samesite": settings.AUTH_COOKIE_SAMESITE}


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check of token, origin and referer; says why it refuses, in place of an answer of its own.

    The origins of browser clients are trusted here and nowhere else: they have no business in the admin site.
    """

    @cached_property
    def allowed_origins_exact(self) -> set[str]:
        """Whose pages may send the cookie."""
        own = {origin for origin in settings.CSRF_TRUSTED_ORIGINS if "*" not in origin}
        return own | set(settings.CORS_ALLOWED_ORIGINS)

    @cached_property
    def csrf_trusted_origins_hosts(self) -> list[str]:
        """The same for browsers that send a referer in place of an origin."""
        return [urlsplit(origin).netloc for origin in self.allowed_origins_exact]

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _require_csrf_token(request: HttpRequest) -> None:
    check = _CsrfCheck(_nothing)
    check.process_request(request)
    if check.process_view(request, _nothing, (), {}):
        raise CsrfFailedError


def _nothing(request: HttpRequest) -> Any:
    """No view: the check is asked inside of one."""
