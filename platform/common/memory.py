"""What is worth remembering for a while, in the shared cache. A cache that does not answer has forgotten all.

Without a shared cache it has room of its own, apart from the counters: whoever asks for many things must not be able
to make the process forget how often they asked.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.cache import caches

from common import counters

ROOM: Final = "memory"


def recall(key: str) -> Any:
    """What was remembered under this key; None when it is forgotten or never was."""
    if counters.outage.lasts():
        return None
    try:
        return caches[ROOM].get(key)
    except counters.cache_errors() as error:
        counters.outage.begin(error)
        return None


def remember(key: str, value: Any, seconds: int) -> bool:
    """Keep it for so long unless it is known already; whether it was new."""
    if counters.outage.lasts():
        return False
    try:
        return caches[ROOM].add(key, value, seconds)
    except counters.cache_errors() as error:
        counters.outage.begin(error)
        return False
