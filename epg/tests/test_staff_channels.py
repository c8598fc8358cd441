"""Staff look after the channels through the API (contract 2.11)."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from accounts.models import User
from common.constraints import constraint_of
from common.errors import DomainError
from conftest import As, WithKey
from epg import editing
from epg.models import Channel
from epg.tests.factories import ChannelFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

CHANNELS = "/api/v1/admin/channels"
ROW = {"id", "name", "channel_number", "logo_url", "genre", "is_hd", "is_favorite", "hls_live_url"}


@pytest.fixture
def client(guide_editor: User, as_user: As) -> APIClient:
    """The guide editor's."""
    return as_user(guide_editor)


def test_the_channels_come_as_a_bare_list_by_number(client: APIClient) -> None:
    for number in (7, 1, 30):
        ChannelFactory.create(channel_number=number)
    rows = client.get(CHANNELS).json()
    assert [row["channel_number"] for row in rows] == [1, 7, 30]
    assert set(rows[0]) == ROW


def test_a_form_gets_what_was_entered_and_no_drawn_logo(client: APIClient, with_key: WithKey) -> None:
    ChannelFactory.create(logo_url=None, hls_live_url="https://stream.example.com/1.m3u8")
    for asker in (client, with_key("epg:read")):
        (row,) = asker.get(CHANNELS).json()
        assert (row["logo_url"], row["hls_live_url"]) == (None, "https://stream.example.com/1.m3u8")


def test_a_channel_with_everything(client: APIClient) -> None:
    body = {
        "name": "Marquee One",
        "channel_number": 1,
        "logo_url": "https://pictures.example.com/1.png",
        "genre": "News",
        "is_hd": False,
        "hls_live_url": "https://stream.example.com/1.m3u8",
    }
    answer = client.post(CHANNELS, body)
    assert answer.status_code == 201
    assert answer.json() == body | {"id": answer.json()["id"], "is_favorite": False}


@pytest.mark.parametrize("empty", ["", None])
def test_a_channel_with_only_what_is_required(client: APIClient, empty: str | None) -> None:
    body = {"name": "One", "channel_number": 1, "logo_url": empty, "genre": empty, "hls_live_url": empty}
    row = client.post(CHANNELS, body).json()
    assert (row["is_hd"], row["logo_url"], row["genre"], row["hls_live_url"]) == (True, None, None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": None},
        {"name": "x" * 201},
        {"channel_number": 0},
        {"channel_number": -1},
        {"channel_number": 2**31},
        {"channel_number": None},
        {"channel_number": "one"},
        {"genre": "x" * 51},
        {"logo_url": "/" + "x" * 500},
        {"logo_url": "javascript:alert(1)"},
        {"hls_live_url": "file:///etc/passwd"},
        {"is_hd": "perhaps"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_sentence(client: APIClient, wrong: dict[str, Any]) -> None:
    channel = ChannelFactory.create(channel_number=5)
    for answer in (
        client.post(CHANNELS, {"name": "One", "channel_number": 1} | wrong),
        client.put(f"{CHANNELS}/{channel.id}", wrong),
    ):
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(next(iter(wrong)))
    assert Channel.objects.count() == 1


def test_a_number_that_is_taken_is_a_conflict(client: APIClient) -> None:
    ChannelFactory.create(channel_number=1)
    other = ChannelFactory.create(channel_number=2)
    for answer in (
        client.post(CHANNELS, {"name": "One", "channel_number": 1}),
        client.put(f"{CHANNELS}/{other.id}", {"channel_number": 1}),
    ):
        assert answer.status_code == 409
        assert answer.json() == {"detail": "Another channel has this number.", "code": "channel_number_taken"}
    assert client.put(f"{CHANNELS}/{other.id}", {"channel_number": 2}).status_code == 200


def test_only_what_is_sent_changes(client: APIClient) -> None:
    channel = ChannelFactory.create(name="Before", is_hd=False, genre="News", logo_url="/l.png")
    (before,) = client.get(CHANNELS).json()
    assert client.put(f"{CHANNELS}/{channel.id}", {"name": "After"}).json() == before | {"name": "After"}
    assert client.put(f"{CHANNELS}/{channel.id}", {"genre": "", "is_hd": None}).json() == before | {
        "name": "After",
        "genre": None,
    }


def test_a_deleted_channel_is_gone_with_its_schedule_and_can_be_given_back(
    client: APIClient, guide_editor: User, guest: APIClient, alice: User, as_user: As
) -> None:
    channel = ProgrammeFactory.create().channel
    answer = client.delete(f"{CHANNELS}/{channel.id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(CHANNELS).json() == as_user(alice).get("/api/v1/epg/channels").json() == []
    assert guest.get("/api/v1/epg/now").json() == []
    assert Channel.with_deleted.get().deleted_by == guide_editor
    assert client.post(f"{CHANNELS}/{channel.id}/restore").json()["id"] == str(channel.id)
    assert len(guest.get("/api/v1/epg/now").json()) == 1


def test_the_number_of_a_deleted_channel_is_free_and_then_it_cannot_be_restored(client: APIClient) -> None:
    old = ChannelFactory.create(channel_number=1)
    client.delete(f"{CHANNELS}/{old.id}")
    assert client.post(CHANNELS, {"name": "New", "channel_number": 1}).status_code == 201
    answer = client.post(f"{CHANNELS}/{old.id}/restore")
    assert (answer.status_code, answer.json()["code"]) == (409, "taken_meanwhile")


def test_what_is_not_there_is_not_found(client: APIClient) -> None:
    gone = ChannelFactory.create()
    gone.soft_delete()
    for channel_id in (uuid.uuid4(), gone.id):
        assert client.put(f"{CHANNELS}/{channel_id}", {"name": "A"}).status_code == 404
        assert client.delete(f"{CHANNELS}/{channel_id}").status_code == 404
    assert client.post(f"{CHANNELS}/{uuid.uuid4()}/restore").status_code == 404


def test_an_unforeseen_conflict_is_not_hidden() -> None:
    channel = ChannelFactory.create()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Channel.objects.create(id=channel.id, channel_number=99)
    assert constraint_of(caught.value) == "epg_channel_pkey"
    with pytest.raises(IntegrityError):
        editing.create_channel(fields={"id": channel.id, "channel_number": 99})


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_one_number_at_once_one_gets_it_and_the_others_a_conflict() -> None:
    outcomes = at_once(8, lambda: editing.create_channel(fields={"name": "One", "channel_number": 1}))
    assert outcomes == {"ok": 1, "channel_number_taken": 7}


def at_once(times: int, change: Any) -> Counter[str]:
    """What became of so many tries in as many threads."""
    barrier, outcomes = threading.Barrier(times), Counter[str]()

    def attempt() -> None:
        barrier.wait()
        try:
            change()
            outcomes["ok"] += 1
        except DomainError as error:
            outcomes[error.default_code] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it would be a 500
            outcomes[repr(error)] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
