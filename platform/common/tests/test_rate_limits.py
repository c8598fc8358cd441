"""How often somebody may call, what is announced, and what happens without the cache."""

from __future__ import annotations

import logging
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http.response import HttpResponseBase
from django.urls import path
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient

from common import counters
from common.addresses import Proxies
from common.api.views import ApiView
from common.permissions import HasAccount, Nobody, Public
from common.rates import Rate
from conftest import As

# An account, which this room does not know.
Person = Any

ME = "/api/v1/auth/me"
HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
HOME, OFFICE = "203.0.113.7", "198.51.100.1"


class Services(BaseAuthentication):
    """As with API keys: a key in the header, and nobody behind it. One header is an account's."""

    def authenticate(self, request: Request) -> Any:
        if (key := request.headers.get("Authorization")) == "bad":
            raise AuthenticationFailed
        if key == "account":
            return SimpleNamespace(pk=1, is_authenticated=True), None
        return (AnonymousUser(), SimpleNamespace(pk=key)) if key else None

    def authenticate_header(self, request: Request) -> str:
        return "Api-Key"


class OpenView(ApiView):
    """Open to everybody."""

    authentication_classes = (Services,)
    permission_classes: Any = (Public,)

    def get(self, request: Request) -> Response:
        return Response("here")


class HeartbeatView(OpenView):
    """Must never be refused for its frequency, where an account calls."""

    is_rate_limited = False


class ClosedView(OpenView):
    """Open to nobody."""

    permission_classes = (Nobody,)


class AccountsView(OpenView):
    """Open to accounts."""

    permission_classes = (HasAccount,)


class BrokenView(OpenView):
    """Falls over."""

    def get(self, request: Request) -> Response:
        raise RuntimeError("on purpose")


ADDRESSES = (
    path("open", OpenView.as_view()),
    path("heartbeat", HeartbeatView.as_view()),
    path("closed", ClosedView.as_view()),
    path("accounts", AccountsView.as_view()),
    path("broken", BrokenView.as_view()),
)


@pytest.fixture
def small_service(settings: Settings) -> None:
    """Only the views above."""
    settings.ROOT_URLCONF = ADDRESSES


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A clock that stands at the beginning of everybody's window until it is told to go on."""
    hands = SimpleNamespace(seconds=1_000_000_000.0)
    monkeypatch.setattr(counters, "now", lambda: hands.seconds)
    return hands


@pytest.fixture
def no_outage_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What earlier requests learned about the cache is forgotten, and so is what this test learns."""
    monkeypatch.setattr(counters, "outage", counters.Outage())


def statuses(client: APIClient, address: str, times: int, **extra: Any) -> Counter[int]:
    """How often each status was answered."""
    return Counter(client.get(address, **extra).status_code for _ in range(times))


def standing(answer: HttpResponseBase) -> tuple[int, ...]:
    """What was announced: limit, remaining, reset."""
    return tuple(int(answer[name]) for name in HEADERS)


# What counts


@pytest.mark.usefixtures("small_service", "clock")
def test_an_address_may_call_as_often_as_the_limit_says(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(5, 60)
    assert statuses(guest, "/open", 8) == {200: 5, 429: 3}
    assert statuses(guest, "/open", 1, REMOTE_ADDR=OFFICE) == {200: 1}


@pytest.mark.usefixtures("small_service", "clock")
def test_all_addresses_of_the_api_share_the_limit(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(2, 60)
    assert [guest.get(address).status_code for address in ("/open", "/closed", "/accounts", "/open")] == [
        200,
        401,
        429,
        429,
    ]


@pytest.mark.usefixtures("small_service", "clock")
@pytest.mark.parametrize(
    ("address", "sent", "status"),
    [
        ("/accounts", {}, 401),
        ("/open", {"HTTP_AUTHORIZATION": "bad"}, 401),
        ("/open", {"HTTP_ACCEPT": "text/nothing"}, 406),
        ("/broken", {}, 500),
    ],
)
def test_what_is_refused_or_fails_counts_as_well(
    guest: APIClient, settings: Settings, address: str, sent: dict[str, Any], status: int
) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(3, 60)
    assert statuses(guest, address, 5, **sent) == {status: 3, 429: 2}


@pytest.mark.usefixtures("clock")
def test_a_flood_of_bad_tokens_is_refused_without_a_statement(
    guest: APIClient, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(3, 60)
    guest.credentials(HTTP_AUTHORIZATION="Bearer bad.token.here")
    assert statuses(guest, ME, 3) == {401: 3}
    with django_assert_num_queries(0):
        assert statuses(guest, ME, 3) == {429: 3}


@pytest.mark.usefixtures("small_service", "clock")
def test_what_a_service_may_not_do_counts_against_it(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_USER = Rate(3, 60)
    assert statuses(guest, "/closed", 5, HTTP_AUTHORIZATION="importer") == {403: 3, 429: 2}


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_asking_for_a_foreign_profile_counts_against_the_account(
    as_user: As, alice: Person, settings: Settings
) -> None:
    settings.RATE_LIMIT_USER = Rate(3, 60)
    foreign = "/api/v1/viewing/watchlist?profile_id=00000000-0000-4000-8000-000000000000"
    assert statuses(as_user(alice), foreign, 5) == {403: 3, 429: 2}


@pytest.mark.usefixtures("clock")
def test_an_account_is_counted_over_all_its_addresses(
    as_user: As, alice: Person, bob: Person, settings: Settings
) -> None:
    settings.RATE_LIMIT_USER = Rate(4, 60)
    phone, television = as_user(alice), as_user(alice)
    assert statuses(phone, ME, 2, REMOTE_ADDR=HOME) == {200: 2}
    assert statuses(television, ME, 3, REMOTE_ADDR=OFFICE) == {200: 2, 429: 1}
    assert statuses(as_user(bob), ME, 1, REMOTE_ADDR=OFFICE) == {200: 1}


@pytest.mark.usefixtures("small_service", "clock")
def test_an_api_key_is_counted_over_all_its_addresses(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_USER = Rate(2, 60)
    importer = {"HTTP_AUTHORIZATION": "importer"}
    assert statuses(guest, "/open", 2, **importer, REMOTE_ADDR=HOME) == {200: 2}
    assert statuses(guest, "/open", 1, **importer, REMOTE_ADDR=OFFICE) == {429: 1}
    assert statuses(guest, "/open", 1, HTTP_AUTHORIZATION="player") == {200: 1}


@pytest.mark.usefixtures("small_service", "clock")
def test_a_guest_has_no_limit_but_that_of_the_address(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_USER, settings.RATE_LIMIT_ADDRESS = Rate(1, 60), Rate(4, 60)
    assert statuses(guest, "/open", 6) == {200: 4, 429: 2}


@pytest.mark.usefixtures("clock")
def test_everybody_behind_an_address_shares_its_limit(
    as_user: As, alice: Person, bob: Person, guest: APIClient, settings: Settings
) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(3, 60)
    clients = [as_user(alice), as_user(bob), guest, as_user(alice), guest]
    assert [client.get(ME).status_code for client in clients] == [200, 200, 401, 429, 429]


@pytest.mark.usefixtures("small_service", "clock")
def test_the_machines_of_an_ipv6_household_share_its_limit(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(3, 60)
    household = Counter(guest.get("/open", REMOTE_ADDR=f"2001:db8::{n:x}").status_code for n in range(1, 6))
    assert household == {200: 3, 429: 2}
    assert guest.get("/open", REMOTE_ADDR="2001:db8:0:1::1").status_code == 200


@pytest.mark.usefixtures("small_service", "clock")
@pytest.mark.parametrize("proxies", [[], ["10.0.0.1"]])
def test_an_invented_address_is_no_way_around_the_limit(
    guest: APIClient, settings: Settings, proxies: list[str]
) -> None:
    settings.RATE_LIMIT_ADDRESS, settings.TRUSTED_PROXIES = Rate(3, 60), Proxies.named(proxies)
    peer, own = ("10.0.0.1", f", {HOME}") if proxies else (HOME, "")
    answers = [
        guest.get("/open", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}{own}").status_code for n in range(5)
    ]
    assert Counter(answers) == {200: 3, 429: 2}


@pytest.mark.usefixtures("small_service", "clock")
def test_clients_behind_a_trusted_proxy_are_counted_apart(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS, settings.TRUSTED_PROXIES = Rate(1, 60), Proxies.named(["10.0.0.1"])
    for number in range(3):
        forwarded = {"HTTP_X_FORWARDED_FOR": f"198.51.100.{number}"}
        assert statuses(guest, "/open", 2, REMOTE_ADDR="10.0.0.1", **forwarded) == {200: 1, 429: 1}


@pytest.mark.usefixtures("small_service", "clock")
def test_callers_whose_address_is_unknown_do_not_share_one_limit(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(1, 60)
    assert statuses(guest, "/open", 3, REMOTE_ADDR="") == {200: 3}


@pytest.mark.usefixtures("small_service", "clock")
def test_heartbeats_of_accounts_are_neither_counted_nor_refused(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = settings.RATE_LIMIT_USER = Rate(2, 60)
    assert statuses(guest, "/heartbeat", 5, HTTP_AUTHORIZATION="account") == {200: 5}
    assert statuses(guest, "/open", 3) == {200: 2, 429: 1}
    answer = guest.get("/heartbeat", HTTP_AUTHORIZATION="account")
    assert answer.status_code == 200
    assert not [name for name in HEADERS if name in answer]


@pytest.mark.usefixtures("small_service", "clock")
@pytest.mark.parametrize(("header", "status"), [("bad", 401), ("", 200), ("a-key", 200)])
def test_who_comes_to_a_heartbeat_without_an_account_is_counted_by_address(
    guest: APIClient, settings: Settings, header: str, status: int
) -> None:
    settings.RATE_LIMIT_ADDRESS, settings.RATE_LIMIT_USER = Rate(2, 60), None
    assert statuses(guest, "/heartbeat", 5, HTTP_AUTHORIZATION=header) == {status: 2, 429: 3}
    assert statuses(guest, "/open", 1) == {429: 1}, "one limit for the whole API"
    assert statuses(guest, "/heartbeat", 1, HTTP_AUTHORIZATION=header, REMOTE_ADDR=OFFICE) == {status: 1}


@pytest.mark.usefixtures("small_service", "clock")
def test_a_key_at_a_heartbeat_is_counted_as_a_key_too(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS, settings.RATE_LIMIT_USER = None, Rate(2, 60)
    assert statuses(guest, "/heartbeat", 3, HTTP_AUTHORIZATION="a-key") == {200: 2, 429: 1}


@pytest.mark.usefixtures("small_service", "clock")
def test_no_limits_when_they_are_switched_off(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = settings.RATE_LIMIT_USER = None
    assert statuses(guest, "/open", 20) == {200: 20}
    assert not [name for name in HEADERS if name in guest.get("/open")]


# What a window is


@pytest.mark.usefixtures("small_service")
def test_when_the_window_ends_there_is_room_again(guest: APIClient, settings: Settings, clock: SimpleNamespace) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(2, 60)
    assert statuses(guest, "/open", 3) == {200: 2, 429: 1}
    seconds = int(guest.get("/open")["Retry-After"])
    clock.seconds += seconds - 1.5
    assert statuses(guest, "/open", 1) == {429: 1}
    clock.seconds += 1.5
    assert statuses(guest, "/open", 3) == {200: 2, 429: 1}


def test_windows_of_different_callers_end_at_different_moments(clock: SimpleNamespace) -> None:
    ends = [counters.count(f"user:{number}", Rate(10, 60)) for number in range(50)]
    assert len({end.seconds_left for end in ends if end}) > 20


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ("600/min", (600, 60)),
        ("600/minute", (600, 60)),
        ("600/m", (600, 60)),
        ("600", (600, 60)),
        ("10/s", (10, 1)),
        ("10/sec", (10, 1)),
        ("10/second", (10, 1)),
        ("5000/hour", (5000, 3600)),
        ("5000 / H", (5000, 3600)),
    ],
)
def test_a_rate_is_written_as_people_write_it(written: str, rate: tuple[int, int]) -> None:
    assert Rate.read(written) == rate


@pytest.mark.parametrize(
    "written",
    [
        "",
        "often",
        "0",
        "0/min",
        "-1/min",
        "1.5/min",
        "1e3/min",
        "600/",
        "/min",
        "600/min/min",
        "600/week",
        "٦٠٠/min",
        "9" * 5000,
    ],
)
def test_nothing_else_is_a_rate(written: str) -> None:
    with pytest.raises(ValueError, match="no rate"):
        Rate.read(written)


# What is announced


@pytest.mark.usefixtures("small_service", "clock")
@pytest.mark.parametrize(
    ("address", "sent", "status"),
    [
        ("/open", {}, 200),
        ("/accounts", {}, 401),
        ("/open", {"HTTP_AUTHORIZATION": "bad"}, 401),
        ("/open", {"HTTP_ACCEPT": "text/nothing"}, 406),
        ("/broken", {}, 500),
    ],
)
def test_every_answer_announces_the_limit(
    guest: APIClient, settings: Settings, address: str, sent: dict[str, Any], status: int
) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(3, 60)
    answers = [guest.get(address, **sent) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [status, status, status, 429]
    assert [standing(answer)[:2] for answer in answers] == [(3, 2), (3, 1), (3, 0), (3, 0)]
    assert all(0 < standing(answer)[2] <= 60 for answer in answers)


@pytest.mark.usefixtures("small_service", "clock")
def test_other_methods_are_announced_and_counted_too(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(4, 60)
    answers = [
        guest.post("/open"),
        guest.delete("/open"),
        guest.options("/open"),
        guest.head("/open"),
        guest.get("/open"),
    ]
    assert [answer.status_code for answer in answers] == [405, 405, 200, 200, 429]
    assert [standing(answer)[1] for answer in answers] == [3, 2, 1, 0, 0]


@pytest.mark.usefixtures("clock")
def test_of_two_limits_the_nearer_one_is_announced(as_user: As, alice: Person, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS, settings.RATE_LIMIT_USER = Rate(10, 60), Rate(5, 60)
    client = as_user(alice)
    assert standing(client.get(ME, REMOTE_ADDR=HOME))[:2] == (5, 4)
    settings.RATE_LIMIT_ADDRESS = Rate(3, 60)
    assert standing(client.get(ME, REMOTE_ADDR=HOME))[:2] == (3, 1)


@pytest.mark.usefixtures("small_service", "clock")
def test_a_refusal_has_the_one_shape_of_error_and_says_when_to_come_back(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(1, 60)
    guest.get("/open")
    answer = guest.get("/open")
    assert answer.status_code == 429
    assert answer.json() == {"detail": "Too many requests. Please try again a little later.", "code": "throttled"}
    assert 0 < int(answer["Retry-After"]) <= 61
    assert answer["Retry-After"] == answer["X-RateLimit-Reset"]
    assert answer["X-RateLimit-Remaining"] == "0"


@pytest.mark.usefixtures("clock")
def test_a_browser_may_read_what_is_announced(guest: APIClient) -> None:
    answer = guest.get(ME, HTTP_ORIGIN="http://localhost:5173")
    exposed = {name.strip() for name in answer["Access-Control-Expose-Headers"].split(",")}
    assert exposed >= {*HEADERS, "Retry-After"}


def test_a_preflight_is_not_counted(guest: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(1, 60)
    asked = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "GET"}
    assert {guest.options(ME, headers=asked).status_code for _ in range(5)} == {200}


# How exact it is


def storm(address: str, *, threads: int = 20, times: int = 200) -> Counter[int]:
    """The statuses of so many requests from so many threads."""
    clients = [APIClient() for _ in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(lambda client: statuses(client, address, times // threads), clients), Counter[int]())


@pytest.mark.usefixtures("small_service", "clock")
def test_twenty_threads_get_exactly_what_the_limit_allows(settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(100, 60)
    assert storm("/open") == {200: 100, 429: 100}


@pytest.mark.usefixtures("small_service", "clock")
def test_twenty_threads_get_exactly_what_the_limit_allows_on_redis(settings: Settings, redis_url: str) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    settings.RATE_LIMIT_ADDRESS = Rate(100, 60)
    cache.clear()
    assert storm("/open") == {200: 100, 429: 100}


# Without the cache


def redis_at(port: int) -> dict[str, Any]:
    """The cache of production, at this port."""
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://:hunter2@127.0.0.1:{port}/0",
            "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
        }
    }


@pytest.fixture
def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.usefixtures("small_service", "no_outage_yet")
def test_a_cache_that_is_down_refuses_nobody(guest: APIClient, settings: Settings, closed_port: int) -> None:
    settings.CACHES, settings.RATE_LIMIT_ADDRESS = redis_at(closed_port), Rate(1, 60)
    assert statuses(guest, "/open", 20) == {200: 20}
    assert not [name for name in HEADERS if name in guest.get("/open")]


@pytest.mark.usefixtures("small_service", "no_outage_yet")
def test_a_cache_that_hangs_is_waited_for_once_and_not_with_every_request(guest: APIClient, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CACHES, settings.RATE_LIMIT_ADDRESS = redis_at(silent.getsockname()[1]), Rate(1, 60)
        begun = time.monotonic()
        assert statuses(guest, "/open", 20) == {200: 20}
        assert time.monotonic() - begun < 2.5  # 20 times 0.25 s would be 5


@pytest.mark.usefixtures("small_service", "no_outage_yet")
def test_a_cache_that_is_back_counts_again(
    guest: APIClient, settings: Settings, closed_port: int, monkeypatch: pytest.MonkeyPatch, clock: SimpleNamespace
) -> None:
    working = settings.CACHES
    settings.CACHES, settings.RATE_LIMIT_ADDRESS = redis_at(closed_port), Rate(1, 60)
    assert statuses(guest, "/open", 3) == {200: 3}
    settings.CACHES = working
    later = time.monotonic() + counters.PAUSE_SECONDS + 1
    monkeypatch.setattr(counters, "monotonic", lambda: later)
    assert statuses(guest, "/open", 3) == {200: 1, 429: 2}


@pytest.mark.usefixtures("small_service", "no_outage_yet")
def test_an_outage_is_one_line_a_minute_without_the_password(
    guest: APIClient,
    settings: Settings,
    closed_port: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.CACHES = redis_at(closed_port)
    begun = time.monotonic()
    with caplog.at_level(logging.DEBUG):
        for seconds in range(0, 120, 2):
            monkeypatch.setattr(counters, "monotonic", lambda now=begun + seconds: now)
            guest.get("/open")
    lines = [record.getMessage() for record in caplog.records if record.name == "common.counters"]
    assert lines == ["the cache does not answer, nothing is limited meanwhile (ConnectionError)"] * 2
    assert "hunter2" not in caplog.text
