"""What a profile keeps for later (contract 2.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog.models import Title
from catalog.pictures import seal
from catalog.tests.factories import EpisodeFactory, TitleFactory
from viewing.models import WatchlistItem

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/viewing/watchlist"


def place_of(title_id: object, profile: Profile) -> str:
    return f"{ADDRESS}/{title_id}?profile_id={profile.id}"


@pytest.fixture
def film() -> Title:
    return TitleFactory.create()


@pytest.fixture
def client_of_alice(as_user: As, alice: User) -> APIClient:
    return as_user(alice)


def test_an_item_has_exactly_the_fields_of_the_contract(client_of_alice: APIClient, alices: Profile) -> None:
    film = TitleFactory.create(title="Harbour", poster_url="https://cdn.example.com/harbour.jpg", landscape_url=None)
    item = WatchlistItem.objects.create(profile=alices, title=film)
    (listed,) = client_of_alice.get(ADDRESS, {"profile_id": str(alices.id)}).json()
    assert parse_datetime(listed["added_at"]) == item.added_at
    assert listed == {
        "title_id": str(film.id),
        "added_at": listed["added_at"],
        "title_info": {
            "id": str(film.id),
            "title": "Harbour",
            "poster_url": "https://cdn.example.com/harbour.jpg",
            "landscape_url": f"http://testserver/artwork/landscapes/{film.id}/{seal(film.id)}.svg",
            "title_type": "movie",
            "release_year": 2001,
            "age_rating": "TV-G",
        },
    }


def test_the_newest_comes_first(client_of_alice: APIClient, alices: Profile) -> None:
    now = timezone.now()
    for days in (2, 0, 1):
        film = TitleFactory.create(title=f"{days} days ago")
        WatchlistItem.objects.create(profile=alices, title=film, added_at=now - timedelta(days=days))
    listed = client_of_alice.get(ADDRESS, {"profile_id": str(alices.id)}).json()
    assert [item["title_info"]["title"] for item in listed] == ["0 days ago", "1 days ago", "2 days ago"]


def test_a_title_may_be_kept_twice(client_of_alice: APIClient, alices: Profile, film: Title) -> None:
    answers = [client_of_alice.post(place_of(film.id, alices)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert [item.title for item in alices.watchlist.all()] == [film]


def test_a_title_may_be_dropped_twice(client_of_alice: APIClient, alices: Profile, film: Title) -> None:
    WatchlistItem.objects.create(profile=alices, title=film)
    answers = [client_of_alice.delete(place_of(film.id, alices)) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
    assert not alices.watchlist.exists()


def test_an_episode_stands_for_its_series(client_of_alice: APIClient, alices: Profile) -> None:
    episode = EpisodeFactory.create()
    client_of_alice.post(place_of(episode.id, alices))
    assert [item.title for item in WatchlistItem.objects.of(alices)] == [episode.season.title]
    client_of_alice.delete(place_of(episode.id, alices))
    assert not WatchlistItem.objects.of(alices).exists()


def test_dropping_an_unknown_title_is_no_failure(client_of_alice: APIClient, alices: Profile) -> None:
    assert client_of_alice.delete(place_of(uuid4(), alices)).status_code == 204


def test_an_unknown_title_cannot_be_kept(client_of_alice: APIClient, alices: Profile) -> None:
    answer = client_of_alice.post(place_of(uuid4(), alices))
    assert (answer.status_code, answer.json()["code"]) == (404, "title_not_found")


def test_a_child_cannot_keep_what_is_above_its_limit(client_of_alice: APIClient, charlie: Profile) -> None:
    film = TitleFactory.create(age_rating="TV-14")
    answer = client_of_alice.post(place_of(film.id, charlie))
    assert (answer.status_code, answer.json()["code"]) == (403, "title_not_suitable")
    assert not charlie.watchlist.exists()


def test_a_child_no_longer_sees_what_was_rated_higher_since(client_of_alice: APIClient, charlie: Profile) -> None:
    for rating in ("TV-PG", "TV-14", None):
        WatchlistItem.objects.create(profile=charlie, title=TitleFactory.create(age_rating=rating))
    listed = client_of_alice.get(ADDRESS, {"profile_id": str(charlie.id)}).json()
    assert [item["title_info"]["age_rating"] for item in listed] == ["TV-PG"]


def test_each_profile_has_a_list_of_its_own(
    client_of_alice: APIClient, alices: Profile, charlie: Profile, film: Title
) -> None:
    for profile in (alices, charlie):
        WatchlistItem.objects.create(profile=profile, title=film)
    client_of_alice.delete(place_of(film.id, alices))
    assert client_of_alice.get(ADDRESS, {"profile_id": str(alices.id)}).json() == []
    assert len(client_of_alice.get(ADDRESS, {"profile_id": str(charlie.id)}).json()) == 1


def test_the_list_of_a_foreign_profile_is_closed(client_of_alice: APIClient, bobs: Profile, film: Title) -> None:
    WatchlistItem.objects.create(profile=bobs, title=film)
    other = TitleFactory.create()
    assert client_of_alice.get(ADDRESS, {"profile_id": str(bobs.id)}).status_code == 403
    assert client_of_alice.post(place_of(other.id, bobs)).status_code == 403
    assert client_of_alice.delete(place_of(film.id, bobs)).status_code == 403
    assert [item.title for item in bobs.watchlist.all()] == [film]


def test_a_deleted_title_leaves_the_list(client_of_alice: APIClient, alices: Profile, film: Title) -> None:
    WatchlistItem.objects.create(profile=alices, title=film)
    film.delete()
    assert client_of_alice.get(ADDRESS, {"profile_id": str(alices.id)}).json() == []


HIDDEN: dict[str, dict[str, Any]] = {
    "archived": {"status": "archived"},
    "a draft": {"status": "draft"},
    "not yet available": {"available_from": timezone.now() + timedelta(days=1)},
    "deleted": {"deleted_at": timezone.now()},
}


@pytest.mark.parametrize("way", HIDDEN)
@pytest.mark.parametrize("by", ["its own id", "an episode's id"])
def test_what_is_dropped_while_it_is_hidden_does_not_come_back_with_the_title(
    client_of_alice: APIClient, alices: Profile, way: str, by: str
) -> None:
    episode = EpisodeFactory.create()
    series = episode.season.title
    WatchlistItem.objects.create(profile=alices, title=series)
    Title.with_deleted.filter(id=series.id).update(**HIDDEN[way])
    content_id = series.id if by == "its own id" else episode.id
    assert client_of_alice.delete(place_of(content_id, alices)).status_code == 204
    shown_again = {"status": "published", "available_from": None, "deleted_at": None}
    Title.with_deleted.filter(id=series.id).update(**shown_again)
    assert client_of_alice.get(ADDRESS, {"profile_id": str(alices.id)}).json() == []


def test_a_long_list_takes_as_many_statements_as_a_short_one(client_of_alice: APIClient, alices: Profile) -> None:
    few = statements_for(10, client_of_alice, alices)
    many = statements_for(200, client_of_alice, alices)
    assert few == many


def statements_for(length: int, client: APIClient, profile: Profile) -> int:
    for film in TitleFactory.create_batch(length - profile.watchlist.count()):
        WatchlistItem.objects.create(profile=profile, title=film)
    with CaptureQueriesContext(connection) as statements:
        assert len(client.get(ADDRESS, {"profile_id": str(profile.id)}).json()) == length
    return len(statements)
