"""Many players that start in the same moment: an account never has more streams than it may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import User
from catalog.tests.factories import TitleFactory
from viewing.models import StreamSession

if TYPE_CHECKING:
    from pytest_django import Settings
    from rest_framework.test import APIClient

    from conftest import As

pytestmark = pytest.mark.django_db(transaction=True)

SESSIONS = "/api/v1/viewing/sessions"


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What the calls return, each made in a thread and on a connection of its own in the same moment."""
    together = Barrier(len(calls))

    def make(call: Callable[[], Any]) -> Any:
        try:
            together.wait(timeout=20)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(make, calls))


def starting(player: APIClient, body: dict[str, str]) -> Callable[[], Any]:
    return lambda: player.post(SESSIONS, body)


def coming_back(player: APIClient, stream_id: object) -> Callable[[], Any]:
    return lambda: player.put(f"{SESSIONS}/{stream_id}/heartbeat")


@pytest.mark.parametrize("limit", [1, 2])
def test_of_twenty_that_start_at_once_as_many_play_as_may(
    alice: User, as_user: As, settings: Settings, limit: int
) -> None:
    settings.STREAM_LIMIT = limit
    body = {"title_id": str(TitleFactory.create().id)}
    answers = at_once([starting(as_user(alice), body) for _ in range(20)])
    assert Counter(answer.status_code for answer in answers) == {201: limit, 429: 20 - limit}
    playing = {answer.json()["session_id"] for answer in answers if answer.status_code == 201}
    for refused in (answer.json() for answer in answers if answer.status_code == 429):
        assert refused["limit"] == limit
        assert {row["session_id"] for row in refused["active_sessions"]} == playing
    assert StreamSession.objects.going_on().count() == limit


def test_a_place_that_fell_silent_goes_to_one_of_all_who_ask(alice: User, as_user: As, settings: Settings) -> None:
    """Or stays with whom it belongs to, who comes back in the same moment: never both."""
    settings.STREAM_LIMIT = 1
    body = {"title_id": str(TitleFactory.create().id)}
    starting(as_user(alice), body)()
    for _ in range(5):
        StreamSession.objects.going_on().update(last_heartbeat_at=timezone.now() - timedelta(hours=1))
        silent = StreamSession.objects.going_on().get().id
        calls = [coming_back(as_user(alice), silent), *(starting(as_user(alice), body) for _ in range(4))]
        heard, *answers = at_once(calls)
        assert Counter(answer.status_code for answer in answers)[201] <= 1
        (playing,) = StreamSession.objects.going_on()
        assert playing.id != silent or heard.status_code == 200
