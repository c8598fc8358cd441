"""Every operation of the API is limited, but for those where a refusal would break what somebody is watching."""

from __future__ import annotations

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Profile
from common.api.throttles import AddressThrottle, UserThrottle
from common.api.views import ApiView
from common.rates import Rate
from config.tests.operations import operations, routes, view_class
from conftest import As

SESSIONS = "/api/v1/viewing/sessions"
BOOKMARKS = "/api/v1/viewing/bookmarks"
# Operations that are never refused to an account for their frequency, each with its reason.
EXEMPT = {
    ("PUT", BOOKMARKS): "players report every few seconds for as long as they play",
    ("PUT", f"{BOOKMARKS}/batch"): "what a player saved up while it was offline would be lost",
    ("POST", SESSIONS): "at a 429 players show that every place is taken (contract 1.5)",
    ("GET", SESSIONS): "who is told that every place is taken looks here whom to stop",
    ("PUT", f"{SESSIONS}/{{stream_id}}/heartbeat"): "players report every 30 seconds, and lose their place otherwise",
    ("DELETE", f"{SESSIONS}/{{stream_id}}"): "a place that is not given back keeps somebody else from playing",
}


def exempt() -> set[tuple[str, str]]:
    """The operations whose views opt out."""
    views = {path: view_class(view) for path, view in routes("/api/")}
    return {(method, path) for method, path in operations() if not views[path].is_rate_limited}


def test_every_view_of_the_api_counts_its_callers() -> None:
    assert not [path for path, view in routes("/api/") if not issubclass(view_class(view), ApiView)]


def test_every_view_of_the_api_counts_addresses_and_accounts() -> None:
    for path, view in routes("/api/"):
        assert {AddressThrottle, UserThrottle} <= set(view_class(view).throttle_classes), path


def test_playing_is_never_refused_for_its_frequency() -> None:
    playing = {(method, path) for method, path in operations() if path == BOOKMARKS or path.startswith(SESSIONS)}
    assert playing
    assert playing <= exempt()


def test_every_operation_that_is_not_limited_is_listed_with_its_reason() -> None:
    assert exempt() == set(EXEMPT)


@pytest.mark.django_db
def test_a_player_that_reports_beyond_every_limit_is_heard(alices: Profile, as_user: As, settings: Settings) -> None:
    settings.RATE_LIMIT_ADDRESS = settings.RATE_LIMIT_USER = Rate(1, 3_600)
    player = as_user(alices.user)
    assert {player.put(f"{BOOKMARKS}?profile_id={alices.pk}", {}).status_code for _ in range(5)} == {422}


@pytest.mark.parametrize("header", ["", "Bearer not-a-token", "Api-Key no.key"])
@pytest.mark.django_db
def test_a_flood_of_bad_tokens_at_a_players_address_is_refused(
    guest: APIClient, settings: Settings, header: str
) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(2, 3_600)
    answers = [guest.put(BOOKMARKS, {}, HTTP_AUTHORIZATION=header).status_code for _ in range(4)]
    assert answers == [401, 401, 429, 429]


@pytest.mark.parametrize("address", ["/api/v1/schema", "/api/v1/docs", "/api/v1/catalog/genres"])
@pytest.mark.django_db
def test_the_description_of_the_api_is_limited_too(guest: APIClient, settings: Settings, address: str) -> None:
    settings.RATE_LIMIT_ADDRESS = Rate(1, 3_600)
    assert guest.get(address)["X-RateLimit-Remaining"] == "0"
    assert guest.get(address).status_code == 429
