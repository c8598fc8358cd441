"""A day that did not change is not sent again: `ETag` and `304 Not Modified` (RFC 9110)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.utils import timezone

from epg import editing
from epg.models import Channel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def channel() -> Channel:
    """A channel with a programme from noon to one."""
    programme = ProgrammeFactory.create(title="News", start_time=NOON)
    return programme.channel


@pytest.fixture(params=["schedule/{id}", "grid?from={day}T00:00Z&to={day}T23:59Z&channel_ids={id}"])
def address(request: pytest.FixtureRequest, channel: Channel) -> str:
    """Where its day is asked for."""
    path = str(request.param).format(id=channel.id, day=NOON.date())
    return f"/api/v1/epg/{path}"


def status(client: APIClient, address: str, tag: str, minutes_past_noon: int = 0) -> int:
    return int(ask(client, address, minutes_past_noon, HTTP_IF_NONE_MATCH=tag).status_code)


def ask(client: APIClient, address: str, minutes_past_noon: int = 0, **headers: Any) -> Any:
    with mock.patch("django.utils.timezone.now", return_value=NOON + timedelta(minutes=minutes_past_noon)):
        return client.get(address, **headers)


def test_an_unchanged_day_is_304_without_a_body(guest: APIClient, address: str) -> None:
    first = ask(guest, address)
    again = ask(guest, address, minutes_past_noon=59, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_it_is_kept_only_to_be_asked_about_again(guest: APIClient, as_user: As, alice: User, address: str) -> None:
    assert ask(guest, address)["Cache-Control"] == "public, no-cache"
    assert ask(as_user(alice), address)["Cache-Control"] == "private, no-cache"


def test_whatever_changes_the_day_changes_the_tag(guest: APIClient, channel: Channel, address: str) -> None:
    programme = channel.programmes.get()
    changes = (
        lambda: editing.change_programme(programme_id=programme.id, fields={"synopsis": "What happened"}),
        lambda: editing.change_programme(programme_id=programme.id, fields={"sub_title": "At noon"}),
        lambda: editing.change_programme(programme_id=programme.id, fields={"end_time": NOON + 2 * HOUR}),
        lambda: ProgrammeFactory.create(channel=channel, start_time=NOON + 3 * HOUR),
        lambda: Programme.objects.filter(id=programme.id).update(age_rating="TV-MA"),
        lambda: editing.delete_programme(programme_id=programme.id),
        lambda: editing.change_channel(channel_id=channel.id, fields={"is_active": False}),
    )
    for change in changes:
        tag = ask(guest, address)["ETag"]
        assert status(guest, address, tag) == 304
        change()
        assert status(guest, address, tag) == 200


def test_a_programme_that_begins_or_ends_changes_the_tag(guest: APIClient, address: str) -> None:
    tags = [ask(guest, address, minutes)["ETag"] for minutes in (-1, 0, 59, 60)]
    assert tags[1] == tags[2]
    assert tags[0] == tags[3] != tags[1]


def test_another_limit_is_another_tag(
    as_user: As, alice: User, charlie: Profile, channel: Channel, address: str
) -> None:
    ProgrammeFactory.create(channel=channel, age_rating="TV-14", start_time=NOON + 2 * HOUR)
    client, asked = as_user(alice), f"{address}{'&' if '?' in address else '?'}profile_id={charlie.id}"
    tag = ask(client, asked)["ETag"]
    assert status(client, asked, tag) == 304
    charlie.parental_rating = "TV-14"
    charlie.save()
    assert status(client, asked, tag) == 200


def test_what_others_change_elsewhere_does_not(guest: APIClient, address: str) -> None:
    tag = ask(guest, address)["ETag"]
    ProgrammeFactory.create(channel=ChannelFactory.create(), start_time=NOON)
    assert status(guest, address, tag) == 304
