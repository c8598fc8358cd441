"""Reading query parameters through serializers, so that they are checked and documented alike."""

from __future__ import annotations

from typing import Any, TypeVar

from rest_framework import serializers
from rest_framework.request import Request

AnySerializer = TypeVar("AnySerializer", bound=serializers.Serializer[Any])


def read_query(query: type[AnySerializer], request: Request) -> dict[str, Any]:
    """The checked query parameters; raises `ValidationError` (422) with one sentence per parameter."""
    reader = query(data=request.query_params)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def read_body(body: type[AnySerializer], request: Request) -> dict[str, Any]:
    """The checked JSON body; raises `ValidationError` (422) with one sentence per field."""
    reader = body(data=request.data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)
