"""How a request says whose it is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import ApiKey, Session
from common.api.handlers import BEARER_CHALLENGE

# How exact "last used" is in the lists of sessions and keys: a write per request would be too many.
LAST_USE_PRECISION: Final = timedelta(minutes=5)
KEY_SCHEME: Final = "api-key"
KEY_FORM: Final = re.compile(r"[!-~]{1,200}")


def _words(request: Request) -> list[str]:
    """The parts of the header; none where there is none, or nothing in it."""
    return str(request.META.get("HTTP_AUTHORIZATION", "")).split()


def _forgives(request: Request) -> bool:
    """Whether a bad header does not matter: on a view that needs none at all, unless it answers for a profile."""
    forgives = getattr(request.parser_context["view"], "forgives_bad_tokens", False)
    return forgives and "profile_id" not in request.query_params


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>`. No header makes a guest; any other header that is not good is 401.

    A view that needs no token at all sets `forgives_bad_tokens`: there a bad one only matters when the answer is
    to be made for a profile.
    """

    def authenticate(self, request: Request) -> Any:
        """The account with its token, or None for a guest. Raises `AuthenticationFailed` or `InvalidToken` (401)."""
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            if _forgives(request):
                return None
            raise

    def authenticate_header(self, request: Request) -> str:
        """Sent with every 401, so that clients refresh and try again."""
        return BEARER_CHALLENGE

    def get_header(self, request: Request) -> bytes:
        """The header in UTF-8, whatever it holds; a token is ASCII."""
        return " ".join(_words(request)).encode(errors="replace")

    def get_raw_token(self, header: bytes) -> bytes | None:
        """The token of the header; the scheme counts in any case (RFC 9110). An API key is somebody else's to read."""
        words = header.split()
        if not words or words[0].lower() == KEY_SCHEME.encode():
            return None
        if len(words) != 2 or words[0].lower() != b"bearer":
            raise InvalidToken
        return words[1]

    def get_user(self, validated_token: Any) -> Any:
        """The account named by `sub`, if it is active and the session `sid` is not revoked; one statement."""
        try:
            named = {"session_id": UUID(validated_token["sid"]), "user_id": UUID(validated_token["sub"])}
        except (KeyError, TypeError, ValueError, AttributeError):  # signed by us, but no token of a session
            raise InvalidToken from None
        session = Session.objects.named_by_token(**named).first()
        if session is None:
            raise InvalidToken
        _note_use(session)
        return session.user


def _note_use(session: Session) -> None:
    now = timezone.now()
    if session.last_used_at < now - LAST_USE_PRECISION:
        Session.objects.filter(id=session.id).update(last_used_at=now)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Api-Key <key>`: a service. `request.auth` is the key; `request.user` stays a guest."""

    def authenticate(self, request: Request) -> Any:
        """The key with nobody behind it. Raises `AuthenticationFailed` (401) for one that is unknown or has ended."""
        words = _words(request)
        if not words or words[0].lower() != KEY_SCHEME:
            return None
        key = _usable_key(words[1]) if len(words) == 2 else None
        if key is None:
            if _forgives(request):
                return None
            raise AuthenticationFailed("This API key is not valid.", code="api_key_refused")
        _note_key_use(key)
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        """Sent with every 401."""
        return BEARER_CHALLENGE


def _usable_key(given: str) -> ApiKey | None:
    if not KEY_FORM.fullmatch(given):  # PostgreSQL takes no NUL, and UTF-8 no half of a character
        return None
    try:
        key = ApiKey.objects.get_from_key(given)
    except ApiKey.DoesNotExist:
        return None
    return key if isinstance(key, ApiKey) and not key.has_expired else None


def _note_key_use(key: ApiKey) -> None:
    before = timezone.now() - LAST_USE_PRECISION
    if key.last_used_at is None or key.last_used_at < before:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())
