"""What every request passes through."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from common.addresses import client_address
from common.api.handlers import failure, server_error
from common.api.throttles import announcement
from common.audit import Writer, written_by
from common.pages import PAGES

logger = logging.getLogger(__name__)

# What a view raises to say 404, 403 or 400: handler404 and its like make JSON of it.
ANSWERED_BY_DJANGO = (Http404, PermissionDenied, SuspiciousOperation, BadRequest)


class JsonErrorMiddleware:
    """Every error is JSON, with DEBUG on as well and wherever it arose: clients parse every answer.

    The admin site keeps its own pages: there a person reads them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Put Django's own error pages into the API's shape."""
        response = self.get_response(request)
        if response.status_code < 400 or _is_for_people(request):
            return response
        if response.get("Content-Type", "").startswith("text/html"):
            return _reshaped(response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The outermost edge: log the error with its trace, tell the client nothing about the inside."""
        if _is_for_people(request) or isinstance(error, ANSWERED_BY_DJANGO):
            return None
        logger.error("unexpected error in %s %s", request.method, request.path, exc_info=error)
        return server_error(request)


def _is_for_people(request: HttpRequest) -> bool:
    return request.path.startswith(PAGES)


def _reshaped(page: HttpResponseBase) -> HttpResponse:
    status = HTTPStatus(page.status_code)
    answer = failure(status, f"{status.phrase}.", status.name.lower())
    if "Allow" in page:
        answer["Allow"] = page["Allow"]
    return answer


def head_without_body(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Send the headers of a GET, Content-Length included, and no body: gunicorn warns of every other answer to HEAD."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "HEAD" and isinstance(response, HttpResponse):
            response.content = b""
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            # Django counted the empty body; what is meant there is the length of the full answer.
            del response["Content-Length"]
        return response

    return middleware


def announce_rate_limits(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Tell callers what they have left, with every answer to a request that was counted, a 500 included."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in announcement(request).items():
            response[name] = value
        return response

    return middleware


def audited(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Record what staff change in the admin site as theirs. The API begins with nobody: there the view says who."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with written_by(_person(request) if _is_for_people(request) else None):
            return get_response(request)

    return middleware


def _person(request: HttpRequest) -> Writer | None:
    user = request.user
    if not user.is_authenticated:
        return None
    return Writer(str(user), user_id=user.pk, address=client_address(request) or None)
