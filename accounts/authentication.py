"""How a request says whose it is."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

from common.api.handlers import BEARER_CHALLENGE


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
            forgives = getattr(request.parser_context["view"], "forgives_bad_tokens", False)
            if forgives and "profile_id" not in request.query_params:
                return None
            raise

    def authenticate_header(self, request: Request) -> str:
        """Sent with every 401, so that clients refresh and try again."""
        return BEARER_CHALLENGE

    def get_raw_token(self, header: bytes) -> bytes | None:
        """The token of the header; the scheme counts in any case (RFC 9110)."""
        words = header.split()
        if not words:
            return None
        if len(words) != 2 or words[0].lower() != b"bearer":
            raise InvalidToken
        return words[1]

    def get_user(self, validated_token: Any) -> Any:
        """The active account named by `sub`."""
        try:
            return super().get_user(validated_token)
        except ValidationError:  # signed by us, but `sub` is no UUID
            raise InvalidToken from None
