"""The cache, and the limits that are counted in it."""

from urllib.parse import unquote, urlsplit

from config import env
from config.secrecy import withheld

# A cache that is slow or gone must not hold requests up: nothing in it is worth waiting for.
CACHE_TIMEOUT_SECONDS = 0.25


def _is_usable(url: str) -> bool:
    # Only who uses Redis waits for its library, a third of a second.
    from redis import ConnectionPool

    try:
        place = urlsplit(url)
        withheld(unquote(place.password or ""))  # it may stand in other texts without the rest of the address
        ConnectionPool.from_url(url).make_connection()  # a connection that is not connected yet
    except (TypeError, ValueError):
        return False
    return bool(place.path if place.scheme == "unix" else place.hostname)


def _cache(url: str, name: str, room: int) -> dict[str, object]:
    if not url:
        # Each process has its own. What has a name of its own makes room for nothing else.
        local = "django.core.cache.backends.locmem.LocMemCache"
        return {"BACKEND": local, "LOCATION": name, "OPTIONS": {"MAX_ENTRIES": room}}
    if not _is_usable(url):
        raise env.refuse("CACHE_URL must look like redis://host:6379/0, rediss://… or unix:///folder/socket.")
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": [url],  # a list, because Django would split a text at the commas of a password
        "KEY_PREFIX": "marquee",
        "OPTIONS": {"socket_timeout": CACHE_TIMEOUT_SECONDS, "socket_connect_timeout": CACHE_TIMEOUT_SECONDS},
    }


CACHE_URL = env.secret_text("CACHE_URL")
CACHES = {
    # Room for the counters of a flood from many addresses, in some megabytes.
    "default": _cache(CACHE_URL, "counters", room=20_000),
    # What `common.memory` keeps, as the vectors of queries, each some kilobytes. It must not push a counter out.
    "memory": _cache(CACHE_URL, "memory", room=2_000),
}

RATE_LIMIT_USER = env.rate("RATE_LIMIT_USER", default="600/min")
RATE_LIMIT_ADDRESS = env.rate("RATE_LIMIT_ADDRESS", default="1200/min")
