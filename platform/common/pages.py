"""Middleware of Django that only the pages of the admin site need; the API's requests pass by it at no cost."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest

PAGES = "/admin/"


class _OnlyPages:
    """In front of a middleware: lets what is no page go by."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        """The answer, with the middleware's work on it or without."""
        if request.path.startswith(PAGES):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class SessionMiddleware(_OnlyPages, sessions.SessionMiddleware):
    """Sessions are those of staff."""


class AuthenticationMiddleware(_OnlyPages, auth.AuthenticationMiddleware):
    """The API has its own ways to learn who calls."""


class MessageMiddleware(_OnlyPages, messages.MessageMiddleware):
    """What the admin site tells on the next page."""
