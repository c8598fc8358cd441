"""The variables behind the limits, and two server processes that count together."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from common.addresses import Proxies
from config import env
from config.checks import EACH_FOR_ITSELF, advice, clients_are_told_apart
from config.env import StartupRefused

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = "from config import settings; print({})"


def settings_with(expression: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What this expression is in a process that starts with these variables."""
    usual = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "platform"),
        "ENV_FILE": "",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    return subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", SETTINGS.format(expression)],
        cwd=ROOT,
        env=usual | variables,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


# RATE_LIMIT_USER, RATE_LIMIT_ADDRESS


def test_a_limit_that_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A_LIMIT", raising=False)
    assert env.rate("A_LIMIT", default="600/min") == (600, 60)


@pytest.mark.parametrize(("value", "rate"), [("10/s", (10, 1)), (" 5000/hour ", (5000, 3600)), ("7", (7, 60))])
def test_a_limit_is_taken_as_it_is_written(monkeypatch: pytest.MonkeyPatch, value: str, rate: tuple[int, int]) -> None:
    monkeypatch.setenv("A_LIMIT", value)
    assert env.rate("A_LIMIT", default="600/min") == rate


@pytest.mark.parametrize("value", ["", " "])
def test_a_limit_that_is_set_and_empty_is_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("A_LIMIT", value)
    assert env.rate("A_LIMIT", default="600/min") is None


@pytest.mark.parametrize("value", ["off", "0", "600/week", "-1", "600/min,10/s"])
def test_a_limit_that_is_no_rate_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("A_LIMIT", value)
    with pytest.raises(StartupRefused, match="A_LIMIT must look like 600/min"):
        env.rate("A_LIMIT", default="600/min")


def test_the_limits_have_the_defaults_of_the_description() -> None:
    ended = settings_with("tuple(settings.RATE_LIMIT_USER), tuple(settings.RATE_LIMIT_ADDRESS)")
    assert ended.stdout == "(600, 60) (1200, 60)\n"


def test_empty_limits_are_off_in_a_whole_process() -> None:
    ended = settings_with(
        "settings.RATE_LIMIT_USER, settings.RATE_LIMIT_ADDRESS", RATE_LIMIT_USER="", RATE_LIMIT_ADDRESS=""
    )
    assert ended.stdout == "None None\n"


# CACHE_URL, TRUSTED_PROXIES


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RATE_LIMIT_USER", "often"),
        ("RATE_LIMIT_ADDRESS", "600/"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, *"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("CACHE_URL", "memcached://marquee:hunter2hunter2@cache"),
        ("CACHE_URL", "http://marquee:hunter2hunter2@cache"),
        ("CACHE_URL", "redis://:hunter2hunter2@cache:port"),
        ("CACHE_URL", "redis://:hunter2hunter2@cache?nonsense=1"),
        ("CACHE_URL", "redis://:hunter2hunter2@[::1"),
        ("CACHE_URL", "redis://"),
        ("CACHE_URL", "unix://"),
        ("CACHE_URL", "cache"),
    ],
)
def test_nothing_starts_with(variable: str, value: str) -> None:
    ended = settings_with("settings.CACHES", **{variable: value})
    assert ended.returncode not in {0, None}
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"Marquee does not start: {variable} must ")
    assert "hunter2" not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "url", ["redis://:hunter2hunter2,x@cache/1", "rediss://u:hunter2hunter2@cache", "unix:///run/r.sock"]
)
def test_a_redis_is_waited_for_only_briefly_and_its_password_is_not_shown(url: str) -> None:
    ended = settings_with(
        "settings.CACHES, [settings.CACHES['default']['LOCATION'] == [settings.CACHE_URL]]", CACHE_URL=url
    )
    assert "RedisCache" in ended.stdout
    assert "'socket_timeout': 0.25, 'socket_connect_timeout': 0.25" in ended.stdout
    assert "[True]" in ended.stdout
    assert "hunter2" not in ended.stdout + ended.stderr


def test_the_address_of_the_cache_may_lie_in_a_mounted_file(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("redis://:hunter2hunter2@cache/1\n")
    ended = settings_with("len(settings.CACHE_URL), settings.CACHE_URL", CACHE_URL_FILE=str(tmp_path / "cache"))
    assert ended.stdout.startswith("31 ")


def test_without_a_cache_url_each_process_keeps_its_own() -> None:
    assert "LocMemCache" in settings_with("settings.CACHES").stdout


# What the operator is told


@pytest.fixture
def production(settings: Settings) -> Settings:
    """Two workers behind a proxy that is known, and a shared cache."""
    settings.IS_PRODUCTION, settings.WORKERS, settings.CACHE_URL = True, 2, "redis://cache"
    settings.BEHIND_TLS_PROXY, settings.TRUSTED_PROXIES = True, Proxies.named(["10.0.0.0/8"])
    return settings


def warnings() -> list[str | None]:
    """What is said of the configuration: names of checks, and sentences for the log."""
    return [*advice(), *(message.id for message in clients_are_told_apart())]


def test_production_with_a_shared_cache_behind_a_known_proxy_is_fine(production: Settings) -> None:
    assert warnings() == []


def test_several_workers_without_a_shared_cache_are_warned_of(production: Settings) -> None:
    production.CACHE_URL = ""
    assert warnings() == [EACH_FOR_ITSELF]
    production.RATE_LIMIT_ADDRESS = None
    assert warnings() == [EACH_FOR_ITSELF]


@pytest.mark.parametrize(
    "otherwise",
    [{"WORKERS": 1}, {"IS_PRODUCTION": False}, {"RATE_LIMIT_USER": None, "RATE_LIMIT_ADDRESS": None}],
)
def test_a_cache_of_its_own_suits(production: Settings, otherwise: dict[str, object]) -> None:
    production.CACHE_URL = ""
    for name, value in otherwise.items():
        setattr(production, name, value)
    assert warnings() == []


def test_a_proxy_nobody_named_is_warned_of(production: Settings) -> None:
    production.TRUSTED_PROXIES = Proxies()
    assert warnings() == ["marquee.W001"]
    production.TRUSTED_PROXIES = Proxies.named(["unix"])
    assert warnings() == []
    production.TRUSTED_PROXIES, production.BEHIND_TLS_PROXY = Proxies(), False
    assert warnings() == []


# Two processes


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def two_workers(folder: Path, **variables: str) -> Iterator[str]:
    """Gunicorn with two processes, its access log (a line is the process's id) in the folder."""
    port, log = free_port(), folder / "log"
    own = {"PORT": str(port), "WEB_CONCURRENCY": "2", "RATE_LIMIT_ADDRESS": "100/hour", "DATA_DIR": str(folder)}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--access-logformat", "served by %(p)s"],
            cwd=ROOT,
            env=os.environ | own | variables,
            stdout=output,
            stderr=output,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/health/live", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while status(address) != 200:
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def status(address: str) -> int:
    """The status of the answer; 0 when there is none."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 - our own server
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


@pytest.mark.thorough
def test_two_processes_count_together_in_redis(tmp_path: Path, redis_url: str) -> None:
    with two_workers(tmp_path, CACHE_URL=redis_url) as server, ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(status, [f"{server}/api/v1/auth/me"] * 300))
    assert answers == {401: 100, 429: 200}
    served_by = {line for line in (tmp_path / "log").read_text().splitlines() if line.startswith("served by")}
    assert len(served_by) == 2
