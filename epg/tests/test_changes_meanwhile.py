"""Nothing is missed while somebody else is still writing: two real connections."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
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


def told_in_pages(guest: APIClient, place: str, limit: int) -> tuple[list[str], str]:
    """All that changed, page after page as long as there is more, and where to go on."""
    told: list[str] = []
    for _page in range(100):
        answer = guest.get(CHANGES, {"since": place, "limit": str(limit)}).json()
        told, place = told + [one["title"] for one in answer["changed"]], answer["next"]
        if not answer["more"]:
            return told, place
    raise AssertionError("There is always more.")


@pytest.mark.parametrize("limit", [1, 2, 4, 5])
def test_who_follows_the_pages_is_told_all_while_somebody_writes_and_then_the_rest(
    guest: APIClient, limit: int
) -> None:
    slow, quick = ChannelFactory.create(), ChannelFactory.create()
    _, place = ask(guest)
    with somebody_writes(lambda: add(slow, "From a long import", 1)) as commit:
        by_staff = [add(quick, f"From the staff {hours}", hours).title for hours in range(1, 6)]
        for _poll in range(2):
            told, place = told_in_pages(guest, place, limit)
            assert told == by_staff
        commit()
    told, place = told_in_pages(guest, place, limit)
    assert sorted(told) == sorted(["From a long import", *by_staff])
    assert told_in_pages(guest, place, limit)[0] == []


def test_what_comes_in_between_two_pages_is_told_after_the_last(guest: APIClient) -> None:
    slow, quick = ChannelFactory.create(), ChannelFactory.create()
    _, place = ask(guest)
    with somebody_writes(lambda: add(slow, "From a long import", 1)) as commit:
        for hours in range(1, 4):
            add(quick, f"From the staff {hours}", hours)
        _, place = ask(guest, place, limit=2)
        commit()
    told, place = told_in_pages(guest, place, 2)
    assert told == ["From the staff 3"]
    assert "From a long import" in told_in_pages(guest, place, 2)[0]


class Keeper:
    """A client that keeps the guide by what it is told, one answer at a time."""

    def __init__(self, guest: APIClient, chance: random.Random) -> None:
        self.guest, self.chance = guest, chance
        self.programmes: dict[str, tuple[str, str]] = {}
        self.next = ask(guest)[1]

    def ask(self) -> bool:
        """Whether there is more at once."""
        answer = self.guest.get(CHANGES, {"since": self.next, "limit": str(self.chance.randint(1, 4))}).json()
        for one in answer["removed"]:
            self.programmes.pop(one["id"], None)
        self.programmes |= {one["id"]: (one["title"], one["start_time"]) for one in answer["changed"]}
        self.next = answer["next"]
        return bool(answer["more"])


def edit(channel: Channel, chance: random.Random, number: int) -> None:
    """Add, rename, move or take off, on a channel of which hours are free."""
    programmes = list(Programme.objects.of_channel(channel.id))
    if not programmes or chance.random() < 0.4:
        add(channel, f"Programme {number}", 100 + 10 * number)
        return
    one = chance.choice(programmes)
    if chance.random() < 0.4:
        editing.delete_programme(programme_id=one.id)
    else:
        later: dict[str, Any] = {"start_time": one.start_time + HOUR, "end_time": one.end_time + HOUR}
        fields = chance.choice([{"title": f"Renamed {number}"}, later])
        editing.change_programme(programme_id=one.id, fields=fields)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_edited_while_somebody_writes_a_client_has_the_guide_in_the_end(
    guest: APIClient, seed: int
) -> None:
    chance = random.Random(seed)
    slow, quick = ChannelFactory.create(), ChannelFactory.create()
    client = Keeper(guest, chance)
    for round_ in range(4):

        def write(of: int = 10 * round_) -> None:
            for number in range(3):
                edit(slow, chance, of + number)

        with somebody_writes(write) as commit:
            commits_at = chance.randrange(12)
            for number in range(12):
                if number == commits_at:
                    commit()
                edit(quick, chance, 12 * round_ + number)
                if chance.random() < 0.5:
                    client.ask()
    while client.ask():
        pass
    while client.ask():
        pass
    there = Programme.objects.values_list("id", "title", "start_time")
    assert {key: title for key, (title, _) in client.programmes.items()} == {str(key): title for key, title, _ in there}
    starts = {key: datetime.fromisoformat(start) for key, (_, start) in client.programmes.items()}
    assert starts == {str(key): start for key, _, start in there}


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
