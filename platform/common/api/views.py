"""The base of every view of the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from common.errors import TooManyRequestsError


class ApiView(APIView):
    """A view whose callers are counted: their address before anybody is authenticated, themselves right after it.

    So a flood of bad tokens counts and costs no statement, and so does a flood of what the caller may not do. What a
    caller has left is announced with every answer (`common.middleware.announce_rate_limits`).
    """

    # False where an account that is refused would break what somebody is watching; each is listed with its reason in
    # platform/config/tests/test_rate_limited_views.py. Who comes there without an account is counted all the same.
    is_rate_limited: ClassVar[bool] = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count the address, then as DRF: format, version, authentication (and the caller), permissions."""
        self.format_kwarg = self.get_format_suffix(**kwargs)
        if self.is_rate_limited:
            self._ask(throttle for throttle in self.get_throttles() if _is_early(throttle))
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Learn who calls, and count them."""
        if not self.is_rate_limited:
            self._count_strangers(request)
            return
        super().perform_authentication(request)
        self._ask(throttle for throttle in self.get_throttles() if not _is_early(throttle))

    def _count_strangers(self, request: Request) -> None:
        """Everybody but accounts: bad tokens, guests, API keys."""
        try:
            super().perform_authentication(request)
        except AuthenticationFailed:
            self._ask(throttle for throttle in self.get_throttles() if _is_early(throttle))
            raise
        if not request.user.is_authenticated:
            self._ask(self.get_throttles())

    def check_throttles(self, request: Request) -> None:
        """Nothing is left to do here: DRF would ask after the permissions, which is too late for a flood."""

    def throttled(self, request: Request, wait: float | None) -> NoReturn:
        """Refuse. Raises `TooManyRequestsError`."""
        raise TooManyRequestsError(wait)

    def _ask(self, throttles: Iterable[BaseThrottle]) -> None:
        refused = [throttle for throttle in throttles if not throttle.allow_request(self.request, self)]
        if refused:
            self.throttled(self.request, max(throttle.wait() or 0 for throttle in refused))


def _is_early(throttle: BaseThrottle) -> bool:
    return getattr(throttle, "is_before_authentication", False)
