"""Absolute addresses: clients run on another origin than the API, so pictures need the whole one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from rest_framework.request import Request


def public_url(path: str, request: Request | None) -> str:
    """`path` under PUBLIC_URL; where that is not set, under the host the request came to."""
    if settings.PUBLIC_URL or request is None:
        return f"{settings.PUBLIC_URL}{path}"
    return str(request.build_absolute_uri(path))
