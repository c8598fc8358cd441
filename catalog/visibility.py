"""Which titles are on show: the one rule that lists, pages, searches, rails and viewing state ask."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone


def live(prefix: str = "") -> Q:
    """Not deleted. `prefix` is the way to the title, as `title__`."""
    return Q(**{f"{prefix}deleted_at": None})


def published(prefix: str = "") -> Q:
    """Neither a draft nor archived."""
    return Q(**{f"{prefix}status": "published"})


def available(at: datetime | None = None, prefix: str = "") -> Q:
    """Within its time: from its first moment until before its last one. `at` is now unless it is given."""
    at = at or timezone.now()
    begun = Q(**{f"{prefix}available_from": None}) | Q(**{f"{prefix}available_from__lte": at})
    not_over = Q(**{f"{prefix}available_until": None}) | Q(**{f"{prefix}available_until__gt": at})
    return begun & not_over


def on_show(at: datetime | None = None, prefix: str = "") -> Q:
    """What viewers may be shown, whatever their maturity: live, published, and available at that moment."""
    return live(prefix) & published(prefix) & available(at, prefix)
