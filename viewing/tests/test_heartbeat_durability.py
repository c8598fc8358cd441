"""An answered heartbeat is on the disk, unless the operator has chosen otherwise for heartbeats, and only for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.tests.factories import TitleFactory
from conftest import As
from viewing.models import Bookmark

pytestmark = pytest.mark.django_db(transaction=True)


def waits_for_the_disk() -> bool:
    """Whether what is committed now is on the disk before anybody hears of it."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return bool(cursor.fetchone()[0] == "on")


@pytest.fixture
def client(alice: User, as_user: As) -> APIClient:
    return as_user(alice)


def play(client: APIClient, profile: Profile, film: Any, position: int) -> Any:
    body = {"content_type": "movie", "content_id": str(film.id), "position_seconds": position}
    address = f"/api/v1/viewing/bookmarks?profile_id={profile.id}"
    return client.put(address, body | {"duration_seconds": 7_200})


@pytest.mark.parametrize("durable", [True, False], ids=["durable", "not durable"])
def test_a_heartbeat_waits_for_the_disk_unless_it_need_not(
    client: APIClient, alices: Profile, settings: Settings, durable: bool
) -> None:
    film = TitleFactory.create()
    play(client, alices, film, 600)
    settings.HEARTBEAT_DURABLE = durable
    with transaction.atomic():
        assert waits_for_the_disk()
        assert play(client, alices, film, 630).status_code == 200
        assert waits_for_the_disk() is durable
    assert waits_for_the_disk()
    assert Bookmark.objects.get().position_seconds == 630


def test_nothing_else_is_meant(client: APIClient, alices: Profile, settings: Settings) -> None:
    settings.HEARTBEAT_DURABLE = False
    with transaction.atomic():
        assert play(client, alices, TitleFactory.create(), 600).status_code == 200  # its first; a play begins
        body = {"title_id": str(TitleFactory.create().id), "rating": 1}
        assert client.post(f"/api/v1/viewing/ratings?profile_id={alices.id}", body).status_code == 200
        assert waits_for_the_disk()


def test_it_is_durable_unless_somebody_says_otherwise(settings: Settings) -> None:
    assert settings.HEARTBEAT_DURABLE is True


def test_it_costs_no_statement(client: APIClient, alices: Profile, settings: Settings) -> None:
    film = TitleFactory.create()
    play(client, alices, film, 600)
    settings.HEARTBEAT_DURABLE = False
    with CaptureQueriesContext(connection) as captured:
        play(client, alices, film, 630)
    assert len(captured) == 2
