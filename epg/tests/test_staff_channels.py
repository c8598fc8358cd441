"""Staff look after the channels through the API (contract 2.11)."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from common.constraints import constraint_of
from common.errors import DomainError
from conftest import As, WithKey
from epg import editing
from epg.api.staff.serializers import ChannelBody
from epg.models import Channel
from epg.tests.factories import ChannelFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

CHANNELS = "/api/v1/admin/channels"
# The contract's, and what the service has beyond it.
ROW = {"id", "name", "channel_number", "logo_url", "genre", "is_hd", "is_favorite", "hls_live_url"}
BEYOND = {"country", "languages", "catchup_window_hours", "is_active", "external_ids"}


@pytest.fixture
def client(guide_editor: User, as_user: As) -> APIClient:
    """The guide editor's."""
    return as_user(guide_editor)


def test_the_channels_come_as_a_bare_list_by_number(client: APIClient) -> None:
    for number in (7, 1, 30):
        ChannelFactory.create(channel_number=number)
    rows = client.get(CHANNELS).json()
    assert [row["channel_number"] for row in rows] == [1, 7, 30]
    assert set(rows[0]) == ROW | BEYOND


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
        "country": "NO",
        "languages": ["no", "en"],
        "catchup_window_hours": 24,
        "is_active": False,
        "external_ids": ["101", "one.demo"],
    }
    answer = client.post(CHANNELS, body)
    assert answer.status_code == 201
    assert answer.json() == body | {"id": answer.json()["id"], "is_favorite": False}


@pytest.mark.parametrize("empty", ["", None])
def test_a_channel_with_only_what_is_required(client: APIClient, empty: str | None) -> None:
    body = {"name": "One", "channel_number": 1, "logo_url": empty, "genre": empty, "hls_live_url": empty}
    row = client.post(CHANNELS, body).json()
    assert (row["is_hd"], row["logo_url"], row["genre"], row["hls_live_url"]) == (True, None, None, None)
    assert {name: row[name] for name in BEYOND} == NOTHING_BEYOND


NOTHING_BEYOND: dict[str, Any] = {
    "country": None,
    "languages": [],
    "catchup_window_hours": 168,
    "is_active": True,
    "external_ids": [],
}


def test_what_may_be_left_empty_may_be_null() -> None:
    body = ChannelBody(data={"name": "One", "channel_number": 1} | dict.fromkeys(BEYOND))
    assert body.is_valid()
    assert {name: body.validated_data.get(name) for name in BEYOND} == {
        "country": None,
        "languages": [],
        "catchup_window_hours": None,
        "is_active": None,
        "external_ids": [],
    }
    assert not {"catchup_window_hours", "is_active"} & set(body.validated_data)


def test_countries_and_languages_are_kept_as_the_standards_have_them(client: APIClient) -> None:
    body = {"name": "One", "channel_number": 1, "country": "uk", "languages": ["eng", "English", "cym"]}
    row = client.post(CHANNELS, body).json()
    assert (row["country"], row["languages"]) == ("GB", ["en", "cy"])


def test_the_forms_of_the_admin_site_keep_countries_and_languages_the_same_way() -> None:
    channel = ChannelFactory.build(country="uk", languages=["eng", "English", "cym"])
    channel.full_clean()
    assert (channel.country, channel.languages) == ("GB", ["en", "cy"])
    for wrong in ({"country": "N1"}, {"languages": ["Klingonese"]}):
        with pytest.raises(ValidationError) as refused:
            ChannelFactory.build(**wrong).full_clean()
        assert set(refused.value.message_dict) == set(wrong)


def external_ids(client: APIClient, channel: Channel, *values: str) -> Any:
    """The answer to giving the channel these and no others."""
    return client.put(f"{CHANNELS}/{channel.id}", {"external_ids": list(values)})


def test_external_ids_replace_those_there_are(client: APIClient) -> None:
    channel = ChannelFactory.create()
    assert external_ids(client, channel, "b", "a", "b").json()["external_ids"] == ["a", "b"]
    kept = channel.external_ids.get(value="b")
    assert external_ids(client, channel, "c", "b").json()["external_ids"] == ["b", "c"]
    assert channel.external_ids.get(value="b") == kept
    assert client.put(f"{CHANNELS}/{channel.id}", {"name": "Another"}).json()["external_ids"] == ["b", "c"]
    assert external_ids(client, channel).json()["external_ids"] == []


def test_an_external_id_of_another_channel_is_a_conflict_that_names_it(client: APIClient) -> None:
    owner = ChannelFactory.create(name="Owner", channel_number=7)
    other = ChannelFactory.create(channel_number=8)
    external_ids(client, owner, "one.demo")
    for answer in (
        external_ids(client, other, "new", "one.demo"),
        client.post(CHANNELS, {"name": "New", "channel_number": 99, "external_ids": ["one.demo"]}),
    ):
        assert answer.status_code == 409
        assert answer.json() == {
            "detail": '"one.demo" is an external id of the channel 7 Owner.',
            "code": "external_id_taken",
            "channel": {"id": str(owner.id), "name": "Owner"},
        }
    assert Channel.objects.count() == 2
    assert not other.external_ids.exists()


def test_an_external_id_of_a_deleted_channel_may_be_taken(client: APIClient) -> None:
    gone, other = ChannelFactory.create(), ChannelFactory.create()
    external_ids(client, gone, "one.demo")
    gone.soft_delete()
    assert external_ids(client, other, "one.demo").json()["external_ids"] == ["one.demo"]


def test_the_list_of_channels_takes_as_many_statements_for_many_as_for_one(client: APIClient) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(CHANNELS)
        return len(captured)

    external_ids(client, ChannelFactory.create(), "a")
    before = statements()
    for number in range(30):
        external_ids(client, ChannelFactory.create(), f"b{number}", f"c{number}")
    assert statements() == before


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
        {"country": "Norway"},
        {"country": "N1"},
        {"languages": ["Klingonese"]},
        {"languages": "no"},
        {"languages": ["no"] * 21},
        {"catchup_window_hours": -1},
        {"catchup_window_hours": 8785},
        {"catchup_window_hours": "week"},
        {"is_active": "perhaps"},
        {"external_ids": "one.demo"},
        {"external_ids": [""]},
        {"external_ids": ["x" * 256]},
        {"external_ids": [str(number) for number in range(501)]},
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


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_one_external_id_at_once_one_gets_it_and_the_others_a_conflict() -> None:
    channels = iter([ChannelFactory.create() for _ in range(8)])

    def change() -> None:
        editing.change_channel(channel_id=next(channels).id, fields={"external_ids": ["one.demo", "two.demo"]})

    assert at_once(8, change) == {"ok": 1, "external_id_taken": 7}


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
