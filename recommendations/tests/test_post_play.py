"""What to offer when the credits roll (contract 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import ContentVector, Episode, Title
from catalog.pictures import seal
from catalog.tests.factories import EpisodeFactory, SeasonFactory, TitleFactory
from catalog.vectors import stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import Profile, User
    from conftest import As

    Offer = Callable[..., list[dict[str, Any]]]

pytestmark = pytest.mark.django_db


def placed(title: Title, *vector: float) -> Title:
    ContentVector.objects.create(title=title, vector=list(vector), **stamp())
    return title


def make_series(*numbers: tuple[int, int], **fields: Any) -> dict[tuple[int, int], Episode]:
    """A series with these (season, episode) numbers."""
    series = TitleFactory.create(title_type="series", **fields)
    seasons = {season: SeasonFactory.create(title=series, season_number=season) for season in dict(numbers)}
    return {key: EpisodeFactory.create(season=seasons[key[0]], episode_number=key[1]) for key in numbers}


def address_of(content_id: object) -> str:
    return f"/api/v1/recommendations/post-play/{content_id}"


@pytest.fixture
def offer(as_user: As, alice: User, alices: Profile) -> Offer:
    """What Alice is offered after a film or an episode."""
    client = as_user(alice)

    def offer_alice(content: Title | Episode, profile: Profile = alices, **query: Any) -> list[dict[str, Any]]:
        answer = client.get(address_of(content.id), {"profile_id": str(profile.id), **query})
        assert answer.status_code == 200
        items: list[dict[str, Any]] = answer.json()
        return items

    return offer_alice


def numbers_after(offer: Offer, episodes: dict[tuple[int, int], Episode]) -> list[str | None]:
    """The number of the offered episode after each of these, None when nothing is offered."""
    offers = [offer(episode) for episode in episodes.values()]
    return [items[0]["synopsis_short"] if items else None for items in offers]


def test_after_an_episode_comes_the_next_in_the_clothes_of_its_series(offer: Offer) -> None:
    poster = "https://cdn.example.com/harbour.jpg"
    look = {"poster_url": poster, "release_year": 2019, "age_rating": "TV-14", "synopsis_short": "Boats."}
    episodes = make_series((1, 1), (1, 2), title="Harbour", **look)
    following = episodes[1, 2]
    assert offer(episodes[1, 1]) == [
        {
            "id": str(following.id),
            "title": following.title,
            "title_type": "episode",
            "poster_url": poster,
            "landscape_url": f"http://testserver/artwork/landscapes/{following.season.title_id}/{seal(following.season.title_id)}.svg",
            "synopsis_short": "S1E2",
            "release_year": 2019,
            "age_rating": "TV-14",
            "similarity_score": None,
        }
    ]


def test_gaps_in_the_numbers_are_crossed(offer: Offer) -> None:
    assert numbers_after(offer, make_series((1, 1), (1, 4), (1, 9))) == ["S1E4", "S1E9", None]


def test_a_season_leads_into_the_next_one(offer: Offer) -> None:
    assert numbers_after(offer, make_series((1, 10), (2, 1), (4, 3))) == ["S2E1", "S4E3", None]


def test_specials_come_after_everything_else(offer: Offer) -> None:
    assert numbers_after(offer, make_series((1, 1), (2, 1), (0, 1), (0, 2))) == ["S2E1", "S0E1", "S0E2", None]


def test_the_next_episode_comes_before_similar_titles(offer: Offer) -> None:
    episodes = make_series((1, 1), (1, 2))
    placed(episodes[1, 1].season.title, 1, 0, 0)
    placed(TitleFactory.create(title="Near"), 1, 0.1, 0)
    placed(TitleFactory.create(title="Far"), 0, 1, 0)
    seen = [(item["title"], item["title_type"], item["similarity_score"]) for item in offer(episodes[1, 1])]
    assert seen == [(episodes[1, 2].title, "episode", None), ("Near", "movie", 0.995), ("Far", "movie", 0.0)]


def test_after_the_last_episode_come_only_titles_like_the_series(offer: Offer) -> None:
    (last,) = make_series((1, 1)).values()
    placed(last.season.title, 1, 0, 0)
    placed(TitleFactory.create(title="Near"), 1, 0.1, 0)
    assert [item["title"] for item in offer(last)] == ["Near"]


def test_after_a_film_come_titles_like_it(offer: Offer) -> None:
    film = placed(TitleFactory.create(), 1, 0, 0)
    placed(TitleFactory.create(title="Far"), 0, 1, 0)
    placed(TitleFactory.create(title="Near"), 1, 0.1, 0)
    assert [item["title"] for item in offer(film)] == ["Near", "Far"]


def test_after_a_film_without_a_vector_comes_nothing(offer: Offer) -> None:
    placed(TitleFactory.create(), 1, 0, 0)
    assert offer(TitleFactory.create()) == []


def test_the_limit_counts_the_episode_too(offer: Offer) -> None:
    episodes = make_series((1, 1), (1, 2))
    placed(episodes[1, 1].season.title, 1, 0, 0)
    for _ in range(25):
        placed(TitleFactory.create(), 1, 1, 0)
    lengths = [len(offer(episodes[1, 1], **query)) for query in ({}, {"limit": 1}, {"limit": 20})]
    assert lengths == [8, 1, 20]
    assert offer(episodes[1, 1], limit=1)[0]["title_type"] == "episode"


@pytest.mark.parametrize("limit", [0, 21, "many"])
def test_a_limit_out_of_range_is_refused(as_user: As, alice: User, alices: Profile, limit: int | str) -> None:
    answer = as_user(alice).get(address_of(TitleFactory.create().id), {"profile_id": str(alices.id), "limit": limit})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["limit"])


def test_an_unknown_id_is_not_found(as_user: As, alice: User, alices: Profile) -> None:
    answer = as_user(alice).get(address_of(uuid4()), {"profile_id": str(alices.id)})
    assert (answer.status_code, answer.json()["code"]) == (404, "title_not_found")


def test_a_child_is_offered_nothing_above_its_limit(offer: Offer, charlie: Profile) -> None:
    film = placed(TitleFactory.create(), 1, 0, 0)
    for rating in ("TV-PG", "PG-13", None):
        placed(TitleFactory.create(title=f"Rated {rating}", age_rating=rating), 1, 0, 0)
    assert [item["title"] for item in offer(film, charlie)] == ["Rated TV-PG"]


def test_a_child_cannot_ask_after_an_episode_above_its_limit(as_user: As, alice: User, charlie: Profile) -> None:
    episodes = make_series((1, 1), (1, 2), age_rating="TV-14")
    answer = as_user(alice).get(address_of(episodes[1, 1].id), {"profile_id": str(charlie.id)})
    assert (answer.status_code, answer.json()["code"]) == (403, "title_not_suitable")


def test_a_foreign_profile_and_no_profile_are_refused(as_user: As, alice: User, bobs: Profile) -> None:
    address = address_of(TitleFactory.create().id)
    assert as_user(alice).get(address, {"profile_id": str(bobs.id)}).status_code == 403
    assert as_user(alice).get(address).status_code == 422


def test_a_long_series_takes_as_many_statements_as_a_short_one(offer: Offer) -> None:
    assert statements_for(offer, 3) == statements_for(offer, 60)


def statements_for(offer: Offer, episodes: int) -> int:
    first = next(iter(make_series(*[(1 + number // 10, number) for number in range(episodes)]).values()))
    with CaptureQueriesContext(connection) as statements:
        assert len(offer(first)) == 1
    return len(statements)
