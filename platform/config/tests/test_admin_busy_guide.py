"""The guide in the admin site while an import has what somebody wants to change: they are told so, in a moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from common import patience
from common.db import judge_at_once
from config.tests.test_admin_saving import form_of, page_of
from epg.editing import take_turns
from epg.models import Channel, GuideSource, Programme
from epg.tests.factories import ChannelFactory, GuideSourceFactory, ProgrammeFactory
from epg.tests.test_busy_guide import elsewhere, wait_until_somebody_waits
from epg.tests.test_changes_meanwhile import somebody_writes

pytestmark = pytest.mark.django_db(transaction=True)

BUSY = "The guide is being renewed just now. Please try again in a moment."


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than anybody has."""
    monkeypatch.setattr(patience, "PATIENCE", timedelta(milliseconds=200))


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    client = Client()
    client.force_login(carol)
    return client


def told(answer: Any) -> list[str]:
    """What the next page says."""
    assert answer.status_code == 302, answer.status_code
    return [message.message for message in get_messages(answer.wsgi_request)]


def chosen(row: Any, action: str, **more: str) -> tuple[str, dict[str, str]]:
    """An action of a list, for one row."""
    return page_of(row).removesuffix(f"{row.pk}/change/"), {"action": action, "_selected_action": str(row.pk)} | more


def save(row: Any, client: Client) -> Callable[[], Any]:
    address = page_of(row)
    form = form_of(client, address, **{"title" if isinstance(row, Programme) else "name": "Another"})
    return lambda: client.post(address, form)


def delete(row: Any, client: Client) -> Callable[[], Any]:
    return lambda: client.post(page_of(row).replace("/change/", "/delete/"), {"post": "yes"})


def delete_selected(row: Any, client: Client) -> Callable[[], Any]:
    address, action = chosen(row, "delete_selected", post="yes")
    return lambda: client.post(address, action)


@pytest.mark.parametrize("do", [save, delete, delete_selected])
@pytest.mark.parametrize("what", ["programme", "channel"])
def test_nothing_is_done_and_a_sentence_says_why(
    carols: Client, what: str, do: Callable[[Any, Client], Callable[[], Any]]
) -> None:
    programme = ProgrammeFactory.create()
    before = everything()
    send = do(programme if what == "programme" else programme.channel, carols)
    with somebody_writes(lambda: take_turns([programme.channel_id])):
        assert [sentence for sentence in told(send()) if BUSY in sentence]
    assert everything() == before
    send()
    assert everything() != before


def everything() -> list[Any]:
    """The whole guide."""
    return [*Channel.with_deleted.values(), *Programme.objects.values()]


def restore(channel: Channel, client: Client) -> Callable[[], Any]:
    return lambda: client.post(page_of(channel).replace("/change/", "/restore/"))


def restore_selected(channel: Channel, client: Client) -> Callable[[], Any]:
    address, action = chosen(channel, "restore_selected")
    return lambda: client.post(f"{address}?state=deleted", action)


@pytest.mark.parametrize("do", [restore, restore_selected])
def test_a_channel_is_not_given_back_meanwhile(
    carols: Client, do: Callable[[Channel, Client], Callable[[], Any]]
) -> None:
    channel = ChannelFactory.create()
    channel.soft_delete()
    send = do(channel, carols)
    with somebody_writes(lambda: take_turns([channel.id])):
        assert [sentence for sentence in told(send()) if BUSY in sentence]
    assert not Channel.objects.exists()
    send()
    assert Channel.objects.exists()


@pytest.mark.parametrize("do", [delete, delete_selected])
def test_a_source_whose_guide_is_brought_in_is_not_deleted_meanwhile(
    carols: Client, do: Callable[[Any, Client], Callable[[], Any]]
) -> None:
    source = GuideSourceFactory.create()
    channel = ChannelFactory.create()
    send = do(source, carols)

    def bring_in() -> None:
        judge_at_once()
        ProgrammeFactory.create(channel=channel, source=source)

    with somebody_writes(bring_in):
        assert told(send()) == [BUSY]
    assert GuideSource.objects.exists()
    send()
    assert not GuideSource.objects.exists()


@pytest.mark.parametrize("do", [delete, delete_selected])
def test_a_source_is_deleted_where_the_import_ends_in_time(
    carols: Client, do: Callable[[Any, Client], Callable[[], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has come meanwhile refers to it."""
    monkeypatch.setattr(patience, "PATIENCE", timedelta(seconds=10))
    source = GuideSourceFactory.create()
    channel = ChannelFactory.create()
    send = do(source, carols)
    answers: list[Any] = []

    def bring_in() -> None:
        judge_at_once()
        ProgrammeFactory.create(channel=channel, source=source)

    with somebody_writes(bring_in) as commit:
        waiting = threading.Thread(target=lambda: answers.append(elsewhere(send)))
        waiting.start()
        wait_until_somebody_waits()
        commit()
        waiting.join()
    assert [answer.status_code for answer in answers] == [302]
    assert not GuideSource.objects.exists()
    assert Programme.objects.get().source is None
