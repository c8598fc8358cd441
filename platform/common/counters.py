"""Counting in the shared cache, exact across threads, processes and machines.

Fixed windows: one atomic `incr` decides, the end of the window is known in advance and can be announced, and a key
is never read before it is written. The price is that a caller may spend two windows' worth around the end of one;
a sliding window would need the neighbour's count as well, for limits that only have to tell a flood from a person.
What must hold to the last attempt, as wrong passwords, is counted in PostgreSQL and not here.
"""

from __future__ import annotations

import hashlib
import logging
from time import monotonic
from time import time as now
from typing import Final, NamedTuple

from django.core.cache import cache

from common.rates import Rate

logger = logging.getLogger(__name__)

# So long a cache that did not answer is left alone, or every request would wait for it in vain.
PAUSE_SECONDS: Final = 5
SECONDS_BETWEEN_LINES: Final = 60


class Count(NamedTuple):
    """How many there were in this window, the new one included, and how long it still lasts."""

    number: int
    seconds_left: float


def count(what: str, rate: Rate) -> Count | None:
    """One more of `what`. None while the cache does not answer: it must not take the service down with it."""
    digest = hashlib.blake2b(what.encode(), digest_size=16)
    # Windows end at another moment for everybody, so that not all who were refused come back at once.
    shift = int.from_bytes(digest.digest()[:4], "big") % rate.seconds
    window, elapsed = divmod(now() + shift, rate.seconds)
    number = _one_more(f"count:{digest.hexdigest()}:{rate.seconds}:{int(window)}", lifetime=2 * rate.seconds)
    return None if number is None else Count(number, rate.seconds - elapsed)


def _one_more(key: str, *, lifetime: int) -> int | None:
    if outage.lasts():
        return None
    try:
        return _incremented(key, lifetime)
    except cache_errors() as error:
        outage.begin(error)
        return None


def _incremented(key: str, lifetime: int) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the first of its window, here or in a process that was quicker
        return 1 if cache.add(key, 1, lifetime) else cache.incr(key)


def cache_errors() -> tuple[type[Exception], ...]:
    """What a cache raises that is down, or threw a counter out between two steps. Imported when it is needed only."""
    from redis.exceptions import RedisError

    return (RedisError, OSError, ValueError)


class Outage:
    """What this process knows about a cache that does not answer."""

    def __init__(self) -> None:
        self._asked_again_at = self._logged_again_at = float("-inf")

    def lasts(self) -> bool:
        """Whether the cache is to be left alone at the moment."""
        return monotonic() < self._asked_again_at

    def begin(self, error: Exception) -> None:
        """Leave it alone from now on, and say so once a minute."""
        self._asked_again_at = monotonic() + PAUSE_SECONDS
        if monotonic() >= self._logged_again_at:
            self._logged_again_at = monotonic() + SECONDS_BETWEEN_LINES
            logger.error("the cache does not answer, nothing is limited meanwhile (%s)", type(error).__name__)


outage = Outage()
