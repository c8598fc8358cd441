"""Which picture a client is told to show for a title: the editors' own, or one the application draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.urls import reverse

from common.addresses import public_url

if TYPE_CHECKING:
    from rest_framework.request import Request


class Pictured(Protocol):
    """What has artwork: a title, or a row with the same columns."""

    id: UUID
    poster_url: str | None
    landscape_url: str | None


def poster_url(title: Pictured, request: Request | None) -> str:
    """The address of its upright picture, 2:3."""
    return title.poster_url or public_url(reverse("poster", args=[title.id]), request)


def landscape_url(title: Pictured, request: Request | None) -> str:
    """The address of its wide picture, 16:9."""
    return title.landscape_url or public_url(reverse("landscape", args=[title.id]), request)
