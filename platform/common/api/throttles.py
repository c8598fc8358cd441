"""How often somebody may call the API: a network by its address, an account or an API key by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from common.addresses import client_address, network_of
from common.counters import count
from common.rates import Rate

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request
    from rest_framework.views import APIView

# Where a request keeps what is announced with its answer; no header of a client can have this name.
STANDINGS = "marquee.rate_limits"


class Standing(NamedTuple):
    """Where a caller stands with one limit."""

    remaining: int
    limit: int
    seconds_left: float


class RateThrottle(BaseThrottle):
    """One limit, counted in the shared cache; what it found is kept for `announcement`."""

    # The setting with the rate; None there switches the limit off.
    setting: ClassVar[str]
    is_before_authentication: ClassVar[bool] = False

    def __init__(self) -> None:
        self._wait: float | None = None

    def caller(self, request: Request) -> str:
        """Whom to count; "" for nobody."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count this request, and say whether it is within the limit. A cache that is down refuses nobody."""
        rate: Rate | None = getattr(settings, self.setting)
        if rate is None or not (caller := self.caller(request)):
            return True
        if (counted := count(caller, rate)) is None:
            return True
        standing = Standing(max(0, rate.times - counted.number), rate.times, counted.seconds_left)
        request.META.setdefault(STANDINGS, []).append(standing)
        self._wait = standing.seconds_left
        return counted.number <= rate.times

    def wait(self) -> float | None:
        """Seconds until there is room again."""
        return self._wait


class AddressThrottle(RateThrottle):
    """Everybody behind one address, whoever they are or say they are."""

    setting = "RATE_LIMIT_ADDRESS"
    is_before_authentication = True

    def caller(self, request: Request) -> str:
        """The network; nobody where no address is known, as otherwise the whole world would share one limit."""
        network = network_of(client_address(request))
        return f"address:{network}" if network else ""


class UserThrottle(RateThrottle):
    """One account over all its devices, or one API key over all its machines. Guests have their address only."""

    setting = "RATE_LIMIT_USER"

    def caller(self, request: Request) -> str:
        """The account, or the API key, which comes without an account."""
        if request.user.is_authenticated:
            return f"user:{request.user.pk}"
        key = getattr(request.auth, "pk", None)
        return f"key:{key}" if key else ""


def announcement(request: HttpRequest) -> Mapping[str, str]:
    """The headers of the limit the caller is nearest to; none where nothing was counted.

    The names are the ones GitHub and others made common. `X-RateLimit-Reset` counts seconds from now, as
    `Retry-After` does and the IETF's draft-ietf-httpapi-ratelimit-headers (to 06) had it, so that a client's clock
    does not matter.
    """
    standings: list[Standing] = request.META.get(STANDINGS, [])
    if not standings:
        return {}
    nearest = min(standings)
    return {
        "X-RateLimit-Limit": str(nearest.limit),
        "X-RateLimit-Remaining": str(nearest.remaining),
        "X-RateLimit-Reset": str(int(nearest.seconds_left) + 1),
    }
