"""Access tokens: JWT, HS256, with `sub`, `is_admin`, `sid` (the session) and `iss`."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.state import token_backend
from rest_framework_simplejwt.tokens import AccessToken as SimpleJwtAccessToken

if TYPE_CHECKING:
    from accounts.models import Profile, Session


class AnyKeyBackend(TokenBackend):
    """Signs with JWT_SECRET; while a secret is being replaced it also verifies with JWT_SECRET_PREVIOUS."""

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """The payload. Raises `TokenBackendError`."""
        try:
            return super().decode(token, verify)
        except TokenBackendError:
            for key in settings.JWT_PREVIOUS_KEYS:
                with suppress(TokenBackendError):
                    return _verifier(key).decode(token, verify)
            raise


@cache
def _verifier(key: str) -> TokenBackend:
    return TokenBackend(token_backend.algorithm, signing_key=key, issuer=token_backend.issuer)


class AccessToken(SimpleJwtAccessToken):
    """What a client shows with every call."""

    # The profile of the call, where it was found together with the account (`accounts.acting`).
    acting_as: Profile | None = None

    def get_token_backend(self) -> TokenBackend:
        """The keys of this service."""
        return AnyKeyBackend(
            token_backend.algorithm, signing_key=token_backend.signing_key, issuer=token_backend.issuer
        )

    def verify(self) -> None:
        """Times, type and id of a token whose signature is good. Raises `TokenError`."""
        try:
            super().verify()
        except (OverflowError, OSError, TypeError, ValueError):  # it ends beyond the calendar
            raise TokenError("Token is invalid") from None

    @classmethod
    def for_session(cls, session: Session) -> AccessToken:
        """A fresh token for a signed-in device."""
        token = cls.for_user(session.user)
        token["is_admin"] = session.user.is_staff
        token["sid"] = str(session.id)
        return token
