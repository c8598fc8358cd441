"""No change of viewing state is missed while somebody else is still writing: two real connections."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Profile
from catalog.models import Title
from catalog.tests.factories import TitleFactory
from conftest import As
from viewing import services
from viewing.changes import SETTLING, Place
from viewing.errors import NothingToRestoreError
from viewing.history import delete_play
from viewing.models import Bookmark, Play, Removal, WatchlistItem
from viewing.tests.devices import Device
from viewing.tests.factories import BookmarkFactory

pytestmark = pytest.mark.django_db(transaction=True)


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
    try:
        yield end
    finally:
        end()


@pytest.fixture
def device(alices: Profile, as_user: As) -> Device:
    """Alice's device, which has loaded everything."""
    return Device(as_user(alices.user), alices)


def watch(profile: Profile, title: Title) -> None:
    services.record_position(
        profile=profile, content_type="movie", content_id=title.id, position_seconds=60, duration_seconds=6_000
    )


def rate(profile: Profile, title: Title) -> None:
    services.rate_title(profile=profile, title_id=title.id, rating=1)


def keep(profile: Profile, title: Title) -> None:
    services.keep_title(profile=profile, title_id=title.id)


def unrate(profile: Profile, title: Title) -> None:
    services.take_rating_back(profile=profile, title_id=title.id)


@pytest.mark.parametrize("do", [watch, rate, keep])
def test_what_was_written_before_and_committed_after_others_is_told(
    device: Device, alices: Profile, do: Callable[[Profile, Title], None]
) -> None:
    slow, quick = TitleFactory.create_batch(2)
    with somebody_writes(lambda: do(alices, slow)) as commit:
        do(alices, quick)
        device.catch_up()
        assert titles_of(device) == {str(quick.id)}
        commit()
    device.catch_up()
    assert titles_of(device) == {str(quick.id), str(slow.id)}


def test_a_thumb_that_somebody_takes_back_for_long_is_gone(device: Device, alices: Profile) -> None:
    title = TitleFactory.create()
    rate(alices, title)
    device.catch_up()
    with somebody_writes(lambda: unrate(alices, title)) as commit:
        device.catch_up()
        assert titles_of(device) == {str(title.id)}
        commit()
    device.catch_up()
    assert titles_of(device) == set()


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_a_full_page_does_not_lead_past_what_is_still_to_come(device: Device, alices: Profile, limit: int) -> None:
    slow, *quick = TitleFactory.create_batch(6)
    with somebody_writes(lambda: watch(alices, slow)) as commit:
        for title in quick:
            watch(alices, title)
        device.told(limit=limit)
        commit()
    device.catch_up(limit=limit)
    device.catch_up(limit=limit)
    assert len(device.bookmarks) == 6


def test_who_takes_long_over_the_pages_goes_back_to_where_they_began(device: Device, alices: Profile) -> None:
    for title in TitleFactory.create_batch(3):
        watch(alices, title)
    began = timezone.now() - SETTLING
    device.told(limit=1)
    place = Place.read(device.next)
    assert place.floor is not None
    assert abs(place.floor - began) < timedelta(seconds=5)
    # It is half a minute later; what was stamped before the first page shows only now.
    ago = timedelta(seconds=29)
    device.next = str(replace(place, moment=place.moment - ago, floor=place.floor - ago))
    Bookmark.objects.update(updated_at=began - timedelta(seconds=25))
    device.bookmarks.clear()
    assert [answer["more"] for answer in device.catch_up()] == [False]
    assert device.bookmarks == {}
    device.catch_up()
    assert len(device.bookmarks) == 3


def test_a_page_of_what_is_settled_leads_behind_it_for_good(device: Device, alices: Profile) -> None:
    for title in TitleFactory.create_batch(3):
        watch(alices, title)
    Bookmark.objects.update(updated_at=timezone.now() - timedelta(minutes=2))
    device.next = str(replace(Place.read(device.next), moment=timezone.now() - timedelta(minutes=3)))
    device.told(limit=1)
    assert Place.read(device.next).floor is None


def titles_of(device: Device) -> set[str]:
    """What the device knows something of."""
    bookmarks = {one["content_id"] for one in device.bookmarks.values()}
    return bookmarks | set(device.ratings) | {one["title_id"] for one in device.watchlist}


# Any mix of changes


class Household:
    """A profile that does anything to a few titles, on any of its players."""

    def __init__(self, profile: Profile, chance: random.Random) -> None:
        self.profile, self.chance = profile, chance
        self.titles = TitleFactory.create_batch(6)

    def act(self) -> None:
        """One change."""
        self.chance.choice((*[self.act_on] * 8, self._order))(self.chance.choice(self.titles))

    def act_on(self, title: Title) -> None:
        """One change of one title alone."""
        deeds = (self._watch, self._rewind, self._dismiss, self._restore, self._forget, self._rate, self._unrate)
        self.chance.choice((*deeds, self._keep, self._drop))(title)

    def act_on_each(self, titles: list[Title]) -> None:
        """One change of each."""
        for title in titles:
            self.act_on(title)

    def _bookmark(self, title: Title) -> Bookmark | None:
        return Bookmark.objects.filter(profile=self.profile, title=title).first()

    def _watch(self, title: Title) -> None:
        services.record_position(
            profile=self.profile,
            content_type="movie",
            content_id=title.id,
            position_seconds=self.chance.randrange(6_000),
            duration_seconds=6_000,
        )

    def _dismiss(self, title: Title) -> None:
        if bookmark := self._bookmark(title):
            services.dismiss_bookmark(profile=self.profile, bookmark_id=bookmark.id)

    def _restore(self, title: Title) -> None:
        if bookmark := self._bookmark(title):
            services.restore_bookmark(profile=self.profile, bookmark_id=bookmark.id)

    def _rewind(self, title: Title) -> None:
        if bookmark := self._bookmark(title):
            with suppress(NothingToRestoreError):
                services.restore_position(profile=self.profile, bookmark_id=bookmark.id)

    def _forget(self, title: Title) -> None:
        play = Play.objects.filter(profile=self.profile, title=title).first()
        if play is not None:
            delete_play(profile=self.profile, play_id=play.id, forget_position=True)

    def _rate(self, title: Title) -> None:
        services.rate_title(profile=self.profile, title_id=title.id, rating=self.chance.choice([1, -1]))

    def _unrate(self, title: Title) -> None:
        services.take_rating_back(profile=self.profile, title_id=title.id)

    def _keep(self, title: Title) -> None:
        services.keep_title(profile=self.profile, title_id=title.id)

    def _drop(self, title: Title) -> None:
        services.drop_title(profile=self.profile, title_id=title.id)

    def _order(self, title: Title) -> None:
        services.put_in_order(profile=self.profile, title_ids=[title.id])


def assert_knows_all(device: Device) -> None:
    """Whether the device has what somebody would load now."""
    client, scope = device.client, {"profile_id": str(device.profile.id)}
    for name, address, known in (
        ("bookmark", "bookmarks/by-content", {one["content_id"]: one for one in device.bookmarks.values()}),
        ("rating", "ratings", device.ratings),
    ):
        for title in Title.objects.all():
            there = client.get(f"/api/v1/viewing/{address}/{title.id}", scope).json()
            assert known.get(str(title.id)) == there, name
    assert device.watchlist == client.get("/api/v1/viewing/watchlist", scope).json()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_a_device_knows_it_in_the_end(
    alices: Profile, as_user: As, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, so that nothing is told twice."""
    monkeypatch.setattr("viewing.changes.SETTLING", timedelta(0))
    chance = random.Random(seed)
    household = Household(alices, chance)
    device = Device(as_user(alices.user), alices)
    for _ in range(6):
        for _ in range(chance.randint(5, 15)):
            household.act()
        device.catch_up(limit=chance.randint(1, 4))
        assert_knows_all(device)
    assert Removal.objects.exists()
    assert device.told()["bookmarks"] == []


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_while_somebody_writes_a_device_knows_it_in_the_end(
    alices: Profile, as_user: As, seed: int
) -> None:
    chance = random.Random(seed)
    household = Household(alices, chance)
    device = Device(as_user(alices.user), alices)
    slow, quick = household.titles[:2], household.titles[2:]
    for _ in range(4):
        with somebody_writes(lambda: household.act_on_each(slow)) as commit:
            commits_at = chance.randrange(8)
            for number in range(8):
                if number == commits_at:
                    commit()
                household.act_on(chance.choice(quick))
                if chance.random() < 0.5:
                    device.told(limit=chance.randint(1, 4))
    device.catch_up(limit=chance.randint(1, 4))
    device.catch_up(limit=chance.randint(1, 4))
    assert_knows_all(device)


def test_many_bookmarks_of_one_moment_come_in_pages_and_then_no_more(device: Device, alices: Profile) -> None:
    now = timezone.now() - timedelta(seconds=5)
    for title in TitleFactory.create_batch(12):
        BookmarkFactory.create(profile=alices, title=title, updated_at=now)
        WatchlistItem.objects.create(profile=alices, title=title, changed_at=now)
    assert [answer["more"] for answer in device.catch_up(limit=5)] == [True, True, False]
    # They are of the last moments: so they are told again, and it ends again.
    assert [answer["more"] for answer in device.catch_up(limit=5)] == [True, True, False]
    Bookmark.objects.update(updated_at=now - timedelta(minutes=5))
    WatchlistItem.objects.update(changed_at=now - timedelta(minutes=5))
    assert [answer["more"] for answer in device.catch_up(limit=5)] == [False]
