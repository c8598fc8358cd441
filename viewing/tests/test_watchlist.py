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
from viewing.models import Removal, WatchlistItem

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer
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


# What other devices hear


def test_other_devices_hear_once_that_a_title_was_dropped(
    client_of_alice: APIClient, alices: Profile, film: Title
) -> None:
    WatchlistItem.objects.create(profile=alices, title=film)
    for _ in range(2):
        client_of_alice.delete(place_of(film.id, alices))
    assert [(row.profile, row.kind, row.key) for row in Removal.objects.all()] == [(alices, "watchlist", film.id)]


def test_a_title_that_is_kept_again_has_not_changed(client_of_alice: APIClient, alices: Profile, film: Title) -> None:
    client_of_alice.post(place_of(film.id, alices))
    before = WatchlistItem.objects.values().get()
    client_of_alice.post(place_of(film.id, alices))
    assert WatchlistItem.objects.values().get() == before


# Its order


@pytest.fixture
def films(alices: Profile) -> list[Title]:
    """Three films on the list, the newest first."""
    now = timezone.now()
    made = [TitleFactory.create(title=name) for name in ("Harbour", "Lighthouse", "Fjord")]
    for days, film in enumerate(made):
        changed = now - timedelta(days=30)
        added = now - timedelta(days=days)
        WatchlistItem.objects.create(profile=alices, title=film, added_at=added, changed_at=changed)
    return made


def put(client: APIClient, profile: Profile, *title_ids: object) -> Answer:
    return client.put(f"{ADDRESS}/order?profile_id={profile.id}", {"title_ids": [str(key) for key in title_ids]})


def names(answer: Answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["title_info"]["title"] for item in answer.json()]


def listed_names(client: APIClient, profile: Profile) -> list[str]:
    answer = client.get(ADDRESS, {"profile_id": str(profile.id)})
    return names(answer)


def test_the_list_is_put_in_an_order_and_keeps_it(
    client_of_alice: APIClient, alices: Profile, films: list[Title]
) -> None:
    harbour, lighthouse, fjord = films
    answer = put(client_of_alice, alices, fjord.id, harbour.id, lighthouse.id)
    assert names(answer) == ["Fjord", "Harbour", "Lighthouse"]
    assert client_of_alice.get(ADDRESS, {"profile_id": str(alices.id)}).json() == answer.json()


def test_what_is_not_named_follows_as_it_was(client_of_alice: APIClient, alices: Profile, films: list[Title]) -> None:
    _, lighthouse, fjord = films
    assert names(put(client_of_alice, alices, fjord.id)) == ["Fjord", "Harbour", "Lighthouse"]
    assert names(put(client_of_alice, alices, lighthouse.id)) == ["Lighthouse", "Fjord", "Harbour"]
    assert names(put(client_of_alice, alices)) == ["Lighthouse", "Fjord", "Harbour"]


def test_what_is_added_later_comes_on_top(client_of_alice: APIClient, alices: Profile, films: list[Title]) -> None:
    put(client_of_alice, alices, *(film.id for film in reversed(films)))
    for name in ("Island", "Reef"):
        client_of_alice.post(place_of(TitleFactory.create(title=name).id, alices))
    assert listed_names(client_of_alice, alices) == ["Reef", "Island", "Fjord", "Lighthouse", "Harbour"]


def test_what_was_dropped_and_added_again_comes_on_top(
    client_of_alice: APIClient, alices: Profile, films: list[Title]
) -> None:
    put(client_of_alice, alices, *(film.id for film in films))
    client_of_alice.delete(place_of(films[2].id, alices))
    client_of_alice.post(place_of(films[2].id, alices))
    assert listed_names(client_of_alice, alices) == ["Fjord", "Harbour", "Lighthouse"]


def test_titles_that_are_not_on_the_list_are_passed_over(
    client_of_alice: APIClient, alices: Profile, films: list[Title]
) -> None:
    stranger = TitleFactory.create()
    answer = put(client_of_alice, alices, uuid4(), films[1].id, stranger.id, films[0].id)
    assert names(answer) == ["Lighthouse", "Harbour", "Fjord"]
    assert WatchlistItem.objects.count() == 3


def test_what_is_hidden_keeps_its_place_until_it_is_shown_again(
    client_of_alice: APIClient, alices: Profile, films: list[Title]
) -> None:
    harbour, lighthouse, fjord = films
    put(client_of_alice, alices, fjord.id, lighthouse.id, harbour.id)
    Title.objects.filter(id=lighthouse.id).update(status="archived")
    assert names(put(client_of_alice, alices, harbour.id)) == ["Harbour", "Fjord"]
    Title.objects.filter(id=lighthouse.id).update(status="published")
    assert listed_names(client_of_alice, alices) == ["Harbour", "Fjord", "Lighthouse"]


def test_a_title_has_changed_when_it_has_moved_and_only_then(
    client_of_alice: APIClient, alices: Profile, films: list[Title]
) -> None:
    put(client_of_alice, alices, *(film.id for film in films))
    first = dict(WatchlistItem.objects.values_list("title__title", "changed_at"))
    put(client_of_alice, alices, *(film.id for film in films))
    assert dict(WatchlistItem.objects.values_list("title__title", "changed_at")) == first
    put(client_of_alice, alices, films[0].id, films[2].id)
    second = dict(WatchlistItem.objects.values_list("title__title", "changed_at"))
    assert {name for name in first if first[name] < second[name]} == {"Lighthouse", "Fjord"}


@pytest.mark.parametrize(
    "title_ids",
    [["five"], [None], [["x"]], "x", None, {"a": 1}, [str(uuid4())] * 2],
    ids=["no id", "null", "a list", "a text", "nothing", "an object", "twice the same"],
)
def test_only_titles_that_are_there_once_are_an_order(
    client_of_alice: APIClient, alices: Profile, title_ids: object
) -> None:
    answer = client_of_alice.put(f"{ADDRESS}/order?profile_id={alices.id}", {"title_ids": title_ids})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["title_ids"])


def test_an_order_needs_its_titles(client_of_alice: APIClient, alices: Profile) -> None:
    assert client_of_alice.put(f"{ADDRESS}/order?profile_id={alices.id}", {}).status_code == 422


def test_up_to_1000_titles_are_an_order(client_of_alice: APIClient, alices: Profile) -> None:
    many = [uuid4() for _ in range(1_001)]
    assert put(client_of_alice, alices, *many[:1_000]).json() == []
    assert put(client_of_alice, alices, *many).status_code == 400


def test_nobody_orders_the_list_of_a_foreign_profile(client_of_alice: APIClient, bobs: Profile, film: Title) -> None:
    WatchlistItem.objects.create(profile=bobs, title=film)
    assert put(client_of_alice, bobs, film.id).status_code == 403
    assert WatchlistItem.objects.get().place is None


def test_a_child_is_not_shown_what_is_above_its_limit_when_it_orders(
    client_of_alice: APIClient, charlie: Profile
) -> None:
    above, allowed = TitleFactory.create(age_rating="TV-MA"), TitleFactory.create(title="Allowed")
    for title in (above, allowed):
        WatchlistItem.objects.create(profile=charlie, title=title)
    assert names(put(client_of_alice, charlie, above.id, allowed.id)) == ["Allowed"]


def test_a_long_list_is_ordered_in_as_many_statements_as_a_short_one(
    client_of_alice: APIClient, alices: Profile
) -> None:
    counts = []
    for length in (10, 200):
        for film in TitleFactory.create_batch(length - alices.watchlist.count()):
            WatchlistItem.objects.create(profile=alices, title=film)
        ids = list(alices.watchlist.order_by("added_at").values_list("title_id", flat=True))
        with CaptureQueriesContext(connection) as statements:
            assert len(put(client_of_alice, alices, *ids).json()) == length
        counts.append(len(statements))
    assert counts[0] == counts[1]
