"""Requests that hold what no row can hold: they are answered as the sender's mistake, not as ours."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import defaults

logger = logging.getLogger(__name__)

# What Django's admin lets through to the database or to Python: a NUL in a filter, the year -1, an id that is none,
# JSON nested without end.
UNREADABLE: Final = (DataError, ValueError, OverflowError, RecursionError, ValidationError)


class UnreadableRequestMiddleware:
    """400 for a cookie with a NUL, and for an address or form of the admin site that cannot be made sense of.

    The API needs no such net: its serializers look at every value, and name it in the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the cookies: the session is looked up before any view."""
        if any("\0" in value for value in request.COOKIES.values()):
            raise BadRequest
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for a person; the trace is kept, should the mistake have been ours after all."""
        if not request.path.startswith("/admin/") or not isinstance(error, UNREADABLE):
            return None
        if not request.GET and not request.POST:
            return None
        logger.warning("unreadable request: %s %s", request.method, request.path, exc_info=error)
        return defaults.bad_request(request, error)
