"""How a request says whose it is."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from common.api.handlers import BEARER_CHALLENGE


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>`. No header makes a guest, a bad token is 401 everywhere."""

    def authenticate_header(self, request: Request) -> str:
        """Sent with every 401, so that clients refresh and try again."""
        return BEARER_CHALLENGE

    def get_user(self, validated_token: Any) -> Any:
        """The active account named by `sub`."""
        try:
            return super().get_user(validated_token)
        except ValidationError:  # signed by us, but `sub` is no UUID
            raise InvalidToken from None
