"""Requests over the web while an import has what they want: they wait a moment and are told to try again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, User
from common import patience
from conftest import As
from epg.editing import take_turns
from epg.models import Channel, Programme, Reminder
from epg.reminders import let_go
from epg.tests.factories import ChannelFactory, ProgrammeFactory, remind
from epg.tests.test_changes_meanwhile import somebody_writes

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
CHANNELS = "/api/v1/admin/channels"
SCHEDULE = "/api/v1/admin/schedule"
BUSY = "The guide is being renewed just now. Please try again in a moment."


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than anybody has."""
    monkeypatch.setattr(patience, "PATIENCE", timedelta(milliseconds=200))


@pytest.fixture
def client(guide_editor: User, as_user: As) -> APIClient:
    """The guide editor's."""
    return as_user(guide_editor)


def put_on(client: APIClient, programme: Programme) -> Any:
    times = {"start_time": programme.end_time, "end_time": programme.end_time + HOUR}
    return client.post(SCHEDULE, {"channel_id": str(programme.channel_id), "title": "Film"} | times, format="json")


def change(client: APIClient, programme: Programme) -> Any:
    return client.put(f"{SCHEDULE}/{programme.id}", {"title": "Late news"})


def move_there(client: APIClient, programme: Programme) -> Any:
    other = ProgrammeFactory.create(start_time=programme.end_time)
    return client.put(f"{SCHEDULE}/{other.id}", {"channel_id": str(programme.channel_id)})


def take_off(client: APIClient, programme: Programme) -> Any:
    return client.delete(f"{SCHEDULE}/{programme.id}")


def replace(client: APIClient, programme: Programme) -> Any:
    period = {"from": programme.start_time, "to": programme.end_time, "programs": []}
    return client.put(f"{CHANNELS}/{programme.channel_id}/schedule", period, format="json")


def rename(client: APIClient, programme: Programme) -> Any:
    return client.put(f"{CHANNELS}/{programme.channel_id}", {"name": "Another name"})


def delete(client: APIClient, programme: Programme) -> Any:
    return client.delete(f"{CHANNELS}/{programme.channel_id}")


def restore(client: APIClient, programme: Programme) -> Any:
    return client.post(f"{CHANNELS}/{programme.channel_id}/restore")


@pytest.mark.parametrize("edit", [put_on, change, move_there, take_off, replace, rename, delete, restore])
def test_staff_are_told_that_the_guide_is_busy(client: APIClient, edit: Callable[[APIClient, Programme], Any]) -> None:
    programme = ProgrammeFactory.create(title="News")
    channel = list(Channel.with_deleted.values())
    with somebody_writes(lambda: take_turns([programme.channel_id])):
        answer = edit(client, programme)
    assert (answer.status_code, answer.json()) == (409, {"detail": BUSY, "code": "guide_busy"})
    assert list(Channel.with_deleted.filter(id=programme.channel_id).values()) == channel
    assert [row.title for row in Programme.objects.of_channel(programme.channel_id)] == ["News"]
    assert edit(client, programme).status_code < 300


def test_a_number_that_an_import_may_give_to_a_channel_is_not_waited_for(client: APIClient) -> None:
    with somebody_writes(lambda: ChannelFactory.create(channel_number=7)):
        answer = client.post(CHANNELS, {"name": "Seven", "channel_number": 7})
        assert (answer.status_code, answer.json()["code"]) == (409, "guide_busy")
        assert client.post(CHANNELS, {"name": "Eight", "channel_number": 8}).status_code == 201
    assert client.post(CHANNELS, {"name": "Seven", "channel_number": 7}).json()["code"] == "channel_number_taken"


def test_who_works_at_the_terminal_waits_as_long_as_it_takes(db: None) -> None:
    """Purging takes turns, too, and nobody waits for it."""
    with transaction.atomic(), CaptureQueriesContext(connection) as statements:
        take_turns([ChannelFactory.create().id])
    assert not [query for query in statements if "lock_timeout" in query["sql"]]


def test_the_patience_ends_with_the_request(client: APIClient) -> None:
    rename(client, ProgrammeFactory.create())
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


class TestTakingBackAReminder:
    """While an import lets go of it, and nobody knows yet whether the programme stays."""

    @pytest.fixture
    def reminder(self, alices: Profile) -> Reminder:
        """Alice's, of the news."""
        return remind(alices, ProgrammeFactory.create(title="News", start_time=timezone.now() + HOUR))

    @pytest.fixture
    def take_back(self, alices: Profile, as_user: As, reminder: Reminder) -> Callable[[], Any]:
        """By the programme, as apps do."""
        client, address = as_user(alices.user), f"/api/v1/epg/reminders/{reminder.programme_id}"
        return lambda: client.delete(f"{address}?profile_id={alices.id}")

    def test_it_is_refused_while_the_import_is_at_work(self, reminder: Reminder, take_back: Callable[[], Any]) -> None:
        with somebody_writes(lambda: remove(reminder)):
            answer = take_back()
        assert (answer.status_code, answer.json()) == (409, {"detail": BUSY, "code": "guide_busy"})
        assert Reminder.objects.get().programme_id is None

    def test_it_goes_where_the_import_ends_in_time(
        self, reminder: Reminder, take_back: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By the time that it can be deleted it has lost the programme it was found by."""
        monkeypatch.setattr(patience, "PATIENCE", timedelta(seconds=10))
        with somebody_writes(lambda: remove(reminder)) as commit:
            answers = []
            waiting = threading.Thread(target=lambda: answers.append(elsewhere(take_back)))
            waiting.start()
            wait_until_somebody_waits()
            commit()
            waiting.join()
        assert [answer.status_code for answer in answers] == [204]
        assert not Reminder.objects.exists()


@pytest.mark.parametrize("address", ["/api/v1/auth/profiles/{}", "/api/v1/auth/me"])
def test_nobody_waits_to_leave(alices: Profile, charlie: Profile, as_user: As, address: str) -> None:
    """A profile takes its reminders along, and an import may have one of them."""
    reminder = remind(alices, ProgrammeFactory.create(start_time=timezone.now() + HOUR))
    alices.user.set_password("a long password")
    alices.user.save()

    def leave() -> Any:
        body = {"password": "a long password"}
        return as_user(alices.user).delete(address.format(alices.id), body, format="json")

    with somebody_writes(lambda: remove(reminder)):
        answer = leave()
        assert (answer.status_code, answer.json()["code"]) == (409, "busy")
    assert Profile.objects.filter(id__in=(alices.id, charlie.id)).count() == 2
    assert leave().status_code == 204


def remove(reminder: Reminder) -> None:
    programme = Programme.objects.get(reminders=reminder)
    let_go([programme])
    Programme.objects.filter(id=programme.id).delete()


def elsewhere(call: Callable[[], Any]) -> Any:
    """On the connection of another thread."""
    try:
        return call()
    finally:
        connection.close()


def wait_until_somebody_waits() -> None:
    """For a lock."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    pytest.fail("nobody waits")
