"""What is remembered in the shared cache, and what becomes of it while the cache is down."""

from __future__ import annotations

import socket

import pytest
from django.core.cache import caches
from pytest_django import Settings

from common import counters
from common.memory import recall, remember
from common.rates import Rate


@pytest.fixture(autouse=True)
def no_outage_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "outage", counters.Outage())


def test_what_is_remembered_is_recalled() -> None:
    assert recall("a") is None
    assert remember("a", b"bytes", 60)
    assert recall("a") == b"bytes"


def test_what_is_known_is_not_overwritten() -> None:
    remember("a", 1, 60)
    assert not remember("a", 2, 60)
    assert recall("a") == 1


def test_a_cache_that_is_down_has_forgotten_all_and_is_left_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://127.0.0.1:{port}/0"}
    settings.CACHES = {"default": redis, "memory": redis}
    assert recall("a") is None
    assert not remember("a", 1, 60)
    asked: list[str] = []
    monkeypatch.setattr(type(caches["memory"]), "get", lambda _self, key: asked.append(key), raising=False)
    assert recall("a") is None
    assert asked == []


def test_whatever_is_remembered_no_counter_is_forgotten() -> None:
    """Or a flood of searches would let somebody in who was refused."""
    rate = Rate(5, 3_600)
    assert (counters.count("somebody", rate) or (0,))[0] == 1
    for number in range(30_000):
        remember(f"query-{number}", b"a vector", 3_600)
    assert (counters.count("somebody", rate) or (0,))[0] == 2
