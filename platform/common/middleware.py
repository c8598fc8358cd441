"""What every request passes through."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from common.api.handlers import failure, server_error

logger = logging.getLogger(__name__)


class JsonErrorMiddleware:
    """Under /api every error is JSON, with DEBUG on as well and wherever it arose: clients parse every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put Django's own error pages into the API's shape."""
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith("/api/"):
            return response
        if response.get("Content-Type", "").startswith("text/html"):
            status = HTTPStatus(response.status_code)
            return failure(status, f"{status.phrase}.", status.name.lower())
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The edge of the API: log the error with its trace, tell the client nothing about the inside."""
        if not request.path.startswith("/api/"):
            return None
        logger.error("unexpected error in %s %s", request.method, request.path, exc_info=error)
        return server_error(request)
