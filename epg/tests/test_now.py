"""What is on, channel by channel (contract 2.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from epg.models import Channel, FavouriteChannel, Programme
from epg.services import whats_on
from epg.tests.factories import ChannelFactory, ProgrammeFactory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

NOW = "/api/v1/epg/now"
EIGHT = datetime(2026, 3, 14, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def show(channel: Channel, title: str, start: datetime, length: timedelta = HOUR, rating: str = "TV-G") -> Programme:
    return ProgrammeFactory.create(
        channel=channel, title=title, start_time=start, end_time=start + length, age_rating=rating
    )


def seen_at(moment: datetime, profile: Profile | None = None) -> list[tuple[str, str | None]]:
    """The titles of (current, next) per channel."""
    rows = whats_on(at=moment, profile=profile)
    return [(row.current_program.title, row.next_program.title if row.next_program else None) for row in rows]


def test_the_answer_has_the_channel_its_current_and_its_next_programme(guest: APIClient) -> None:
    current = ProgrammeFactory.create()
    following = ProgrammeFactory.create(channel=current.channel, start_time=current.end_time)
    (row,) = guest.get(NOW).json()
    assert list(row) == ["channel", "current_program", "next_program"]
    assert row["channel"]["id"] == row["current_program"]["channel_id"] == str(current.channel_id)
    assert (row["current_program"]["id"], row["next_program"]["id"]) == (str(current.id), str(following.id))
    assert (row["current_program"]["is_live"], row["next_program"]["is_live"]) == (True, False)


def test_a_programme_is_over_at_its_end_and_the_next_one_has_begun() -> None:
    channel = ChannelFactory.create()
    for offset, title in enumerate(("News", "Film", "Talk")):
        show(channel, title, EIGHT + offset * HOUR)
    just_before = EIGHT + HOUR - timedelta(microseconds=1)
    assert [seen_at(moment) for moment in (EIGHT, just_before, EIGHT + HOUR)] == [
        [("News", "Film")],
        [("News", "Film")],
        [("Film", "Talk")],
    ]


def test_a_channel_is_off_the_air_from_the_very_end_of_its_last_programme() -> None:
    show(ChannelFactory.create(), "Last of all", EIGHT)
    assert seen_at(EIGHT + HOUR) == []


def test_next_is_the_first_programme_after_a_gap() -> None:
    channel = ChannelFactory.create()
    show(channel, "Later", EIGHT + 5 * HOUR)
    show(channel, "Now", EIGHT)
    show(channel, "Soon", EIGHT + 3 * HOUR)
    assert seen_at(EIGHT) == [("Now", "Soon")]


def test_at_the_end_of_the_guide_there_is_no_next_programme(guest: APIClient) -> None:
    ProgrammeFactory.create()
    (row,) = guest.get(NOW).json()
    assert row["next_program"] is None


def test_channels_with_nothing_on_are_left_out(guest: APIClient) -> None:
    on_air = ProgrammeFactory.create()
    ProgrammeFactory.create(start_time=timezone.now() - timedelta(hours=3))
    ProgrammeFactory.create(start_time=timezone.now() + timedelta(hours=3))
    ChannelFactory.create()
    assert [row["channel"]["id"] for row in guest.get(NOW).json()] == [str(on_air.channel_id)]


def test_channels_come_by_number_and_a_profiles_favourites_first(alices: Profile) -> None:
    for number in (3, 1, 2):
        show(ChannelFactory.create(channel_number=number), f"On {number}", EIGHT)
    FavouriteChannel.objects.create(profile=alices, channel=Channel.objects.get(channel_number=3))
    assert [current for current, _ in seen_at(EIGHT)] == ["On 1", "On 2", "On 3"]
    assert [current for current, _ in seen_at(EIGHT, alices)] == ["On 3", "On 1", "On 2"]


def test_a_channel_that_shows_something_above_a_childs_limit_is_not_on(charlie: Profile) -> None:
    show(ChannelFactory.create(channel_number=1), "Murder", EIGHT, rating="TV-MA")
    show(ChannelFactory.create(channel_number=2), "Sheep", EIGHT, rating="TV-Y")
    assert seen_at(EIGHT, charlie) == [("Sheep", None)]


def test_the_next_programme_for_a_child_is_the_next_within_its_limit(
    as_user: As, alice: User, charlie: Profile
) -> None:
    current = ProgrammeFactory.create(title="Sheep")
    show(current.channel, "Murder", current.end_time, rating="TV-14")
    show(current.channel, "Goats", current.end_time + HOUR)
    (row,) = as_user(alice).get(NOW, {"profile_id": str(charlie.id)}).json()
    assert (row["current_program"]["title"], row["next_program"]["title"]) == ("Sheep", "Goats")


def test_a_foreign_profile_is_refused(as_user: As, alice: User, bobs: Profile) -> None:
    assert as_user(alice).get(NOW, {"profile_id": str(bobs.id)}).status_code == 403


def test_two_hundred_channels_take_as_many_statements_as_ten(guest: APIClient) -> None:
    few = statements_with(10, guest)
    many = statements_with(190, guest)
    assert few == many == 3


def test_a_profile_adds_one_statement_for_the_account_and_itself(as_user: As, alice: User, alices: Profile) -> None:
    client = as_user(alice)
    few = statements_with(3, client, profile_id=alices.id)
    many = statements_with(57, client, profile_id=alices.id)
    assert few == many == 3 + 1


def statements_with(more: int, client: APIClient, **query: Any) -> int:
    for _ in range(more):
        current = ProgrammeFactory.create()
        ProgrammeFactory.create(channel=current.channel, start_time=current.end_time)
    with CaptureQueriesContext(connection) as statements:
        rows = client.get(NOW, query).json()
    assert len(rows) == Channel.objects.count()
    assert all(row["next_program"] for row in rows)
    return len(statements)
