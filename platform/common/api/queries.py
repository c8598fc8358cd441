"""Reading query parameters through serializers, so that they are checked and documented alike."""

from __future__ import annotations

from typing import Any, TypeVar

from rest_framework import serializers, status
from rest_framework.request import Request

from common.errors import DomainError

AnySerializer = TypeVar("AnySerializer", bound=serializers.Serializer[Any])


class LengthRequiredError(DomainError):
    """A body came in pieces (`Transfer-Encoding: chunked`): under WSGI Django would read it as no body at all."""

    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = "The request must say how long its body is."
    default_code = "length_required"


def read_query(query: type[AnySerializer], request: Request) -> dict[str, Any]:
    """The checked query parameters; raises `ValidationError` (422) with one sentence per parameter."""
    reader = query(data=request.query_params)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def read_body(body: type[AnySerializer], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The checked JSON body; raises `ValidationError` (422) with one sentence per field.

    Of a partial one nothing is required, and what was not sent is not in the answer.
    """
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequiredError
    reader = body(data=request.data, partial=partial)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)
