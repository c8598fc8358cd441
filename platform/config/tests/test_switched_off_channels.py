"""A channel that is switched off is gone for viewers at once, and comes back whole; staff and imports go on with it.

The proof is the walk of test_soft_delete_everywhere.py, which looks for the channel alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Profile, User
from config.tests.sentinels import OF_A_CHANNEL, SHOWS_CHANNELS, WORD, World, ask, everybody, is_as_expected
from config.tests.test_soft_delete_everywhere import STILL_TELLS
from conftest import As
from epg import editing
from epg.models import FavouriteChannel
from viewing.models import Bookmark, Play

pytestmark = pytest.mark.django_db


class WorldOfAChannel(World):
    """Where nothing but the channel, and what hangs on it, is looked for."""

    @cached_property
    def _signs(self) -> list[str]:
        rows = [self.channel, *self.programmes, *self.bookmarks[2:], *self.plays[2:]]
        return [f"{WORD} channel", f"{WORD} programme", *(str(row.pk) for row in rows)]

    def switch(self, *, is_active: bool) -> None:
        """As staff do it."""
        editing.change_channel(channel_id=self.channel.id, fields={"is_active": is_active})


@pytest.fixture
def world(alices: Profile, settings: Settings) -> WorldOfAChannel:
    """The world, where nobody asks too often."""
    settings.RATE_LIMIT_USER = settings.RATE_LIMIT_ADDRESS = None
    return WorldOfAChannel(alices)


@pytest.mark.thorough
def test_a_channel_that_is_off_shows_nowhere_and_one_that_is_on_again_shows_where_it_did(
    world: WorldOfAChannel, alice: User, as_user: As, guest: APIClient
) -> None:
    before = everybody(world, alice, as_user, guest)
    assert {path.removeprefix("/api/v1") for path in before["Alice with her profile"]} >= SHOWS_CHANNELS
    assert before["a guest"]

    world.switch(is_active=False)
    while_off = everybody(world, alice, as_user, guest)
    assert {who: shown - set(STILL_TELLS) for who, shown in while_off.items()} == {who: set() for who in before}

    world.switch(is_active=True)
    assert everybody(world, alice, as_user, guest) == before


def test_every_door_answers_for_a_channel_that_is_off_as_for_none(
    world: WorldOfAChannel, alice: User, as_user: As
) -> None:
    client = as_user(alice)
    world.switch(is_active=False)
    for method, address, _, gone in OF_A_CHANNEL:
        answer = ask(client, world, method, address)
        assert is_as_expected(answer, gone), (method, address, answer.content)


def test_what_viewers_left_on_a_channel_that_is_off_is_kept(world: WorldOfAChannel) -> None:
    models: list[Any] = [Bookmark, Play, FavouriteChannel]
    before = [list(model.objects.order_by("pk").values_list()) for model in models]
    world.switch(is_active=False)
    assert [list(model.objects.order_by("pk").values_list()) for model in models] == before


def test_staff_see_a_channel_that_is_off_and_its_schedule(
    world: WorldOfAChannel, guide_editor: User, as_user: As
) -> None:
    world.switch(is_active=False)
    client = as_user(guide_editor)
    listed = {row["id"]: row["is_active"] for row in client.get("/api/v1/admin/channels").json()}
    assert listed[str(world.channel.id)] is False
    day = f"{world.programmes[0].start_time:%Y-%m-%d}"
    schedule = client.get(f"/api/v1/admin/schedule?channel_id={world.channel.id}&date={day}").json()
    assert str(world.programmes[0].id) in {row["id"] for row in schedule}
