"""Searching by words: which titles contain a text, and that the text is never anything but a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Credit, Person, Title
from catalog.tests.factories import GenreFactory, TitleFactory

if TYPE_CHECKING:
    from conftest import As

pytestmark = pytest.mark.django_db

TITLES = "/api/v1/catalog/titles"
SEARCH = "/api/v1/catalog/search"
both_addresses = pytest.mark.parametrize("address", [SEARCH, TITLES])


def found(client: APIClient, words: str, **query: str) -> list[str]:
    answer = client.get(SEARCH, {"q": words, **query})
    assert answer.status_code == 200, answer.content
    return [item["title"] for item in answer.json()["items"]]


def bill(title: Title, name: str) -> None:
    Credit.objects.create(title=title, person=Person.objects.create(name=name), role="actor")


# --- Where is looked ---------------------------------------------------------------------------------------


def test_a_part_of_the_title_is_found(guest: APIClient) -> None:
    TitleFactory.create(title="Blade Runner")
    TitleFactory.create(title="Alien")
    assert found(guest, "ade run") == ["Blade Runner"]


@pytest.mark.parametrize("field", ["synopsis_short", "synopsis_long"])
def test_a_part_of_either_synopsis_is_found(guest: APIClient, field: str) -> None:
    TitleFactory.create(title="Blade Runner", **{field: "Deckard hunts replicants."})
    TitleFactory.create(title="Alien", **{field: "The crew answers a call."})
    assert found(guest, "replicant") == ["Blade Runner"]


def test_a_part_of_a_name_in_the_cast_is_found(guest: APIClient) -> None:
    bill(TitleFactory.create(title="Blade Runner"), "Harrison Ford")
    bill(TitleFactory.create(title="Alien"), "Sigourney Weaver")
    assert found(guest, "ison fo") == ["Blade Runner"]


def test_a_title_with_two_people_of_that_name_is_found_once(guest: APIClient) -> None:
    title = TitleFactory.create(title="The Royal Tenenbaums", synopsis_short="Not one Wilson but two.")
    bill(title, "Owen Wilson")
    bill(title, "Luke Wilson")
    assert found(guest, "wilson") == ["The Royal Tenenbaums"]


@pytest.mark.parametrize("words", ["amélie", "AMÉLIE", "aMéLiE"])
def test_the_case_of_letters_does_not_matter(guest: APIClient, words: str) -> None:
    TitleFactory.create(title="Amélie")
    assert found(guest, words) == ["Amélie"]


def test_what_is_nowhere_is_not_found(guest: APIClient) -> None:
    TitleFactory.create(title="Alien", synopsis_short="The crew answers a call.")
    assert found(guest, "replicant") == []


def test_blanks_around_the_words_do_not_matter(guest: APIClient) -> None:
    TitleFactory.create(title="Alien")
    assert found(guest, "  alien ") == ["Alien"]


def test_hits_come_from_a_to_z_in_pages(guest: APIClient) -> None:
    for name in ("Alien 3", "Alien", "Aliens"):
        TitleFactory.create(title=name)
    answer = guest.get(f"{SEARCH}?q=alien&page=2&page_size=2")
    assert [item["title"] for item in answer.json()["items"]] == ["Aliens"]
    assert answer.json()["total"] == 3


def test_a_search_can_be_narrowed_by_genre_and_type(guest: APIClient) -> None:
    horror = GenreFactory.create(slug="horror")
    TitleFactory.create(title="Alien").genres.add(horror)
    TitleFactory.create(title="Alien: Earth", title_type="series").genres.add(horror)
    TitleFactory.create(title="My Stepmother Is an Alien")
    assert found(guest, "alien", genre="horror", type="movie") == ["Alien"]


def test_the_list_of_titles_finds_the_same_as_the_search(guest: APIClient) -> None:
    bill(TitleFactory.create(title="Blade Runner"), "Harrison Ford")
    TitleFactory.create(title="Ford v Ferrari")
    TitleFactory.create(title="Alien")
    answers = [guest.get(address, {"q": "ford"}).json() for address in (SEARCH, TITLES)]
    assert answers[0] == answers[1]
    assert answers[0]["total"] == 2


# --- A text is a text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "words", "other"),
    [
        ("100% Wolf", "0%", "100 Rifles"),
        ("snake_case", "e_c", "snake-case"),
        ("back\\slash", "k\\s", "backslash"),
        ("Rosemary's Baby", "y's", "Rosemarys Baby"),
        ('The "Burbs"', '"b', "The Burbs"),
    ],
)
def test_signs_that_mean_something_to_the_database_mean_themselves(
    guest: APIClient, wanted: str, words: str, other: str
) -> None:
    TitleFactory.create(title=wanted)
    TitleFactory.create(title=other)
    assert found(guest, words) == [wanted]


def test_a_piece_of_sql_is_only_a_text(guest: APIClient) -> None:
    TitleFactory.create(title="Little Bobby'; DROP TABLE catalog_title; --")
    TitleFactory.create(title="Alien")
    assert found(guest, "'; DROP TABLE catalog_title; --") == ["Little Bobby'; DROP TABLE catalog_title; --"]
    assert Title.objects.count() == 2


def test_an_emoji_is_found(guest: APIClient) -> None:
    TitleFactory.create(title="The 🎬 Movie")
    TitleFactory.create(title="The Movie")
    assert found(guest, "🎬") == ["The 🎬 Movie"]


def test_the_search_needs_words(guest: APIClient) -> None:
    TitleFactory.create()
    for query in ({}, {"q": ""}, {"q": "   "}):
        answer = guest.get(SEARCH, query)
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith("q: ")


@both_addresses
def test_words_may_be_500_characters_long(guest: APIClient, address: str) -> None:
    TitleFactory.create(title="Alien", synopsis_long="é" * 500)
    answer = guest.get(address, {"q": "é" * 500})
    assert answer.status_code == 200
    assert answer.json()["total"] == 1


@both_addresses
def test_longer_words_are_refused(guest: APIClient, address: str) -> None:
    assert guest.get(address, {"q": "a" * 501}).status_code == 422


@both_addresses
def test_a_null_character_is_refused(guest: APIClient, address: str) -> None:
    answer = guest.get(address, {"q": "ali\0en"})
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)


# --- Who is asking -----------------------------------------------------------------------------------------


@both_addresses
def test_a_child_profile_never_finds_what_is_above_its_limit(
    as_user: As, alice: User, charlie: Profile, address: str
) -> None:
    for rating in ("TV-G", "TV-MA", None):
        bill(TitleFactory.create(title=f"Alien {rating}", age_rating=rating), "A. Lien")
    page = as_user(alice).get(address, {"q": "alien", "profile_id": str(charlie.id)}).json()
    assert [item["title"] for item in page["items"]] == ["Alien TV-G"]
    assert page["total"] == 1


def test_a_search_for_somebody_elses_profile_is_refused(as_user: As, alice: User, bobs: Profile) -> None:
    assert as_user(alice).get(SEARCH, {"q": "alien", "profile_id": str(bobs.id)}).status_code == 403


def test_a_bad_token_is_refused_and_not_taken_for_a_guest(guest: APIClient) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    assert guest.get(SEARCH, {"q": "alien"}).status_code == 401
