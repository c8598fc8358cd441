"""How a request says whose it is."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.acting import find_acting
from accounts.models import ApiKey, Session, User
from accounts.tokens import AccessToken
from common.api.handlers import BEARER_CHALLENGE

# How exact "last used" is in the lists of sessions and keys: a write per request would be too many.
LAST_USE_PRECISION: Final = timedelta(minutes=5)
KEY_SCHEME: Final = "api-key"
KEY_FORM: Final = re.compile(r"[!-~]{1,200}")


def _words(request: Request | HttpRequest) -> list[str]:
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
            return self._account(request)
        except AuthenticationFailed:
            if _forgives(request):
                return None
            raise

    def authenticate_header(self, request: Request) -> str:
        """Sent with every 401, so that clients refresh and try again."""
        return BEARER_CHALLENGE

    def get_header(self, request: Request | HttpRequest) -> bytes:
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

    def _account(self, request: Request) -> tuple[User, AccessToken] | None:
        raw = self.get_raw_token(self.get_header(request))
        if raw is None:
            return None
        token = self.get_validated_token(raw)
        assert isinstance(token, AccessToken), "SIMPLE_JWT names no other"
        profile_id = _profile_of(request)
        return (profile_id and _acting(token, profile_id)) or self.get_user(token), token

    def get_user(self, validated_token: Any) -> Any:
        """The account named by `sub`, if it is active and the session `sid` is not revoked; one statement."""
        session = Session.objects.named_by_token(**_names(validated_token)).first()
        if session is None:
            raise InvalidToken
        note_use(session.id, session.last_used_at)
        return session.user


def whom(request: HttpRequest) -> dict[str, UUID] | None:
    """`session_id` and `user_id` of the request's access token; None without a good one: who authenticates says why.

    Nothing is known yet of the session but that we have once opened it.
    """
    scheme = BearerAuthentication()
    try:
        raw = scheme.get_raw_token(scheme.get_header(request))
        return None if raw is None else _names(scheme.get_validated_token(raw))
    except InvalidToken:
        return None


def _names(token: Any) -> dict[str, UUID]:
    """Whom a token names. Raises `InvalidToken`."""
    try:
        return {"session_id": UUID(token["sid"]), "user_id": UUID(token["sub"])}
    except (KeyError, TypeError, ValueError, AttributeError):  # signed by us, but no token of a session
        raise InvalidToken from None


def _acting(token: AccessToken, profile_id: UUID) -> User | None:
    """The account, with the profile the call is for left at the token; one statement.

    None where anything is not as it should be: who looks at account and profile one by one can say what.
    """
    found = find_acting(**_names(token), profile_id=profile_id)
    if found is None:
        return None
    token.acting_as = found.profile
    note_use(found.session_id, found.last_used_at)
    return found.profile.user


def _profile_of(request: Request) -> UUID | None:
    from accounts.permissions import profile_named_in_query  # which reads the views, and they read this module

    return profile_named_in_query(request, request.parser_context["view"])


def is_worth_noting(last_used_at: datetime) -> bool:
    """Whether "last used" has become too inexact."""
    return last_used_at < timezone.now() - LAST_USE_PRECISION


def note_use(session_id: UUID, last_used_at: datetime) -> None:
    """Keep "last used" as exact as it has to be."""
    if is_worth_noting(last_used_at):
        Session.objects.filter(id=session_id).update(last_used_at=timezone.now())


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
