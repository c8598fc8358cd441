"""Nothing is missed while somebody else is still writing: two real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from epg import editing
from epg.models import Channel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db(transaction=True)

CHANGES = "/api/v1/epg/changes"
HOUR = timedelta(hours=1)


@contextmanager
def somebody_writes(write: Callable[[], Any]) -> Iterator[Callable[[], None]]:
    """Another connection that has written and not committed; call what it gives to let it commit."""
    written, may_end = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                write()
                written.set()
                may_end.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=work)

    def end() -> None:
        may_end.set()
        thread.join()

    thread.start()
    assert written.wait(20)
    yield end
    end()


def ask(guest: APIClient, since: str | None = None, **query: Any) -> tuple[list[str], str]:
    """The titles that changed, and where to go on."""
    answer = guest.get(CHANGES, query | ({"since": since} if since else {}))
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return [one["title"] for one in body["changed"]], body["next"]


def add(channel: Channel, title: str, hours: int) -> Programme:
    start = timezone.now() + hours * HOUR
    fields = {"title": title, "start_time": start, "end_time": start + HOUR}
    return editing.create_programme(channel_id=channel.id, fields=fields)


def test_what_was_written_before_and_committed_after_others_is_told(guest: APIClient) -> None:
    slow, quick = ChannelFactory.create(), ChannelFactory.create()
    _, place = ask(guest)
    with somebody_writes(lambda: add(slow, "From a long import", 1)) as commit:
        add(quick, "From the staff", 1)
        told, place = ask(guest, place)
        assert told == ["From the staff"]
        commit()
    told, place = ask(guest, place)
    assert "From a long import" in told
    assert ask(guest, place)[0] == []


def test_who_loads_the_guide_while_somebody_writes_is_told_what_was_not_in_it(guest: APIClient) -> None:
    channel = ChannelFactory.create()
    with somebody_writes(lambda: add(channel, "From a long import", 1)) as commit:
        _, place = ask(guest)
        (row,) = guest.get("/api/v1/epg/grid").json()
        assert row["programs"] == []
        commit()
    assert ask(guest, place)[0] == ["From a long import"]


def test_a_full_page_does_not_lead_past_what_is_still_to_come(guest: APIClient) -> None:
    slow, quick = ChannelFactory.create(), ChannelFactory.create()
    _, place = ask(guest)
    with somebody_writes(lambda: add(slow, "From a long import", 1)) as commit:
        for hours in range(1, 4):
            add(quick, f"From the staff {hours}", hours)
        _, place = ask(guest, place, limit=2)
        commit()
    told: list[str] = []
    for _ in range(3):
        more, place = ask(guest, place, limit=2)
        told += more
    assert "From a long import" in told


def test_what_is_taken_off_by_a_long_transaction_is_told(guest: APIClient) -> None:
    programme = ProgrammeFactory.create()
    _, place = ask(guest)
    with somebody_writes(lambda: editing.delete_programme(programme_id=programme.id)) as commit:
        place = ask(guest, place)[1]
        commit()
    removed = guest.get(CHANGES, {"since": place}).json()["removed"]
    assert [one["id"] for one in removed] == [str(programme.id)]


def test_a_channel_that_a_long_transaction_takes_out_of_view_is_told(guest: APIClient) -> None:
    channel = ChannelFactory.create()
    _, place = ask(guest)
    off = {"is_active": False}
    with somebody_writes(lambda: editing.change_channel(channel_id=channel.id, fields=off)) as commit:
        place = ask(guest, place)[1]
        commit()
    assert guest.get(CHANGES, {"since": place}).json()["reload_channels"] == [str(channel.id)]
