"""Thumbs and watchlist items that are sent many times in the same moment, as impatient fingers and retries do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

from accounts.models import Profile
from catalog.tests.factories import TitleFactory
from viewing.models import Rating, Removal, WatchlistItem

if TYPE_CHECKING:
    from catalog.models import Title
    from conftest import As

pytestmark = pytest.mark.django_db(transaction=True)

VIEWING = "/api/v1/viewing"
MANY = 20


def at_once(as_user: As, profile: Profile, method: str, address: str, *bodies: dict[str, Any]) -> list[int]:
    """The statuses of as many requests as there are bodies, in threads that start together."""
    together, path = Barrier(len(bodies)), f"{VIEWING}/{address}?profile_id={profile.id}"
    clients = [as_user(profile.user) for _ in bodies]
    sent = [getattr(client, method) for client in clients]

    def send(call: Callable[..., Any], body: dict[str, Any]) -> int:
        try:
            together.wait(timeout=20)
            return int(call(path, body).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(send, sent, bodies))


def test_a_thumb_that_is_given_20_times_at_once_is_one(as_user: As, alices: Profile) -> None:
    film = TitleFactory.create()
    bodies = [{"title_id": str(film.id), "rating": 1} for _ in range(MANY)]
    assert at_once(as_user, alices, "post", "ratings", *bodies) == [200] * MANY
    assert [row.rating for row in Rating.objects.all()] == [1]


def test_of_20_thumbs_up_and_down_at_once_one_counts(as_user: As, alices: Profile) -> None:
    film = TitleFactory.create()
    bodies = [{"title_id": str(film.id), "rating": thumb} for thumb in [1, -1] * (MANY // 2)]
    assert at_once(as_user, alices, "post", "ratings", *bodies) == [200] * MANY
    assert Rating.objects.count() == 1


def test_a_thumb_that_is_taken_back_20_times_at_once_is_gone_once(as_user: As, alices: Profile) -> None:
    film = TitleFactory.create()
    Rating.objects.create(profile=alices, title=film, rating=1)
    assert at_once(as_user, alices, "delete", f"ratings/{film.id}", *[{}] * MANY) == [204] * MANY
    assert (Rating.objects.count(), Removal.objects.count()) == (0, 1)


def test_a_title_that_is_kept_20_times_at_once_is_on_the_list_once(as_user: As, alices: Profile) -> None:
    film = TitleFactory.create()
    assert at_once(as_user, alices, "post", f"watchlist/{film.id}", *[{}] * MANY) == [201] * MANY
    assert WatchlistItem.objects.count() == 1


def test_a_title_that_is_dropped_20_times_at_once_is_gone_once(as_user: As, alices: Profile) -> None:
    film = TitleFactory.create()
    WatchlistItem.objects.create(profile=alices, title=film)
    assert at_once(as_user, alices, "delete", f"watchlist/{film.id}", *[{}] * MANY) == [204] * MANY
    assert (WatchlistItem.objects.count(), Removal.objects.count()) == (0, 1)


def test_of_20_orders_at_once_one_is_kept_whole(as_user: As, alices: Profile) -> None:
    films: list[Title] = TitleFactory.create_batch(6)
    for film in films:
        WatchlistItem.objects.create(profile=alices, title=film)
    ids = [str(film.id) for film in films]
    orders = [ids[turn % 6 :] + ids[: turn % 6] for turn in range(MANY)]
    assert at_once(as_user, alices, "put", "watchlist/order", *({"title_ids": order} for order in orders)) == [200] * 20
    kept = WatchlistItem.objects.of(alices)
    assert [str(item.title_id) for item in kept] in orders
    assert sorted(item.place or 0 for item in kept) == [1, 2, 3, 4, 5, 6]
