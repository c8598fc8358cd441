"""What is worth remembering for a while, in the shared cache. A cache that does not answer has forgotten all."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache

from common import counters


def recall(key: str) -> Any:
    """What was remembered under this key; None when it is forgotten or never was."""
    if counters.outage.lasts():
        return None
    try:
        return cache.get(key)
    except counters.cache_errors() as error:
        counters.outage.begin(error)
        return None


def remember(key: str, value: Any, seconds: int) -> bool:
    """Keep it for so long unless it is known already; whether it was new."""
    if counters.outage.lasts():
        return False
    try:
        return cache.add(key, value, seconds)
    except counters.cache_errors() as error:
        counters.outage.begin(error)
        return False
