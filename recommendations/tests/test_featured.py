"""What the editors put in front, ranked by taste (contract 2.2, /catalog/featured)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import ContentVector, Title
from catalog.pictures import seal
from catalog.tests.factories import GenreFactory, TitleFactory
from catalog.vectors import stamp
from viewing.tests.factories import BookmarkFactory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

FEATURED = "/api/v1/catalog/featured"


def feature(name: str, *vector: float, days_old: int = 0, **fields: Any) -> Title:
    created_at = timezone.now() - timedelta(days=days_old)
    title = TitleFactory.create(title=name, **{"is_featured": True, "created_at": created_at, **fields})
    if vector:
        ContentVector.objects.create(title=title, vector=list(vector), **stamp())
    return title


def featured_for(client: APIClient, **query: Any) -> list[str]:
    answer = client.get(FEATURED, query)
    assert answer.status_code == 200
    return [item["title"] for item in answer.json()]


def test_the_newest_comes_first_for_everybody(guest: APIClient, as_user: As, alice: User, alices: Profile) -> None:
    for name, days in (("Beacon", 2), ("Cove", 0), ("Anchor", 1)):
        feature(name, 1, 0, 0, days_old=days)
    newest_first = ["Cove", "Anchor", "Beacon"]
    assert featured_for(guest) == newest_first
    assert featured_for(as_user(alice)) == newest_first
    assert featured_for(as_user(alice), profile_id=alices.id) == newest_first


def test_only_what_the_editors_chose_is_featured(guest: APIClient) -> None:
    feature("Chosen")
    feature("Not chosen", is_featured=False)
    assert featured_for(guest) == ["Chosen"]


def test_for_a_profile_with_a_history_the_nearest_to_its_taste_comes_first(
    as_user: As, alice: User, alices: Profile
) -> None:
    BookmarkFactory.create(profile=alices, title=feature("Watched", 0, 1, 0, is_featured=False))
    feature("Far", 1, 0, 0, days_old=0)
    feature("Near", 1, 1, 0, days_old=2)
    feature("Nearest", 0, 1, 0, days_old=3)
    assert featured_for(as_user(alice), profile_id=alices.id) == ["Nearest", "Near", "Far"]


def test_the_taste_of_one_profile_does_not_rank_for_another(
    as_user: As, alice: User, alices: Profile, charlie: Profile
) -> None:
    BookmarkFactory.create(profile=charlie, title=feature("Watched", 0, 1, 0, is_featured=False))
    feature("New", 1, 0, 0)
    feature("Old", 0, 1, 0, days_old=1)
    assert featured_for(as_user(alice), profile_id=alices.id) == ["New", "Old"]
    assert featured_for(as_user(alice), profile_id=charlie.id) == ["Old", "New"]


def test_titles_without_a_vector_come_last_newest_first(as_user: As, alice: User, alices: Profile) -> None:
    BookmarkFactory.create(profile=alices, title=feature("Watched", 0, 1, 0, is_featured=False))
    for name, days in (("Unplaced and old", 2), ("Without a vector and new", 1)):
        feature(name, days_old=days)
    feature("Placed", 1, 0, 0, days_old=3)
    assert featured_for(as_user(alice), profile_id=alices.id) == [
        "Placed",
        "Without a vector and new",
        "Unplaced and old",
    ]


def test_a_child_sees_nothing_above_its_limit(as_user: As, alice: User, charlie: Profile) -> None:
    for rating in ("TV-PG", "TV-14", "R", None):
        feature(f"Rated {rating}", 1, 0, 0, age_rating=rating)
    client = as_user(alice)
    assert featured_for(client, profile_id=charlie.id) == ["Rated TV-PG"]
    BookmarkFactory.create(profile=charlie, title=feature("Watched", 1, 0, 0, is_featured=False))
    assert featured_for(client, profile_id=charlie.id) == ["Rated TV-PG"]


def test_an_item_has_exactly_the_fields_of_the_contract(as_user: As, alice: User) -> None:
    fjord = feature("Fjord", synopsis_short="A fjord.", mood_tags=["calm"])
    fjord.genres.add(GenreFactory.create(name="Nature", slug="nature"), GenreFactory.create(name="Drama", slug="drama"))
    (item,) = as_user(alice).get(FEATURED).json()
    assert item == {
        "id": str(fjord.id),
        "title": "Fjord",
        "title_type": "movie",
        "synopsis_short": "A fjord.",
        "release_year": 2001,
        "duration_minutes": 100,
        "age_rating": "TV-G",
        "poster_url": f"http://testserver/artwork/posters/{fjord.id}/{seal(fjord.id)}.svg",
        "landscape_url": f"http://testserver/artwork/landscapes/{fjord.id}/{seal(fjord.id)}.svg",
        "is_featured": True,
        "mood_tags": ["calm"],
        "genres": ["Drama", "Nature"],
        "access_options": [],
        "user_access": {"has_access": True, "access_type": "svod", "expires_at": None, "required_tier": None},
    }


def test_a_guest_may_look_but_has_no_access(guest: APIClient) -> None:
    feature("Fjord")
    assert [item["user_access"] for item in guest.get(FEATURED).json()] == [None]


def test_a_foreign_profile_is_refused_to_accounts_and_guests(
    guest: APIClient, as_user: As, alice: User, bobs: Profile
) -> None:
    answers = [client.get(FEATURED, {"profile_id": str(bobs.id)}) for client in (as_user(alice), guest)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "profile_refused")] * 2


def test_a_bad_token_is_not_taken_for_a_guest(guest: APIClient) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer worn.out.token")
    assert guest.get(FEATURED).status_code == 401


def test_twenty_titles_take_as_many_statements_as_two(as_user: As, alice: User, alices: Profile) -> None:
    client, genre = as_user(alice), GenreFactory.create()
    BookmarkFactory.create(profile=alices, title=feature("Watched", 0, 1, 0, is_featured=False))
    counts = []
    for more in (2, 18):
        genre.titles.add(*[feature(f"Film {number}", 1, number, 0) for number in range(more)])
        with CaptureQueriesContext(connection) as statements:
            featured_for(client, profile_id=alices.id)
        counts.append(len(statements))
    assert counts[0] == counts[1]
