"""A title's own page: its facts, its people, its seasons and episodes (contract 2.2)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Credit, Person, Title
from catalog.pictures import seal
from catalog.tests.factories import EpisodeFactory, GenreFactory, SeasonFactory, TitleFactory

if TYPE_CHECKING:
    from conftest import As

pytestmark = pytest.mark.django_db

NOTHING = type(None)
TITLE_DETAIL: dict[str, set[type]] = {
    "id": {str},
    "title": {str},
    "title_type": {str},
    "synopsis_short": {str, NOTHING},
    "release_year": {int, NOTHING},
    "duration_minutes": {int, NOTHING},
    "age_rating": {str, NOTHING},
    "poster_url": {str, NOTHING},
    "landscape_url": {str, NOTHING},
    "is_featured": {bool},
    "mood_tags": {list},
    "genres": {list},
    "access_options": {list},
    "user_access": {dict, NOTHING},
    "synopsis_long": {str, NOTHING},
    "country_of_origin": {str, NOTHING},
    "language": {str, NOTHING},
    "logo_url": {str, NOTHING},
    "hls_manifest_url": {str, NOTHING},
    "theme_tags": {list},
    "ai_description": {str, NOTHING},
    "cast": {list},
    "seasons": {list},
}
SEASON = {"id", "season_number", "name", "synopsis", "episodes"}
EPISODE = {"id", "episode_number", "title", "synopsis", "duration_minutes", "hls_manifest_url"}


def address(content_id: object) -> str:
    return f"/api/v1/catalog/titles/{content_id}"


def detail(client: APIClient, content_id: object, **query: str) -> dict[str, Any]:
    answer = client.get(address(content_id), query)
    assert answer.status_code == 200, answer.content
    page: dict[str, Any] = answer.json()
    return page


def bill(title: Title, name: str, **facts: str | int | None) -> None:
    Credit.objects.create(title=title, person=Person.objects.create(name=name), **{"role": "actor", **facts})


# --- The facts ---------------------------------------------------------------------------------------------


def test_a_page_has_exactly_the_fields_of_the_contract(guest: APIClient) -> None:
    page = detail(guest, TitleFactory.create().id)
    assert set(page) == set(TITLE_DETAIL)


def test_a_page_of_which_little_is_known_keeps_the_types_of_the_contract(guest: APIClient) -> None:
    page = detail(guest, TitleFactory.create(release_year=None, duration_minutes=None, age_rating=None).id)
    assert [name for name, types in TITLE_DETAIL.items() if type(page[name]) not in types] == []


def test_a_page_shows_all_that_is_known(as_user: As, alice: User) -> None:
    facts = {
        "title": "Alien",
        "title_type": "movie",
        "synopsis_short": "In space no one can hear you scream.",
        "synopsis_long": "The crew of the Nostromo answers a call.",
        "release_year": 1979,
        "duration_minutes": 117,
        "age_rating": "R",
        "country_of_origin": "GB",
        "language": "en",
        "poster_url": "https://pictures.example.com/alien.jpg",
        "landscape_url": "https://pictures.example.com/alien-wide.jpg",
        "logo_url": "https://pictures.example.com/alien-logo.png",
        "hls_manifest_url": "https://media.example.com/alien.m3u8",
        "is_featured": True,
        "mood_tags": ["tense"],
        "theme_tags": ["isolation"],
        "ai_description": "Horror in a closed room.",
    }
    page = detail(as_user(alice), TitleFactory.create(**facts).id)
    assert {name: page[name] for name in facts} == facts
    assert [name for name, types in TITLE_DETAIL.items() if type(page[name]) not in types] == []


def test_genres_are_names_from_a_to_z(guest: APIClient) -> None:
    title = TitleFactory.create()
    title.genres.add(GenreFactory.create(name="Horror"), GenreFactory.create(name="Action"))
    assert detail(guest, title.id)["genres"] == ["Action", "Horror"]


def test_lists_are_empty_rather_than_null(guest: APIClient) -> None:
    page = detail(guest, TitleFactory.create().id)
    assert [page[name] for name in ("cast", "seasons", "genres", "mood_tags", "theme_tags")] == [[]] * 5


def test_a_title_without_pictures_shows_drawn_ones_but_no_drawn_logo(guest: APIClient) -> None:
    title = TitleFactory.create()
    page = detail(guest, title.id)
    assert page["poster_url"] == f"http://testserver/artwork/posters/{title.id}/{seal(title.id)}.svg"
    assert page["landscape_url"] == f"http://testserver/artwork/landscapes/{title.id}/{seal(title.id)}.svg"
    assert page["logo_url"] is None


# --- People, seasons, episodes -----------------------------------------------------------------------------


def test_the_cast_comes_in_billing_order(guest: APIClient) -> None:
    title = TitleFactory.create()
    for place, name in ((2, "Ian Holm"), (0, "Sigourney Weaver"), (1, "Tom Skerritt")):
        bill(title, name, sort_order=place)
    assert [entry["person_name"] for entry in detail(guest, title.id)["cast"]] == [
        "Sigourney Weaver",
        "Tom Skerritt",
        "Ian Holm",
    ]


def test_somebody_in_the_cast_has_a_name_a_role_and_perhaps_a_character(guest: APIClient) -> None:
    title = TitleFactory.create()
    bill(title, "Sigourney Weaver", character_name="Ripley", sort_order=0)
    bill(title, "Ridley Scott", role="director", sort_order=1)
    assert detail(guest, title.id)["cast"] == [
        {"person_name": "Sigourney Weaver", "role": "actor", "character_name": "Ripley"},
        {"person_name": "Ridley Scott", "role": "director", "character_name": None},
    ]


def test_seasons_and_their_episodes_come_by_number(guest: APIClient) -> None:
    series = TitleFactory.create(title_type="series")
    for season_number in (2, 1):
        season = SeasonFactory.create(title=series, season_number=season_number)
        for episode_number in (10, 2, 1):
            EpisodeFactory.create(season=season, episode_number=episode_number)
    seasons = detail(guest, series.id)["seasons"]
    numbers = [(s["season_number"], [e["episode_number"] for e in s["episodes"]]) for s in seasons]
    assert numbers == [(1, [1, 2, 10]), (2, [1, 2, 10])]


def test_seasons_and_episodes_have_exactly_the_fields_of_the_contract(guest: APIClient) -> None:
    episode = EpisodeFactory.create(synopsis="The pilot.")
    (season,) = detail(guest, episode.season.title_id)["seasons"]
    assert set(season) == SEASON
    assert set(season["episodes"][0]) == EPISODE


def test_an_episode_shows_what_is_known_of_it(as_user: As, alice: User) -> None:
    facts = {
        "episode_number": 3,
        "title": "Ozymandias",
        "synopsis": "Everyone copes.",
        "duration_minutes": 47,
        "hls_manifest_url": "https://media.example.com/ozymandias.m3u8",
    }
    episode = EpisodeFactory.create(**facts)
    (season,) = detail(as_user(alice), episode.season.title_id)["seasons"]
    assert season["episodes"] == [{"id": str(episode.id), **facts}]


def test_a_season_without_episodes_has_an_empty_list(guest: APIClient) -> None:
    season = SeasonFactory.create()
    assert detail(guest, season.title_id)["seasons"][0]["episodes"] == []


def test_the_id_of_an_episode_leads_to_its_series(guest: APIClient) -> None:
    episode = EpisodeFactory.create()
    page = detail(guest, episode.id)
    assert page == detail(guest, episode.season.title_id)
    assert page["seasons"][0]["episodes"][0]["id"] == str(episode.id)


# --- What may not be shown ---------------------------------------------------------------------------------


def test_an_unknown_title_is_not_found(guest: APIClient) -> None:
    answer = guest.get(address(uuid.uuid4()))
    assert answer.status_code == 404
    assert answer.json() == {"detail": "There is no such title.", "code": "title_not_found"}


def test_the_id_of_a_season_is_not_found(guest: APIClient) -> None:
    assert guest.get(address(EpisodeFactory.create().season.id)).status_code == 404


def test_an_id_that_is_no_uuid_is_not_found(guest: APIClient) -> None:
    answer = guest.get(address("not-a-uuid"))
    assert answer.status_code == 404
    assert isinstance(answer.json()["detail"], str)


def test_a_title_above_the_limit_of_the_profile_is_refused(as_user: As, alice: User, charlie: Profile) -> None:
    title = TitleFactory.create(age_rating="TV-14")
    answer = as_user(alice).get(address(title.id), {"profile_id": str(charlie.id)})
    assert answer.status_code == 403
    assert answer.json()["code"] == "title_not_suitable"


def test_an_episode_of_a_series_above_the_limit_of_the_profile_is_refused(
    as_user: As, alice: User, charlie: Profile
) -> None:
    episode = EpisodeFactory.create(season__title__age_rating="TV-MA")
    answer = as_user(alice).get(address(episode.id), {"profile_id": str(charlie.id)})
    assert answer.status_code == 403


@pytest.mark.parametrize("rating", [None, "", "unheard of"])
def test_a_title_without_a_known_rating_is_refused_to_a_child(
    as_user: As, alice: User, charlie: Profile, rating: str | None
) -> None:
    title = TitleFactory.create(age_rating=rating)
    assert as_user(alice).get(address(title.id), {"profile_id": str(charlie.id)}).status_code == 403


def test_a_title_within_the_limit_is_shown_to_a_child(as_user: As, alice: User, charlie: Profile) -> None:
    title = TitleFactory.create(age_rating="TV-PG")
    assert detail(as_user(alice), title.id, profile_id=str(charlie.id))["id"] == str(title.id)


def test_a_profile_for_adults_is_shown_an_unrated_title(as_user: As, alice: User, alices: Profile) -> None:
    title = TitleFactory.create(age_rating=None)
    assert detail(as_user(alice), title.id, profile_id=str(alices.id))["id"] == str(title.id)


def test_without_a_profile_an_account_is_shown_every_title(as_user: As, alice: User, charlie: Profile) -> None:
    title = TitleFactory.create(age_rating="TV-MA")
    assert detail(as_user(alice), title.id)["id"] == str(title.id)


def test_somebody_elses_profile_is_refused(as_user: As, alice: User, bobs: Profile) -> None:
    answer = as_user(alice).get(address(TitleFactory.create().id), {"profile_id": str(bobs.id)})
    assert answer.status_code == 403


def test_a_bad_token_is_refused_and_not_taken_for_a_guest(guest: APIClient) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    assert guest.get(address(TitleFactory.create().id)).status_code == 401


# --- What can be played ------------------------------------------------------------------------------------


def playable_series() -> Title:
    series: Title = TitleFactory.create(title_type="series", hls_manifest_url="https://media.example.com/trailer.m3u8")
    EpisodeFactory.create(season__title=series, hls_manifest_url="https://media.example.com/pilot.m3u8")
    return series


def test_a_guest_gets_no_address_of_a_stream_anywhere(guest: APIClient) -> None:
    answer = guest.get(address(playable_series().id))
    assert answer.json()["hls_manifest_url"] is None
    assert answer.json()["seasons"][0]["episodes"][0]["hls_manifest_url"] is None
    assert b"m3u8" not in answer.content


def test_an_account_gets_the_addresses_of_the_streams(as_user: As, alice: User) -> None:
    page = detail(as_user(alice), playable_series().id)
    assert page["hls_manifest_url"] == "https://media.example.com/trailer.m3u8"
    assert page["seasons"][0]["episodes"][0]["hls_manifest_url"] == "https://media.example.com/pilot.m3u8"


def test_a_guest_has_no_access_of_any_kind_and_an_account_has(guest: APIClient, as_user: As, alice: User) -> None:
    title = TitleFactory.create()
    assert detail(guest, title.id)["user_access"] is None
    assert detail(as_user(alice), title.id)["user_access"]["has_access"] is True


# --- What it costs -----------------------------------------------------------------------------------------


def statements_for(
    client: APIClient, profile: Profile, *, seasons: int, episodes: int = 3, by_episode: bool = False
) -> int:
    series = TitleFactory.create(title_type="series")
    series.genres.add(GenreFactory.create())
    for number in range(1, seasons + 1):
        parts = EpisodeFactory.create_batch(episodes, season=SeasonFactory.create(title=series, season_number=number))
        bill(series, f"Guest star {number}")
    with CaptureQueriesContext(connection) as captured:
        page = detail(client, parts[0].id if by_episode else series.id, profile_id=str(profile.id))
    assert [len(season["episodes"]) for season in page["seasons"]] == [episodes] * seasons
    return len(captured)


@pytest.mark.parametrize("by_episode", [False, True], ids=["by its own id", "by the id of an episode"])
def test_a_page_costs_5_statements_whatever_the_number_of_seasons(
    as_user: As, alice: User, alices: Profile, by_episode: bool
) -> None:
    one, ten = (statements_for(as_user(alice), alices, seasons=seasons, by_episode=by_episode) for seasons in (1, 10))
    assert (one, ten) == (5, 5)


def test_a_page_with_1_000_episodes_costs_no_more(as_user: As, alice: User, alices: Profile) -> None:
    assert statements_for(as_user(alice), alices, seasons=10, episodes=100) == 5
