"""Browsing: the catalogue in pages, A to Z (contract 2.2)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import Profile, User
from catalog.pictures import seal
from catalog.search.documents import index_catalogue
from catalog.tests.factories import GenreFactory, TitleFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from conftest import As

pytestmark = pytest.mark.django_db

TITLES = "/api/v1/catalog/titles"
NOTHING = type(None)
TITLE_ITEM: dict[str, set[type]] = {
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
}


def browse(client: APIClient, **query: str | int) -> dict[str, Any]:
    answer = client.get(TITLES, query)
    assert answer.status_code == 200, answer.content
    page: dict[str, Any] = answer.json()
    return page


def names(page: dict[str, Any]) -> list[str]:
    return [item["title"] for item in page["items"]]


# --- Order and pages ---------------------------------------------------------------------------------------


def test_titles_come_from_a_to_z(guest: APIClient) -> None:
    for name in ("Metropolis", "Alien", "Zodiac", "Brazil"):
        TitleFactory.create(title=name)
    assert names(browse(guest)) == ["Alien", "Brazil", "Metropolis", "Zodiac"]


def test_small_letters_are_sorted_among_the_capitals(guest: APIClient) -> None:
    for name in ("Zodiac", "eXistenZ", "Alien"):
        TitleFactory.create(title=name)
    assert names(browse(guest)) == ["Alien", "eXistenZ", "Zodiac"]


def test_titles_of_the_same_name_keep_their_place_from_page_to_page(guest: APIClient) -> None:
    remakes = TitleFactory.create_batch(5, title="The Three Musketeers")
    pages = [browse(guest, page=number, page_size=1) for number in range(1, 6)]
    assert [page["items"][0]["id"] for page in pages] == sorted(str(remake.id) for remake in remakes)


def test_a_page_holds_20_titles_unless_asked_otherwise(guest: APIClient) -> None:
    TitleFactory.create_batch(21)
    page = browse(guest)
    assert (len(page["items"]), page["page"], page["page_size"]) == (20, 1, 20)


def test_a_page_tells_the_total_its_number_and_its_size_and_nothing_else(guest: APIClient) -> None:
    TitleFactory.create_batch(5)
    page = browse(guest, page=2, page_size=2)
    assert len(page.pop("items")) == 2
    assert page == {"total": 5, "page": 2, "page_size": 2}


def test_the_pages_together_show_every_title_once(guest: APIClient) -> None:
    stored = TitleFactory.create_batch(5)
    shown = [name for number in (1, 2, 3) for name in names(browse(guest, page=number, page_size=2))]
    assert shown == sorted(title.title for title in stored)


def test_a_page_past_the_end_is_empty_and_tells_the_true_total(guest: APIClient) -> None:
    TitleFactory.create_batch(3)
    assert browse(guest, page=9) == {"items": [], "total": 3, "page": 9, "page_size": 20}


def test_an_empty_catalogue_is_an_empty_page(guest: APIClient) -> None:
    assert browse(guest) == {"items": [], "total": 0, "page": 1, "page_size": 20}


@pytest.mark.parametrize("size", [1, 100])
def test_a_page_size_from_1_to_100_is_allowed(guest: APIClient, size: int) -> None:
    TitleFactory.create_batch(101)
    page = browse(guest, page_size=size)
    assert (len(page["items"]), page["page_size"]) == (size, size)


@pytest.mark.parametrize("value", ["0", "-1", "101", "abc", "1.5"])
def test_any_other_page_size_is_refused(guest: APIClient, value: str) -> None:
    answer = guest.get(TITLES, {"page_size": value})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("page_size: ")


@pytest.mark.parametrize("value", ["0", "-1", "abc", "1.5"])
def test_a_page_number_below_1_or_unreadable_is_refused(guest: APIClient, value: str) -> None:
    answer = guest.get(TITLES, {"page": value})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("page: ")


# --- Filters -----------------------------------------------------------------------------------------------


def test_the_genre_filter_takes_a_slug(guest: APIClient) -> None:
    TitleFactory.create(title="Alien").genres.add(GenreFactory.create(name="Science Fiction", slug="science-fiction"))
    TitleFactory.create(title="Airplane!").genres.add(GenreFactory.create(name="Comedy", slug="comedy"))
    assert names(browse(guest, genre="science-fiction")) == ["Alien"]


def test_the_genre_filter_does_not_take_a_name(guest: APIClient) -> None:
    TitleFactory.create().genres.add(GenreFactory.create(name="Science Fiction", slug="science-fiction"))
    assert browse(guest, genre="Science Fiction")["items"] == []


def test_a_title_of_several_genres_is_listed_once_and_with_all_of_them(guest: APIClient) -> None:
    crime, comedy = GenreFactory.create(name="Crime", slug="crime"), GenreFactory.create(name="Comedy", slug="comedy")
    TitleFactory.create().genres.add(crime, comedy)
    page = browse(guest, genre="crime")
    assert page["total"] == 1
    assert page["items"][0]["genres"] == ["Comedy", "Crime"]


def test_an_unknown_genre_has_no_titles(guest: APIClient) -> None:
    TitleFactory.create()
    page = browse(guest, genre="no-such-genre")
    assert (page["items"], page["total"]) == ([], 0)


@pytest.mark.parametrize("kind", ["movie", "series"])
def test_the_type_filter_tells_films_and_series_apart(guest: APIClient, kind: str) -> None:
    TitleFactory.create(title="movie", title_type="movie")
    TitleFactory.create(title="series", title_type="series")
    assert names(browse(guest, type=kind)) == [kind]


def test_an_unknown_type_is_refused(guest: APIClient) -> None:
    answer = guest.get(TITLES, {"type": "episode"})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("type: ")


def test_filters_that_are_left_empty_filter_nothing(guest: APIClient) -> None:
    TitleFactory.create(title_type="movie")
    TitleFactory.create(title_type="series")
    assert browse(guest, genre="", type="", q="")["total"] == 2


def test_filters_narrow_together(guest: APIClient) -> None:
    comedy = GenreFactory.create(slug="comedy")
    for name, kind in (("Airplane!", "movie"), ("Airport", "movie"), ("Airborne", "series")):
        title = TitleFactory.create(title=name, title_type=kind)
        if name != "Airport":
            title.genres.add(comedy)
    index_catalogue()
    assert names(browse(guest, genre="comedy", type="movie", q="air")) == ["Airplane!"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"year_from": 1979}, ["Alien", "Brazil", "Zodiac"]),
        ({"year_to": 1985}, ["Alien", "Brazil", "Metropolis"]),
        ({"year_from": 1979, "year_to": 1985}, ["Alien", "Brazil"]),
        ({"year_from": 1985, "year_to": 1985}, ["Brazil"]),
        ({"year_from": 2030}, []),
        ({"year_from": "", "year_to": ""}, ["Alien", "Brazil", "Metropolis", "Undated", "Zodiac"]),
    ],
)
def test_the_years_of_a_range_both_count(guest: APIClient, query: dict[str, Any], found: list[str]) -> None:
    years = {"Metropolis": 1927, "Alien": 1979, "Brazil": 1985, "Zodiac": 2007, "Undated": None}
    for name, year in years.items():
        TitleFactory.create(title=name, release_year=year)
    assert names(browse(guest, **query)) == found


@pytest.mark.parametrize("value", ["-1", "10000", "abc", "1985.5"])
@pytest.mark.parametrize("name", ["year_from", "year_to"])
def test_a_year_that_is_none_is_refused(guest: APIClient, name: str, value: str) -> None:
    answer = guest.get(TITLES, {name: value})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{name}: ")


def test_years_in_the_wrong_order_are_refused_with_a_sentence(guest: APIClient) -> None:
    answer = guest.get(TITLES, {"year_from": 2000, "year_to": 1999})
    assert (answer.status_code, answer.json()["detail"]) == (422, "year_to: This year is before year_from.")


@pytest.mark.parametrize(("name", "column"), [("country", "country_of_origin"), ("language", "language")])
def test_a_code_counts_in_any_case_and_as_a_whole(guest: APIClient, name: str, column: str) -> None:
    for code in ("no", "NO", "nob", None):
        TitleFactory.create(title=f"Film in {code}", **{column: code})
    assert {*names(browse(guest, **{name: "No"}))} == {"Film in NO", "Film in no"}
    for unknown in ("xx", "n%", "n_", "'"):
        assert browse(guest, **{name: unknown})["total"] == 0


@pytest.mark.parametrize("stored", ["feel-good", "Feel-good", "Feel-Good", "FEEL-GOOD"])
@pytest.mark.parametrize("asked", ["feel-good", "Feel-Good", "FEEL-GOOD"])
def test_a_mood_counts_in_any_usual_spelling_and_as_a_whole(guest: APIClient, stored: str, asked: str) -> None:
    TitleFactory.create(title="Amélie", mood_tags=["quirky", stored])
    TitleFactory.create(mood_tags=["feel-good enough", "good"])
    TitleFactory.create(mood_tags=[])
    assert names(browse(guest, mood=asked)) == ["Amélie"]
    assert browse(guest, mood="f%")["total"] == 0


@pytest.mark.parametrize(
    ("maturity", "found"),
    [
        ("TV-Y", ["TV-Y"]),
        ("TV-PG", ["PG", "TV-PG", "TV-Y"]),
        ("PG-13", ["PG", "PG-13", "TV-PG", "TV-Y"]),
        ("TV-MA", ["NC-17", "PG", "PG-13", "TV-MA", "TV-PG", "TV-Y"]),
    ],
)
def test_maturity_shows_what_is_rated_at_most_so(guest: APIClient, maturity: str, found: list[str]) -> None:
    for rating in ("TV-Y", "PG", "TV-PG", "PG-13", "TV-MA", "NC-17", "unheard of", "", None):
        TitleFactory.create(title=f"rated {rating}", age_rating=rating)
    assert names(browse(guest, maturity=maturity)) == [f"rated {rating}" for rating in found]


def test_a_maturity_nobody_knows_is_refused(guest: APIClient) -> None:
    assert guest.get(TITLES, {"maturity": "FSK 16"}).status_code == 422


def test_maturity_never_widens_what_a_child_sees(as_user: As, alice: User, charlie: Profile) -> None:
    TitleFactory.create(age_rating="TV-MA")
    TitleFactory.create(title="For children", age_rating="TV-Y")
    assert names(browse(as_user(alice), profile_id=str(charlie.id), maturity="TV-MA")) == ["For children"]


def test_all_filters_narrow_together(guest: APIClient) -> None:
    fits: dict[str, Any] = {"title_type": "series", "release_year": 2013, "country_of_origin": "SE", "language": "sv"}
    fits |= {"age_rating": "TV-14", "mood_tags": ["dark"]}
    asked: dict[str, Any] = {"type": "series", "year_from": 2013, "year_to": 2013, "country": "se", "language": "sv"}
    asked |= {"maturity": "TV-14", "mood": "dark"}
    TitleFactory.create(title="Fits", **fits)
    others: dict[str, Any] = {"title_type": "movie", "release_year": 2012, "country_of_origin": "NO", "language": "no"}
    others |= {"age_rating": "TV-MA", "mood_tags": []}
    for name, value in others.items():
        TitleFactory.create(title=f"Other {name}", **fits | {name: value})
    assert names(browse(guest, **asked)) == ["Fits"]


# --- Sorting -----------------------------------------------------------------------------------------------


def test_accents_do_not_put_a_title_at_the_end(guest: APIClient) -> None:
    for name in ("Zodiac", "Éclair", "Eden", "Amélie", "Åsa"):
        TitleFactory.create(title=name)
    assert names(browse(guest)) == ["Amélie", "Åsa", "Éclair", "Eden", "Zodiac"]


def test_the_newest_is_what_came_into_the_catalogue_last(guest: APIClient) -> None:
    for name, days in (("Old", 3), ("New", 1), ("Middle", 2)):
        TitleFactory.create(title=name, created_at=timezone.now() - timedelta(days=days))
    assert names(browse(guest, sort="newest")) == ["New", "Middle", "Old"]


def test_by_year_the_latest_release_comes_first_and_what_has_no_year_last(guest: APIClient) -> None:
    for name, year in (("Undated", None), ("Metropolis", 1927), ("Zodiac", 2007), ("Brazil", 1985), ("Avatar", 2007)):
        TitleFactory.create(title=name, release_year=year)
    assert names(browse(guest, sort="year")) == ["Avatar", "Zodiac", "Brazil", "Metropolis", "Undated"]


def test_sorting_by_title_is_what_happens_anyway(guest: APIClient) -> None:
    for name in ("Brazil", "Alien"):
        TitleFactory.create(title=name)
    assert browse(guest, sort="title") == browse(guest) == browse(guest, sort="")


def test_another_order_is_refused(guest: APIClient) -> None:
    answer = guest.get(TITLES, {"sort": "-title"})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("sort: ")


def test_what_a_search_finds_can_be_sorted_and_narrowed(guest: APIClient) -> None:
    for name, year in (("Alien", 1979), ("Alien Resurrection", 1997), ("Aliens", 1986), ("Brazil", 1985)):
        TitleFactory.create(title=name, release_year=year)
    index_catalogue()
    assert names(browse(guest, q="alien"))[0] == "Alien"
    assert names(browse(guest, q="alien", sort="year")) == ["Alien Resurrection", "Aliens", "Alien"]
    assert names(browse(guest, q="alien", sort="title")) == ["Alien", "Alien Resurrection", "Aliens"]
    page = browse(guest, q="alien", sort="year", page_size=1, page=2)
    assert (names(page), page["total"]) == (["Aliens"], 3)
    assert names(browse(guest, q="alien", year_to=1990, sort="year")) == ["Aliens", "Alien"]


@pytest.mark.parametrize("sort", ["title", "newest", "year"])
def test_in_every_order_the_pages_together_show_every_title_once(guest: APIClient, sort: str) -> None:
    moment = timezone.now()
    stored = [TitleFactory.create(title="The same", created_at=moment) for _ in range(7)]
    pages = [browse(guest, sort=sort, page=page, page_size=2)["items"] for page in range(1, 5)]
    shown = [item["id"] for page in pages for item in page]
    assert sorted(shown) == sorted(str(title.id) for title in stored)


# --- What a title looks like -------------------------------------------------------------------------------


def test_a_title_has_exactly_the_fields_of_the_contract(guest: APIClient) -> None:
    TitleFactory.create()
    (item,) = browse(guest)["items"]
    assert set(item) == set(TITLE_ITEM)


def test_a_title_of_which_little_is_known_keeps_the_types_of_the_contract(guest: APIClient) -> None:
    TitleFactory.create(release_year=None, duration_minutes=None, age_rating=None)
    (item,) = browse(guest)["items"]
    assert [name for name, types in TITLE_ITEM.items() if type(item[name]) not in types] == []
    assert [item[name] for name in ("synopsis_short", "release_year", "duration_minutes", "age_rating")] == [None] * 4


def test_a_title_of_which_all_is_known_shows_it(as_user: As, alice: User) -> None:
    facts = {
        "title": "Alien",
        "title_type": "movie",
        "synopsis_short": "In space no one can hear you scream.",
        "release_year": 1979,
        "duration_minutes": 117,
        "age_rating": "R",
        "poster_url": "https://pictures.example.com/alien.jpg",
        "landscape_url": "https://pictures.example.com/alien-wide.jpg",
        "is_featured": True,
        "mood_tags": ["tense", "dark"],
    }
    title = TitleFactory.create(**facts)
    (item,) = browse(as_user(alice))["items"]
    assert item["id"] == str(title.id)
    assert {name: item[name] for name in facts} == facts
    assert [name for name, types in TITLE_ITEM.items() if type(item[name]) not in types] == []


def test_lists_are_empty_rather_than_null(guest: APIClient) -> None:
    TitleFactory.create()
    (item,) = browse(guest)["items"]
    assert (item["mood_tags"], item["genres"]) == ([], [])


def test_genres_are_names_from_a_to_z(guest: APIClient) -> None:
    title = TitleFactory.create()
    for name in ("Western", "Comedy", "Science Fiction"):
        title.genres.add(GenreFactory.create(name=name))
    assert browse(guest)["items"][0]["genres"] == ["Comedy", "Science Fiction", "Western"]


def test_a_title_without_offers_says_so(guest: APIClient) -> None:
    TitleFactory.create()
    assert browse(guest)["items"][0]["access_options"] == []


def test_a_guest_has_no_access_of_any_kind(guest: APIClient) -> None:
    TitleFactory.create()
    assert browse(guest)["items"][0]["user_access"] is None


def test_an_account_has_access_without_end(as_user: As, alice: User) -> None:
    TitleFactory.create()
    (item,) = browse(as_user(alice))["items"]
    access = {"has_access": True, "access_type": "svod", "expires_at": None, "required_tier": None}
    assert item["user_access"] == access


def test_a_title_without_pictures_shows_the_whole_addresses_of_drawn_ones(guest: APIClient) -> None:
    title = TitleFactory.create(poster_url=None, landscape_url="")
    (item,) = browse(guest)["items"]
    assert item["poster_url"] == f"http://testserver/artwork/posters/{title.id}/{seal(title.id)}.svg"
    assert item["landscape_url"] == f"http://testserver/artwork/landscapes/{title.id}/{seal(title.id)}.svg"


def test_drawn_pictures_lie_under_the_public_address_where_one_is_set(guest: APIClient, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://tv.example.com"
    title = TitleFactory.create()
    (item,) = browse(guest)["items"]
    assert item["poster_url"] == f"https://tv.example.com/artwork/posters/{title.id}/{seal(title.id)}.svg"


def test_a_title_with_pictures_of_its_own_shows_them(guest: APIClient) -> None:
    TitleFactory.create(
        poster_url="https://pictures.example.com/2x3.jpg", landscape_url="https://pictures.example.com/16x9"
    )
    (item,) = browse(guest)["items"]
    assert item["poster_url"] == "https://pictures.example.com/2x3.jpg"
    assert item["landscape_url"] == "https://pictures.example.com/16x9"


# --- Who is asking -----------------------------------------------------------------------------------------


def test_a_token_that_cannot_be_read_is_refused_and_not_taken_for_a_guest(guest: APIClient) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    answer = guest.get(TITLES)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_is_refused_and_not_taken_for_a_guest(guest: APIClient, alice: User) -> None:
    token = AccessToken.for_user(alice)
    token.set_exp(lifetime=timedelta(minutes=-1))
    guest.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert guest.get(TITLES).status_code == 401


def test_a_child_profile_lists_and_counts_only_what_it_may_see(as_user: As, alice: User, charlie: Profile) -> None:
    for rating in ("TV-Y", "PG", "TV-PG", "PG-13", "TV-MA", "unheard of", "", None):
        TitleFactory.create(title=f"rated {rating}", age_rating=rating)
    page = browse(as_user(alice), profile_id=str(charlie.id))
    assert names(page) == ["rated PG", "rated TV-PG", "rated TV-Y"]
    assert page["total"] == 3


def test_a_profile_for_adults_lists_everything(as_user: As, alice: User, alices: Profile) -> None:
    for rating in ("TV-Y", "NC-17", "unheard of", None):
        TitleFactory.create(age_rating=rating)
    assert browse(as_user(alice), profile_id=str(alices.id))["total"] == 4


def test_a_profile_of_somebody_else_and_one_of_nobody_are_refused_alike(
    as_user: As, alice: User, bobs: Profile
) -> None:
    foreign, unknown = (as_user(alice).get(TITLES, {"profile_id": str(one)}) for one in (bobs.id, uuid.uuid4()))
    assert (foreign.status_code, unknown.status_code) == (403, 403)
    assert foreign.json() == unknown.json()


def test_a_guest_may_not_borrow_a_profile(guest: APIClient, bobs: Profile) -> None:
    assert guest.get(TITLES, {"profile_id": str(bobs.id)}).status_code == 403


def test_a_profile_id_that_is_no_uuid_is_refused(as_user: As, alice: User) -> None:
    assert as_user(alice).get(TITLES, {"profile_id": "42"}).status_code == 422


def test_the_address_with_a_slash_at_its_end_does_not_redirect(guest: APIClient) -> None:
    assert guest.get(f"{TITLES}/").status_code == 404
