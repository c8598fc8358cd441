"""What every card of a title shows."""

from __future__ import annotations

from typing import Any

from catalog import pictures
from catalog.models import Title


def card(title: Title, request: Any) -> dict[str, Any]:
    """The name and the pictures of a title."""
    return {
        "title": title.title,
        "poster_url": pictures.poster_url(title, request),
        "landscape_url": pictures.landscape_url(title, request),
    }
