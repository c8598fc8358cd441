"""What is said about a configuration that works, but not as its operator will expect.

What is unsafe is a warning of `manage.py check --deploy`; what is only less exact is logged when gunicorn starts.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

EACH_FOR_ITSELF = (
    "There are several workers and no CACHE_URL: each counts for itself, so callers get a multiple of the rate limits. "
    "Set CACHE_URL to a Redis (redis://host:6379/0), or WEB_CONCURRENCY=1, or switch the limits off."
)
ONE_FOR_ALL = checks.Warning(
    "BEHIND_TLS_PROXY is on and TRUSTED_PROXIES is empty: everybody seems to come from the proxy and shares the limits "
    "of its one address.",
    hint="Set TRUSTED_PROXIES to the proxy's address or network.",
    id="marquee.W001",
)


def advice() -> list[str]:
    """Sentences for the log at start-up."""
    is_limited = settings.RATE_LIMIT_USER or settings.RATE_LIMIT_ADDRESS
    is_shared = settings.CACHE_URL or settings.WORKERS == 1
    return [EACH_FOR_ITSELF] if settings.IS_PRODUCTION and is_limited and not is_shared else []


@checks.register(checks.Tags.security, deploy=True)
def clients_are_told_apart(**_: Any) -> list[checks.CheckMessage]:
    """Behind a proxy, the addresses of clients are read from what the proxy says."""
    proxies = settings.TRUSTED_PROXIES
    is_known = proxies.networks or proxies.unix
    return [ONE_FOR_ALL] if settings.IS_PRODUCTION and settings.BEHIND_TLS_PROXY and not is_known else []
