"""Many channels and a period in one call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from epg import services
from epg.models import Channel, FavouriteChannel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

GRID = "/api/v1/epg/grid"
EIGHT = datetime(2026, 3, 14, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVENING = {"from": "2026-03-14T20:00:00Z", "to": "2026-03-15T00:00:00Z"}


def show(channel: Channel, title: str, start: datetime, length: timedelta = HOUR, **fields: Any) -> Programme:
    return ProgrammeFactory.create(channel=channel, title=title, start_time=start, end_time=start + length, **fields)


def grid(client: APIClient, **query: Any) -> list[tuple[int, list[str]]]:
    """The numbers of the channels, each with the titles of its programmes."""
    answer = client.get(GRID, EVENING | query)
    assert answer.status_code == 200, answer.content
    return [(row["channel"]["channel_number"], [one["title"] for one in row["programs"]]) for row in answer.json()]


def refused(client: APIClient, **query: Any) -> str:
    answer = client.get(GRID, query)
    assert answer.status_code == 422, answer.content
    return str(answer.json()["detail"])


def test_each_channel_comes_with_its_programmes_by_time(guest: APIClient) -> None:
    one, two = ChannelFactory.create(channel_number=1), ChannelFactory.create(channel_number=2)
    show(two, "Film", EIGHT)
    show(one, "Talk", EIGHT + HOUR)
    show(one, "News", EIGHT)
    assert grid(guest) == [(1, ["News", "Talk"]), (2, ["Film"])]


def test_a_row_has_the_shapes_of_the_contract(guest: APIClient) -> None:
    programme = ProgrammeFactory.create()
    (row,) = guest.get(GRID).json()
    (now,) = guest.get("/api/v1/epg/now").json()
    assert list(row) == ["channel", "programs"]
    assert row == {"channel": now["channel"], "programs": [now["current_program"]]}
    assert (row["programs"][0]["id"], row["programs"][0]["is_live"]) == (str(programme.id), True)


def test_what_is_on_at_some_moment_of_the_period_is_in_it(guest: APIClient) -> None:
    channel = ChannelFactory.create(channel_number=1)
    for hours, title in ((-2, "Over"), (-1, "Ends as it begins"), (3, "Runs on"), (5, "Begins later")):
        show(channel, title, EIGHT + hours * HOUR, HOUR * (2 if title == "Runs on" else 1))
    show(channel, "Runs in", EIGHT, HOUR)
    show(channel, "Begins as it ends", EIGHT + 5 * HOUR + HOUR)
    assert grid(guest) == [(1, ["Runs in", "Runs on"])]
    late = {"from": "2026-03-14T20:59:59Z", "to": "2026-03-14T23:00:01Z"}
    assert grid(guest, **late) == [(1, ["Runs in", "Runs on"])]


def test_only_the_channels_that_are_named_come_with_commas_or_one_by_one(guest: APIClient) -> None:
    one, two, three = (ChannelFactory.create(channel_number=number) for number in (1, 2, 3))
    commas = f"{three.id},{one.id},,{one.id}"
    assert grid(guest, channel_ids=commas) == [(1, []), (3, [])]
    assert grid(guest, channel_ids=[two.id, f"{one.id},{uuid4()}"]) == [(1, []), (2, [])]


def test_a_channel_that_is_unknown_deleted_or_switched_off_is_left_out(guest: APIClient) -> None:
    deleted, off = ChannelFactory.create(), ChannelFactory.create(is_active=False)
    deleted.soft_delete()
    assert grid(guest) == []
    assert grid(guest, channel_ids=f"{deleted.id},{off.id},{uuid4()}") == []


def test_channels_come_page_by_page(guest: APIClient) -> None:
    for number in range(1, 6):
        ChannelFactory.create(channel_number=number)
    pages = [[number for number, _ in grid(guest, page_size=2, page=page)] for page in (1, 2, 3, 4)]
    assert pages == [[1, 2], [3, 4], [5], []]


def test_without_a_period_it_is_the_last_half_hour_and_six_hours_more(guest: APIClient) -> None:
    now = timezone.now()
    begin = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    channel = ChannelFactory.create()
    show(channel, "Over", begin - HOUR)
    show(channel, "First", begin, timedelta(minutes=1))
    show(channel, "Last", begin + 6 * HOUR - timedelta(minutes=1), timedelta(minutes=1))
    show(channel, "Later", begin + 6 * HOUR)
    (row,) = guest.get(GRID).json()
    assert [one["title"] for one in row["programs"]] == ["First", "Last"]


def test_a_time_without_an_offset_is_utc(guest: APIClient) -> None:
    show(ChannelFactory.create(channel_number=1), "News", EIGHT)
    assert grid(guest, **{"from": "2026-03-14T20:59", "to": "2026-03-14T21:00"}) == [(1, ["News"])]
    assert grid(guest, **{"from": "2026-03-14T21:59+01:00", "to": "2026-03-14T22:00+01:00"}) == [(1, ["News"])]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"channel_ids": "one"}, "channel_ids.0: Must be a valid UUID."),
        ({"channel_ids": ","}, "channel_ids: No channel is named."),
        ({"from": "soon"}, "from: "),
        ({"to": "2026-03-14"}, "to: "),
        ({"from": "2026-03-14T20:00", "to": "2026-03-14T20:00"}, "to: The period ends before it begins."),
        ({"to": "2020-03-14T20:00"}, "to: The period ends before it begins."),
        ({"from": "2026-03-14T20:00", "to": "2026-03-21T20:01"}, "to: The period is longer than seven days."),
        (
            {"from": "2026-03-14T20:00", "to": "2026-03-16T20:00", "page_size": "500"},
            "page_size: 500 channels for so long are too much",
        ),
        ({"from": "9999-12-31T20:00"}, "from: This is too far away."),
        ({"page": "0"}, "page: "),
        ({"page_size": "501"}, "page_size: "),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_sentence(guest: APIClient, query: dict[str, str], sentence: str) -> None:
    assert refused(guest, **query).startswith(sentence)


def test_more_channels_than_a_line_holds_cannot_be_named(guest: APIClient) -> None:
    assert "no more than 200" in refused(guest, channel_ids=",".join(str(uuid4()) for _ in range(201)))


def test_a_week_of_few_channels_is_not_too_much(guest: APIClient) -> None:
    week = {"from": "2026-03-14T20:00", "to": "2026-03-21T20:00"}
    assert grid(guest, channel_ids=str(ChannelFactory.create(channel_number=1).id), **week) == [(1, [])]
    assert grid(guest, page_size=71, **week) == [(1, [])]


def test_without_a_page_size_it_is_what_the_period_allows(guest: APIClient) -> None:
    ids = [ChannelFactory.create(channel_number=number).id for number in range(1, 75)]
    week = {"from": "2026-03-14T20:00", "to": "2026-03-21T20:00"}
    for query in (week, week | {"channel_ids": ",".join(map(str, ids))}):
        assert [len(grid(guest, page=page, **query)) for page in (1, 2, 3)] == [71, 3, 0]
    assert len(grid(guest)) == 74


def test_an_answer_of_any_size_is_refused(guest: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_IN_A_GRID", 2)
    channel = ChannelFactory.create(channel_number=1)
    for hours in range(2):
        show(channel, "News", EIGHT + hours * HOUR)
    assert grid(guest) == [(1, ["News", "News"])]
    show(channel, "News", EIGHT + 2 * HOUR)
    assert refused(guest, **EVENING) == (
        "There are more than 2 programmes. Ask for fewer channels or a shorter period."
    )


def test_a_profiles_favourites_come_first_and_a_child_sees_nothing_above_its_limit(
    as_user: As, alice: User, charlie: Profile
) -> None:
    one, two = ChannelFactory.create(channel_number=1), ChannelFactory.create(channel_number=2)
    FavouriteChannel.objects.create(profile=charlie, channel=two)
    show(one, "Murder", EIGHT, age_rating="TV-MA")
    show(one, "Unrated", EIGHT + HOUR, age_rating=None)
    show(two, "Sheep", EIGHT, age_rating="TV-Y")
    assert grid(as_user(alice), profile_id=charlie.id) == [(2, ["Sheep"]), (1, [])]


def test_a_guest_sees_no_stream(guest: APIClient, as_user: As, alice: User) -> None:
    ChannelFactory.create(hls_live_url="https://stream.example.com/live.m3u8")
    streams = [client.get(GRID).json()[0]["channel"]["hls_live_url"] for client in (guest, as_user(alice))]
    assert streams == [None, "https://stream.example.com/live.m3u8"]


def test_five_hundred_channels_take_as_many_statements_as_one(guest: APIClient) -> None:
    few, many = statements_with(1, guest), statements_with(499, guest)
    assert few == many == 2


def statements_with(more: int, guest: APIClient) -> int:
    channels = ChannelFactory.create_batch(more)
    Programme.objects.bulk_create(
        Programme(channel=channel, title="Clip", start_time=EIGHT + place * HOUR, end_time=EIGHT + (place + 1) * HOUR)
        for channel in channels
        for place in range(4)
    )
    with CaptureQueriesContext(connection) as statements:
        rows = grid(guest)
    assert [titles for _, titles in rows] == [["Clip"] * 4] * Channel.objects.count()
    return len(statements)


def test_many_programmes_are_written_as_each_of_them_would_be(guest: APIClient) -> None:
    programme = show(
        ChannelFactory.create(), "News", EIGHT, sub_title="At eight", synopsis="…", season_number=1, is_new=True
    )
    (row,) = guest.get(GRID, EVENING).json()
    one = guest.get(f"/api/v1/epg/programs/{programme.id}").json()
    assert row["programs"] == [{name: one[name] for name in row["programs"][0]}]
