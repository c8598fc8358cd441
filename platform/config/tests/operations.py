"""Walking the URL configuration: what can be called, and which view answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

Route = tuple[str, Callable[..., Any]]
METHODS = ("get", "post", "put", "patch", "delete")


def routes(prefix: str = "") -> Iterator[Route]:
    """Every address with the view behind it; parameters as `{name}`."""
    for path, view in _walk(get_resolver().url_patterns, "/"):
        if path.startswith(prefix):
            yield path, view


def operations() -> set[tuple[str, str]]:
    """Every (method, address) of the API."""
    found = set()
    for path, view in routes("/api/"):
        methods = [name for name in METHODS if hasattr(view_class(view), name)]
        found |= {(method.upper(), path) for method in methods}
    return found


def view_class(view: Callable[..., Any]) -> Any:
    """The class behind a DRF view or a Django class-based view, else None."""
    return getattr(view, "cls", None) or getattr(view, "view_class", None)


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path, pattern.callback


def described() -> dict[tuple[str, str], dict[str, Any]]:
    """Every operation of the OpenAPI document, by (method, address)."""
    document = _document()
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def body_fields(operation: dict[str, Any]) -> dict[str, Any]:
    """The fields of the JSON body of a described operation, by name; none when it takes no body."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = _document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return dict(schema.get("properties", {}))


@cache
def _document() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    return dict(SchemaGenerator().get_schema(request=None, public=True))
