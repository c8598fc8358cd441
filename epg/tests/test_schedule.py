"""A channel's day (contract 2.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from epg.models import Channel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

SATURDAY, SUNDAY, MONDAY = date(2026, 3, 14), date(2026, 3, 15), date(2026, 3, 16)


@pytest.fixture
def channel() -> Channel:
    return ChannelFactory.create()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def show(channel: Channel, title: str, start: datetime, end: datetime, **fields: Any) -> Programme:
    return ProgrammeFactory.create(channel=channel, title=title, start_time=start, end_time=end, **fields)


def titles_on(client: APIClient, channel: Channel, day: date, **query: Any) -> list[str]:
    answer = client.get(f"/api/v1/epg/schedule/{channel.id}", {"date": day.isoformat(), **query})
    assert answer.status_code == 200
    return [programme["title"] for programme in answer.json()]


def test_a_programme_across_midnight_is_on_both_days(guest: APIClient, channel: Channel) -> None:
    show(channel, "Late Film", at(SATURDAY, 23), at(SUNDAY, 1))
    days = (SATURDAY - timedelta(days=1), SATURDAY, SUNDAY, MONDAY)
    assert [titles_on(guest, channel, day) for day in days] == [[], ["Late Film"], ["Late Film"], []]


def test_a_programme_that_ends_at_midnight_is_only_on_the_first_day(guest: APIClient, channel: Channel) -> None:
    show(channel, "Evening News", at(SATURDAY, 23), at(SUNDAY, 0))
    assert [titles_on(guest, channel, day) for day in (SATURDAY, SUNDAY)] == [["Evening News"], []]


def test_a_programme_that_starts_at_midnight_is_only_on_the_second_day(guest: APIClient, channel: Channel) -> None:
    show(channel, "Night Owls", at(SUNDAY, 0), at(SUNDAY, 1))
    assert [titles_on(guest, channel, day) for day in (SATURDAY, SUNDAY)] == [[], ["Night Owls"]]


def test_a_marathon_is_on_every_day_it_touches(guest: APIClient, channel: Channel) -> None:
    show(channel, "Marathon", at(SATURDAY, 20), at(MONDAY, 4))
    assert [titles_on(guest, channel, day) for day in (SATURDAY, SUNDAY, MONDAY)] == [["Marathon"]] * 3


def test_a_day_is_in_order_of_time_and_of_one_channel(guest: APIClient, channel: Channel) -> None:
    for title, hour in (("Third", 20), ("First", 6), ("Second", 12)):
        show(channel, title, at(SUNDAY, hour), at(SUNDAY, hour + 1))
    show(ChannelFactory.create(), "Elsewhere", at(SUNDAY, 9), at(SUNDAY, 10))
    assert titles_on(guest, channel, SUNDAY) == ["First", "Second", "Third"]


def test_without_a_date_the_day_is_today(guest: APIClient, channel: Channel) -> None:
    current = ProgrammeFactory.create(channel=channel)
    ProgrammeFactory.create(channel=channel, start_time=timezone.now() + timedelta(days=2))
    ProgrammeFactory.create(channel=channel, start_time=timezone.now() - timedelta(days=2))
    answer = guest.get(f"/api/v1/epg/schedule/{channel.id}")
    assert [programme["id"] for programme in answer.json()] == [str(current.id)]


def test_an_unknown_channel_has_an_empty_day(guest: APIClient) -> None:
    answer = guest.get(f"/api/v1/epg/schedule/{uuid4()}", {"date": "2026-03-15"})
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "15.03.2026", "2026-03-15T10:00"])
def test_a_bad_date_is_refused(guest: APIClient, channel: Channel, day: str) -> None:
    answer = guest.get(f"/api/v1/epg/schedule/{channel.id}", {"date": day})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_the_calendar_are_no_server_error(
    guest: APIClient, channel: Channel, day: str
) -> None:
    assert guest.get(f"/api/v1/epg/schedule/{channel.id}", {"date": day}).status_code in (200, 422)


def test_only_what_is_running_is_live(guest: APIClient, channel: Channel) -> None:
    now = timezone.now()
    for hours in (-1, 0, 1):
        start = now + timedelta(hours=hours) - timedelta(minutes=30)
        show(channel, f"{hours:+d} h", start, start + timedelta(hours=1))
    days = {now.date() + timedelta(days=offset) for offset in (-1, 0, 1)}
    listed = [row for day in days for row in guest.get(f"/api/v1/epg/schedule/{channel.id}?date={day}").json()]
    assert {row["title"]: row["is_live"] for row in listed} == {"-1 h": False, "+0 h": True, "+1 h": False}


def test_a_programme_has_exactly_the_fields_of_the_contract(guest: APIClient, channel: Channel) -> None:
    details = {
        "synopsis": "Two sheep.",
        "genre": "Children",
        "age_rating": "TV-Y",
        "is_new": True,
        "is_repeat": True,
        "series_title": "The Meadow",
        "season_number": 2,
        "episode_number": 5,
        "catchup_eligible": True,
        "startover_eligible": True,
    }
    programme = show(channel, "The Meadow", at(SUNDAY, 6, 30), at(SUNDAY, 7), **details)
    assert guest.get(f"/api/v1/epg/schedule/{channel.id}", {"date": "2026-03-15"}).json() == [
        {
            "id": str(programme.id),
            "channel_id": str(channel.id),
            "title": "The Meadow",
            "start_time": "2026-03-15T06:30:00Z",
            "end_time": "2026-03-15T07:00:00Z",
            "is_live": False,
            **details,
        }
    ]


def test_times_are_utc_with_a_z_whatever_zone_they_came_in(guest: APIClient, channel: Channel) -> None:
    start = datetime.fromisoformat("2026-03-15T01:30:00+02:00")
    show(channel, "From Oslo", start, start + timedelta(minutes=45))
    (programme,) = guest.get(f"/api/v1/epg/schedule/{channel.id}", {"date": "2026-03-14"}).json()
    assert (programme["start_time"], programme["end_time"]) == ("2026-03-14T23:30:00Z", "2026-03-15T00:15:00Z")


def test_a_child_never_sees_a_programme_above_its_limit(
    as_user: As, alice: User, charlie: Profile, channel: Channel
) -> None:
    for hour, rating in enumerate(["TV-Y", "TV-PG", "PG", "TV-14", "TV-MA", "R", "18+", "", None]):
        show(channel, f"Rated {rating}", at(SUNDAY, hour), at(SUNDAY, hour + 1), age_rating=rating)
    seen = titles_on(as_user(alice), channel, SUNDAY, profile_id=charlie.id)
    assert seen == ["Rated TV-Y", "Rated TV-PG", "Rated PG"]


def test_a_grown_up_sees_programmes_without_a_rating(
    as_user: As, alice: User, alices: Profile, channel: Channel
) -> None:
    show(channel, "Unrated", at(SUNDAY, 20), at(SUNDAY, 21), age_rating=None)
    assert titles_on(as_user(alice), channel, SUNDAY, profile_id=alices.id) == ["Unrated"]


def test_a_guest_cannot_ask_as_somebodys_profile(guest: APIClient, channel: Channel, alices: Profile) -> None:
    answer = guest.get(f"/api/v1/epg/schedule/{channel.id}", {"profile_id": str(alices.id)})
    assert answer.status_code == 403


def test_a_full_day_takes_as_many_statements_as_a_short_one(guest: APIClient) -> None:
    assert statements_for_a_day_of(10, guest) == statements_for_a_day_of(200, guest) == 1


def statements_for_a_day_of(count: int, guest: APIClient) -> int:
    channel, length = ChannelFactory.create(), timedelta(minutes=7)
    starts = (at(SUNDAY, 0) + place * length for place in range(count))
    Programme.objects.bulk_create(
        Programme(channel=channel, title="Clip", start_time=start, end_time=start + length) for start in starts
    )
    with CaptureQueriesContext(connection) as statements:
        assert len(titles_on(guest, channel, SUNDAY)) == count
    return len(statements)


@pytest.mark.parametrize(
    "address", [f"/api/v1/epg/schedule/{UUID(int=7)}", "/api/v1/epg/now", "/api/v1/epg/search?q=news"]
)
def test_the_guide_needs_no_token_and_a_bad_one_does_no_harm(guest: APIClient, alices: Profile, address: str) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer expired")
    assert guest.get(address).status_code == 200
    with_profile = address + ("&" if "?" in address else "?") + f"profile_id={alices.id}"
    assert guest.get(with_profile).status_code == 401
