"""One shape of error, made in one place: `{"detail": sentence, "code": stable word, …}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse
from psycopg.errors import ForeignKeyViolation
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.renderers import NullableJSONRenderer
from common.errors import GoneMeanwhileError, TooLargeError

LONGEST_SENTENCE = 300
BEARER_CHALLENGE = 'Bearer realm="marquee"'


def one_shape_of_error(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. Answers None for an unexpected error, which becomes the 500 below."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        error = TooLargeError()
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError()
    elif isinstance(error.__cause__, ForeignKeyViolation):
        error = GoneMeanwhileError()
    if not isinstance(error, exceptions.APIException):
        return None
    _answer_in_json(context["request"])
    response = Response(_body(error), status=_status(error))
    if response.status_code == status.HTTP_401_UNAUTHORIZED:
        response["WWW-Authenticate"] = BEARER_CHALLENGE
    if (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def told_of(error: exceptions.APIException) -> tuple[int, dict[str, Any]]:
    """Status and body of an error that is only a part of an answer."""
    return _status(error), _body(error)


def _answer_in_json(request: Request) -> None:
    """Whatever the view itself answers in: the description of the API is YAML."""
    request.accepted_renderer, request.accepted_media_type = NullableJSONRenderer(), NullableJSONRenderer.media_type


def _status(error: exceptions.APIException) -> int:
    if isinstance(error, exceptions.ValidationError):
        return status.HTTP_422_UNPROCESSABLE_ENTITY
    return error.status_code


def _body(error: exceptions.APIException) -> dict[str, Any]:
    extra: Mapping[str, Any] = getattr(error, "extra", {})
    if isinstance(error, exceptions.ValidationError):
        errors = _shortened(error.detail)
        return {"detail": " ".join(_sentences(errors)), "code": "invalid", "errors": errors, **extra}
    return {"detail": _first_sentence(error.detail), "code": _code(error), **extra}


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    if isinstance(codes, dict):
        codes = codes.get("code", error.default_code)
    return codes if isinstance(codes, str) else error.default_code


def _first_sentence(detail: Any) -> str:
    if isinstance(detail, Mapping):
        detail = detail.get("detail", next(iter(detail.values()), ""))
    return next(_sentences(detail), "")


def _sentences(detail: Any, field: str = "") -> Iterator[str]:
    """Flatten nested field errors into `field: sentence` parts, in the order of the fields."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _sentences(inner, ".".join(part for part in (field, own) if part))
    elif isinstance(detail, list | tuple):
        for inner in detail:
            yield from _sentences(inner, field)
    else:
        yield f"{field}: {detail}" if field else str(detail)


def _shortened(detail: Any) -> Any:
    """The same with every text cut to a length for people: DRF repeats what was sent, however long."""
    if isinstance(detail, Mapping):
        return {name: _shortened(inner) for name, inner in detail.items()}
    if isinstance(detail, list | tuple):
        return [_shortened(inner) for inner in detail]
    return detail if len(detail) <= LONGEST_SENTENCE else f"{detail[:LONGEST_SENTENCE]}…"


def failure(status_code: int, detail: str, code: str) -> JsonResponse:
    """The error shape outside DRF."""
    return JsonResponse({"detail": detail, "code": code}, status=status_code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Django's handler400."""
    return failure(400, "The request cannot be understood.", "bad_request")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Django's handler403."""
    return failure(403, "You may not do this.", "forbidden")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Django's handler404."""
    return failure(404, "There is nothing at this address.", "not_found")


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's handler500."""
    return failure(500, "Something went wrong on our side. Please try again.", "server_error")
