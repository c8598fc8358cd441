"""More like this (contract 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import ContentVector, Title
from catalog.pictures import seal
from catalog.tests.factories import TitleFactory
from catalog.vectors import stamp

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db


def film(name: str, *vector: float, model: str | None = None, **fields: Any) -> Title:
    title = TitleFactory.create(title=name, **fields)
    if vector:
        mark = stamp() | ({"model": model} if model else {})
        ContentVector.objects.create(title=title, vector=list(vector), **mark)
    return title


def address_of(title_id: object) -> str:
    return f"/api/v1/recommendations/similar/{title_id}"


def similar_to(title: Title, client: APIClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(address_of(title.id), query)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()
    return items


def test_the_nearest_come_first_and_the_title_itself_is_left_out(as_user: As, alice: User) -> None:
    western = film("Western", 1, 0, 0)
    film("Opposite", -1, 0, 0)
    film("Far", 0, 0, 1)
    film("Nearest", 1, 0.1, 0)
    film("Near", 1, 1, 0)
    seen = [(item["title"], item["similarity_score"]) for item in similar_to(western, as_user(alice))]
    assert seen == [("Nearest", 0.995), ("Near", 0.7071), ("Far", 0.0), ("Opposite", -1.0)]


def test_an_item_has_exactly_the_fields_of_the_contract(as_user: As, alice: User) -> None:
    poster = "https://cdn.example.com/fjord.jpg"
    western = film("Western", 1, 0, 0)
    fjord = film("Fjord", 1, 0, 0, title_type="series", synopsis_short="A fjord.", poster_url=poster)
    assert similar_to(western, as_user(alice)) == [
        {
            "id": str(fjord.id),
            "title": "Fjord",
            "title_type": "series",
            "poster_url": poster,
            "landscape_url": f"http://testserver/artwork/landscapes/{fjord.id}/{seal(fjord.id)}.svg",
            "synopsis_short": "A fjord.",
            "release_year": 2001,
            "age_rating": "TV-G",
            "similarity_score": 1.0,
        }
    ]


def test_a_title_without_a_vector_is_like_nothing(as_user: As, alice: User) -> None:
    film("Western", 1, 0, 0)
    assert similar_to(film("Unplaced"), as_user(alice)) == []


def test_vectors_of_another_provider_are_not_compared(as_user: As, alice: User) -> None:
    western = film("Western", 1, 0, 0)
    film("Longer vector", 1, 0, 0, 0, 0, model="another")
    film("Same length", 1, 0, 0, model="another")
    film("Comparable", 0, 1, 0)
    assert [item["title"] for item in similar_to(western, as_user(alice))] == ["Comparable"]


def test_a_title_with_a_vector_of_another_provider_is_like_nothing(as_user: As, alice: User) -> None:
    film("Western", 1, 0, 0)
    assert similar_to(film("Same length", 1, 0, 0, model="another"), as_user(alice)) == []
    assert similar_to(film("Longer vector", 1, 0, 0, 0, 0, model="another"), as_user(alice)) == []


def test_without_a_limit_there_are_twelve(as_user: As, alice: User) -> None:
    western = film("Western", 1, 0, 0)
    for number in range(14):
        film(f"Film {number}", 1, number, 0)
    client = as_user(alice)
    assert [len(similar_to(western, client, **query)) for query in ({}, {"limit": 1}, {"limit": 50})] == [12, 1, 14]


@pytest.mark.parametrize("limit", [0, 51, -1, "many"])
def test_a_limit_out_of_range_is_refused(as_user: As, alice: User, limit: int | str) -> None:
    answer = as_user(alice).get(address_of(film("Western").id), {"limit": limit})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["limit"])


def test_an_unknown_title_is_not_found(as_user: As, alice: User) -> None:
    answer = as_user(alice).get(address_of(uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (404, "title_not_found")


def test_a_child_sees_nothing_above_its_limit(as_user: As, alice: User, charlie: Profile) -> None:
    western = film("Western", 1, 0, 0)
    for rating in ("PG", "TV-14", "R", None):
        film(f"Rated {rating}", 1, 0, 0, age_rating=rating)
    items = similar_to(western, as_user(alice), profile_id=charlie.id)
    assert [item["title"] for item in items] == ["Rated PG"]


def test_a_child_cannot_ask_about_a_title_above_its_limit(as_user: As, alice: User, charlie: Profile) -> None:
    western = film("Western", 1, 0, 0, age_rating="TV-MA")
    answer = as_user(alice).get(address_of(western.id), {"profile_id": str(charlie.id)})
    assert (answer.status_code, answer.json()["code"]) == (403, "title_not_suitable")


def test_guests_and_foreign_profiles_are_refused(guest: APIClient, as_user: As, alice: User, bobs: Profile) -> None:
    western = film("Western", 1, 0, 0)
    assert guest.get(address_of(western.id)).status_code == 401
    assert as_user(alice).get(address_of(western.id), {"profile_id": str(bobs.id)}).status_code == 403


def test_fifty_items_take_as_many_statements_as_five(as_user: As, alice: User) -> None:
    western, client = film("Western", 1, 0, 0), as_user(alice)
    for number in range(60):
        film(f"Film {number}", 1, number, 0)
    assert statements_for(western, client, 5) == statements_for(western, client, 50)


def statements_for(title: Title, client: APIClient, limit: int) -> int:
    with CaptureQueriesContext(connection) as statements:
        assert len(similar_to(title, client, limit=limit)) == limit
    return len(statements)
