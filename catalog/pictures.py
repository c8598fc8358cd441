"""Which picture a client is told to show for a title: the editors' own, or one the application draws.

A drawn picture shows the title's name, and an <img> carries no token. So its address carries a seal that only this
service can make: who was never shown the title, a child for one, cannot guess where its picture is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.core.signing import BadSignature, Signer
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
    return title.poster_url or public_url(reverse("poster", args=[title.id, seal(title.id)]), request)


def landscape_url(title: Pictured, request: Request | None) -> str:
    """The address of its wide picture, 16:9."""
    return title.landscape_url or public_url(reverse("landscape", args=[title.id, seal(title.id)]), request)


def seal(title_id: UUID) -> str:
    """What makes the address of a drawn picture complete; 43 characters. It changes with SECRET_KEY."""
    return _signer().signature(str(title_id))


def is_sealed(title_id: UUID, given: str) -> bool:
    """Whether this seal is ours, be it made with SECRET_KEY or with the one before."""
    try:
        _signer().unsign(f"{title_id}:{given}")
    except BadSignature:
        return False
    return True


def _signer() -> Signer:
    return Signer(salt="catalog.pictures")
