"""A series that was put aside between two episodes is paused: it can be brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Title
from catalog.tests.factories import EpisodeFactory
from viewing.models import Bookmark
from viewing.tests.factories import BookmarkFactory
from viewing.tests.test_series_in_continue_watching import ROW, ago, make_series, numbers, play, watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import Profile
    from catalog.models import Episode
    from conftest import As

    Listed = Callable[..., list[dict[str, Any]]]

pytestmark = pytest.mark.django_db

PAUSED = f"{ROW}/paused"
Number = tuple[int, int]


@pytest.fixture
def listed(as_user: As, alices: Profile) -> Listed:
    """What is paused, or in the row, of Alice or a profile of hers."""
    client = as_user(alices.user)

    def ask(address: str = PAUSED, profile: Profile = alices, **query: Any) -> list[dict[str, Any]]:
        answer = client.get(address, {"profile_id": str(profile.id), **query})
        assert answer.status_code == 200, answer.content
        items: list[dict[str, Any]] = answer.json()
        return items

    return ask


@pytest.fixture
def series() -> dict[Number, Episode]:
    """Three episodes."""
    return make_series((1, 1), (1, 2), (1, 3), title="Harbour")


def tell(as_user: As, profile: Profile, item: str, what: str) -> None:
    """Dismiss or restore a card."""
    answer = as_user(profile.user).post(f"/api/v1/viewing/bookmarks/{item}/{what}?profile_id={profile.id}")
    assert answer.status_code == 200, answer.content


def test_a_dismissed_card_that_moved_on_is_paused_until_it_is_restored(
    as_user: As, listed: Listed, alices: Profile, series: dict[Number, Episode]
) -> None:
    play(as_user, alices, series[1, 1], 3_000)
    (card,) = listed(ROW)
    assert listed() == []

    tell(as_user, alices, card["id"], "dismiss")
    assert listed(ROW) == []
    (item,) = listed()
    assert item["dismissed_at"]
    changed = {"dismissed_at": item["dismissed_at"], "next_episode": None, "resumption_score": None}
    assert item == card | changed
    assert (item["content_id"], item["completed"]) == (str(series[1, 2].id), False)

    tell(as_user, alices, item["id"], "restore")
    assert listed() == []
    (restored,) = listed(ROW)
    for key in ("id", "content_id", "title_info", "next_episode", "dismissed_at"):
        assert restored[key] == card[key]


def test_a_card_that_moved_on_and_was_left_alone_for_30_days_is_paused_until_it_is_restored(
    as_user: As, listed: Listed, alices: Profile, series: dict[Number, Episode]
) -> None:
    bookmark = watched(alices, series[1, 1], updated_at=ago(days=29.9))
    assert (numbers(listed(ROW)), listed()) == ([(1, 2)], [])
    Bookmark.objects.filter(id=bookmark.id).update(updated_at=ago(days=30.1))
    assert (listed(ROW), numbers(listed())) == ([], [(1, 2)])
    tell(as_user, alices, str(bookmark.id), "restore")
    assert (numbers(listed(ROW)), listed()) == ([(1, 2)], [])


def test_a_paused_series_goes_on_with_the_next_episode_that_was_not_seen(
    listed: Listed, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 2], updated_at=ago(days=90))
    watched(alices, series[1, 1], updated_at=ago(days=40))
    assert numbers(listed()) == [(1, 3)]


def test_a_series_without_a_next_episode_is_not_paused(
    listed: Listed, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 3], dismissed_at=timezone.now())
    watched(alices, make_series((1, 1))[1, 1], updated_at=ago(days=40))
    assert listed() == []


def test_only_the_last_that_happened_in_a_series_pauses_it(
    listed: Listed, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 1], updated_at=ago(days=50))
    current = watched(alices, series[1, 3], 1_000, updated_at=ago(days=40))
    assert [item["id"] for item in listed()] == [str(current.id)]
    Bookmark.objects.filter(id=current.id).update(updated_at=timezone.now())
    assert listed() == []


@pytest.mark.parametrize("position", [0, 1_000])
def test_a_next_episode_that_is_paused_itself_is_there_once(
    listed: Listed, alices: Profile, series: dict[Number, Episode], position: int
) -> None:
    current = watched(alices, series[1, 2], position, updated_at=ago(days=60))
    watched(alices, series[1, 1], dismissed_at=timezone.now())
    assert [item["id"] for item in listed()] == [str(current.id)]


def test_a_next_episode_that_is_in_the_row_is_not_paused(
    listed: Listed, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 2], 1_000, updated_at=ago(hours=2))
    watched(alices, series[1, 1], dismissed_at=ago(hours=1))
    assert (numbers(listed(ROW)), listed()) == ([(1, 2)], [])


def test_where_somebody_else_is_in_the_next_episode_does_not_matter(
    listed: Listed, alices: Profile, bobs: Profile, series: dict[Number, Episode]
) -> None:
    watched(bobs, series[1, 2], 1_000)
    watched(alices, series[1, 1], dismissed_at=timezone.now())
    assert numbers(listed()) == [(1, 2)]


def test_a_series_is_never_both_in_the_row_and_paused(
    listed: Listed, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 2], updated_at=ago(days=40), dismissed_at=ago(days=1))
    watched(alices, series[1, 1], updated_at=ago(days=10))
    assert (numbers(listed(ROW)), listed()) == ([(1, 3)], [])


def test_films_and_series_are_sorted_by_what_happened_last(listed: Listed, alices: Profile) -> None:
    ids = [
        watched(alices, make_series((1, 1), (1, 2))[1, 1], updated_at=ago(days=35), dismissed_at=ago(days=1)).id,
        BookmarkFactory.create(profile=alices, updated_at=ago(days=9), dismissed_at=ago(days=2)).id,
        watched(alices, make_series((1, 1), (1, 2))[1, 1], updated_at=ago(days=3), dismissed_at=ago(days=8)).id,
        BookmarkFactory.create(profile=alices, updated_at=ago(days=32)).id,
        watched(alices, make_series((1, 1), (1, 2))[1, 1], updated_at=ago(days=33)).id,
    ]
    assert [item["id"] for item in listed()] == [str(one) for one in ids]


@pytest.mark.parametrize("rating", ["TV-14", None])
def test_a_child_sees_no_paused_series_above_its_limit(listed: Listed, charlie: Profile, rating: str | None) -> None:
    now = timezone.now()
    watched(charlie, make_series((1, 1), (1, 2), age_rating=rating)[1, 1], dismissed_at=now)
    watched(charlie, make_series((1, 1), (1, 2), (1, 3), age_rating="TV-PG")[1, 2], dismissed_at=now)
    assert numbers(listed(profile=charlie)) == [(1, 3)]


def test_a_hidden_series_is_not_paused(listed: Listed, alices: Profile, series: dict[Number, Episode]) -> None:
    watched(alices, series[1, 1], dismissed_at=timezone.now())
    Title.objects.filter(id=series[1, 1].season.title_id).update(status="archived")
    assert listed() == []


def test_many_paused_series_take_as_many_statements_as_few_and_the_newest_100_are_listed(
    listed: Listed, alices: Profile
) -> None:
    taken = set()
    for count in (1, 101):
        for _ in range(count):
            watched(alices, make_series((1, 1), (1, 2))[1, 1], updated_at=ago(days=40))
        with CaptureQueriesContext(connection) as statements:
            items = listed()
        taken.add(len(statements))
    assert len(items) == 100
    assert taken == {3}


def test_series_that_are_over_do_not_take_the_place_of_one_that_goes_on(listed: Listed, alices: Profile) -> None:
    going_on = watched(alices, make_series((1, 1), (1, 2))[1, 1], updated_at=ago(days=2))
    for episode in EpisodeFactory.create_batch(100):
        watched(alices, episode, updated_at=ago(days=1))
    assert [item["id"] for item in listed(ROW)] == [str(going_on.id)]
    # Nor in paused.
    Bookmark.objects.update(updated_at=timezone.now() - timedelta(days=40))
    assert [item["id"] for item in listed()] == [str(going_on.id)]
