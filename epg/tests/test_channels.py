"""The list of channels, and the favourites that come first in it (contract 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from epg.models import FavouriteChannel
from epg.tests.factories import ChannelFactory, ProgrammeFactory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

CHANNELS = "/api/v1/epg/channels"
STREAM = "https://cdn.example.com/one.m3u8"


def favourite_of(profile: Profile, channel_id: object) -> str:
    return f"/api/v1/epg/favorites/{channel_id}?profile_id={profile.id}"


def test_a_channel_has_exactly_the_fields_of_the_contract(as_user: As, alice: User) -> None:
    logo = "https://cdn.example.com/one.png"
    channel = ChannelFactory.create(name="One", channel_number=7, genre="News", logo_url=logo, hls_live_url=STREAM)
    assert as_user(alice).get(CHANNELS).json() == [
        {
            "id": str(channel.id),
            "name": "One",
            "channel_number": 7,
            "logo_url": logo,
            "genre": "News",
            "is_hd": True,
            "is_favorite": False,
            "hls_live_url": STREAM,
        }
    ]


def test_a_channel_without_a_logo_gets_the_whole_address_of_a_drawn_one(as_user: As, alice: User) -> None:
    channel = ChannelFactory.create(logo_url=None)
    client = as_user(alice)
    address = client.get(CHANNELS).json()[0]["logo_url"]
    assert address == f"http://testserver/artwork/logos/{channel.id}.svg"
    assert client.get(address).status_code == 200


def test_channels_come_by_number_whatever_order_they_were_added_in(as_user: As, alice: User) -> None:
    for number in (30, 4, 100):
        ChannelFactory.create(channel_number=number)
    assert [channel["channel_number"] for channel in as_user(alice).get(CHANNELS).json()] == [4, 30, 100]


def test_a_profiles_favourites_come_first_and_are_flagged(as_user: As, alice: User, alices: Profile) -> None:
    for number in (1, 2, 3, 4):
        channel = ChannelFactory.create(channel_number=number)
        if number in (2, 4):
            FavouriteChannel.objects.create(profile=alices, channel=channel)
    listed = as_user(alice).get(CHANNELS, {"profile_id": str(alices.id)}).json()
    seen = [(channel["channel_number"], channel["is_favorite"]) for channel in listed]
    assert seen == [(2, True), (4, True), (1, False), (3, False)]


def test_favourites_of_one_profile_mean_nothing_to_another(
    as_user: As, alice: User, alices: Profile, charlie: Profile
) -> None:
    first, second = ChannelFactory.create(channel_number=1), ChannelFactory.create(channel_number=2)
    FavouriteChannel.objects.create(profile=alices, channel=second)
    listed = as_user(alice).get(CHANNELS, {"profile_id": str(charlie.id)}).json()
    seen = [(channel["id"], channel["is_favorite"]) for channel in listed]
    assert seen == [(str(first.id), False), (str(second.id), False)]


def test_guests_get_no_list_of_channels(guest: APIClient) -> None:
    answer = guest.get(CHANNELS)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_channels_of_a_foreign_profile_are_refused(as_user: As, alice: User, bobs: Profile) -> None:
    assert as_user(alice).get(CHANNELS, {"profile_id": str(bobs.id)}).status_code == 403


def test_the_address_of_the_live_stream_is_for_accounts_only(guest: APIClient, as_user: As, alice: User) -> None:
    ProgrammeFactory.create(channel=ChannelFactory.create(hls_live_url=STREAM))
    as_guest, with_account = (client.get("/api/v1/epg/now").json() for client in (guest, as_user(alice)))
    assert as_guest[0]["channel"]["hls_live_url"] is None
    assert with_account[0]["channel"]["hls_live_url"] == STREAM


def test_a_channel_may_be_made_a_favourite_twice(as_user: As, alice: User, alices: Profile) -> None:
    channel = ChannelFactory.create()
    answers = [as_user(alice).post(favourite_of(alices, channel.id)) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
    assert [row.channel_id for row in alices.favourite_channels.all()] == [channel.id]


def test_a_favourite_may_be_removed_twice(as_user: As, alice: User, alices: Profile) -> None:
    channel = ChannelFactory.create()
    FavouriteChannel.objects.create(profile=alices, channel=channel)
    answers = [as_user(alice).delete(favourite_of(alices, channel.id)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert not alices.favourite_channels.exists()


def test_a_favourite_that_is_removed_while_its_channel_is_deleted_does_not_come_back_with_it(
    as_user: As, alice: User, alices: Profile
) -> None:
    channel = ChannelFactory.create()
    FavouriteChannel.objects.create(profile=alices, channel=channel)
    channel.soft_delete()
    assert as_user(alice).delete(favourite_of(alices, channel.id)).status_code == 204
    channel.restore()
    assert not alices.favourite_channels.exists()


def test_removing_a_favourite_leaves_those_of_others(
    as_user: As, alice: User, alices: Profile, charlie: Profile
) -> None:
    channel = ChannelFactory.create()
    FavouriteChannel.objects.create(profile=charlie, channel=channel)
    as_user(alice).delete(favourite_of(alices, channel.id))
    assert charlie.favourite_channels.exists()


def test_an_unknown_channel_cannot_become_a_favourite(as_user: As, alice: User, alices: Profile) -> None:
    answer = as_user(alice).post(favourite_of(alices, uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (404, "channel_not_found")


@pytest.mark.parametrize("method", ["post", "delete"])
def test_favourites_of_a_foreign_profile_cannot_be_changed(
    as_user: As, alice: User, bobs: Profile, method: str
) -> None:
    kept, other = ChannelFactory.create(), ChannelFactory.create()
    FavouriteChannel.objects.create(profile=bobs, channel=kept)
    for channel in (kept, other):
        assert getattr(as_user(alice), method)(favourite_of(bobs, channel.id)).status_code == 403
    assert [row.channel_id for row in bobs.favourite_channels.all()] == [kept.id]


def test_a_favourite_needs_a_profile(as_user: As, alice: User) -> None:
    answer = as_user(alice).post(f"/api/v1/epg/favorites/{ChannelFactory.create().id}")
    assert answer.status_code == 422
    assert "profile_id" in answer.json()["detail"]
