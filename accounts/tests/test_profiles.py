"""The people of a household."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, User
from accounts.tests.factories import ProfileFactory
from conftest import As

pytestmark = pytest.mark.django_db

PROFILES = "/api/v1/auth/profiles"
FIELDS = {"id", "name", "avatar_url", "parental_rating", "is_kids"}


@pytest.fixture
def client(alice: User, as_user: As) -> APIClient:
    """Alice's remote control."""
    return as_user(alice)


# The list


def test_profiles_are_listed_in_the_order_they_were_made(alice: User, client: APIClient) -> None:
    now = timezone.now()
    for name, days_ago in [("Second", 2), ("Third", 1), ("First", 3)]:
        ProfileFactory.create(user=alice, name=name, created_at=now - timedelta(days=days_ago))
    assert [profile["name"] for profile in client.get(PROFILES).json()] == ["First", "Second", "Third"]


def test_nobody_sees_the_profiles_of_another_household(alices: Profile, bobs: Profile, client: APIClient) -> None:
    assert [profile["id"] for profile in client.get(PROFILES).json()] == [str(alices.id)]


def test_an_account_without_profiles_has_an_empty_list(client: APIClient) -> None:
    assert client.get(PROFILES).json() == []


def test_a_profile_is_shown_as_the_contract_says_and_nothing_more(charlie: Profile, client: APIClient) -> None:
    assert client.get(PROFILES).json() == [
        {"id": str(charlie.id), "name": "Charlie", "avatar_url": None, "parental_rating": "TV-PG", "is_kids": True}
    ]


def test_a_guest_has_no_profiles(guest: APIClient) -> None:
    assert guest.get(PROFILES).status_code == 401
    assert guest.post(PROFILES, {"name": "Eve"}).status_code == 401


# A new one


def test_a_name_is_enough_for_an_adult(alice: User, client: APIClient) -> None:
    answer = client.post(PROFILES, {"name": "Anna"})
    assert answer.status_code == 201
    assert set(answer.json()) == FIELDS
    assert answer.json()["parental_rating"] == "TV-MA"
    assert answer.json()["is_kids"] is False
    assert Profile.objects.owned_by(alice).get().name == "Anna"


def test_a_child_without_a_rating_gets_a_childs_limit(client: APIClient) -> None:
    answer = client.post(PROFILES, {"name": "Charlie", "is_kids": True})
    assert answer.json()["parental_rating"] == "TV-PG"
    assert answer.json()["is_kids"] is True


@pytest.mark.parametrize("is_kids", [True, False])
@pytest.mark.parametrize("rating", ["TV-Y", "TV-G", "TV-PG", "TV-14", "TV-MA"])
def test_a_chosen_rating_is_kept(client: APIClient, rating: str, is_kids: bool) -> None:
    answer = client.post(PROFILES, {"name": "Anna", "parental_rating": rating, "is_kids": is_kids})
    assert answer.json()["parental_rating"] == rating


@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize(("is_kids", "rating"), [(True, "TV-PG"), (False, "TV-MA")])
def test_an_optional_field_may_be_empty_or_null(
    client: APIClient, nothing: str | None, is_kids: bool, rating: str
) -> None:
    body = {"name": "Anna", "avatar_url": nothing, "parental_rating": nothing, "is_kids": is_kids}
    answer = client.post(PROFILES, body)
    assert answer.status_code == 201
    assert answer.json()["avatar_url"] is None
    assert answer.json()["parental_rating"] == rating


def test_a_picture_is_kept(client: APIClient) -> None:
    answer = client.post(PROFILES, {"name": "Anna", "avatar_url": "https://pictures.example.com/anna.png"})
    assert answer.json()["avatar_url"] == "https://pictures.example.com/anna.png"


@pytest.mark.parametrize("name", ["A", "å" * 100])
def test_a_name_has_1_to_100_characters(client: APIClient, name: str) -> None:
    answer = client.post(PROFILES, {"name": name})
    assert answer.status_code == 201
    assert answer.json()["name"] == name


INVALID: dict[str, dict[str, Any]] = {
    "no name": {},
    "an empty name": {"name": ""},
    "a name of blanks": {"name": "   "},
    "a null name": {"name": None},
    "a name of 101 characters": {"name": "å" * 101},
    "a picture's address of 501 characters": {"name": "Anna", "avatar_url": "/" + "x" * 500},
    "a picture's address that is a script": {"name": "Anna", "avatar_url": "javascript:alert(1)"},
    "a rating nobody knows": {"name": "Anna", "parental_rating": "TV-21"},
    "a film rating": {"name": "Anna", "parental_rating": "PG"},
    "a rating in lower case": {"name": "Anna", "parental_rating": "tv-pg"},
    "neither a child nor not": {"name": "Anna", "is_kids": "maybe"},
}


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID)
def test_an_invalid_profile_is_refused(client: APIClient, body: dict[str, Any]) -> None:
    answer = client.post(PROFILES, body)
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)
    assert not Profile.objects.exists()


def test_a_profile_cannot_be_planted_in_another_household(alice: User, bob: User, client: APIClient) -> None:
    client.post(PROFILES, {"name": "Cuckoo", "user": str(bob.id), "user_id": str(bob.id)})
    assert Profile.objects.get().user == alice


# Choosing one


def test_an_own_profile_can_be_chosen(charlie: Profile, client: APIClient) -> None:
    answer = client.put(f"{PROFILES}/{charlie.id}/select")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(charlie.id),
        "name": "Charlie",
        "avatar_url": None,
        "parental_rating": "TV-PG",
        "is_kids": True,
    }


def test_a_foreign_profile_and_one_that_does_not_exist_are_refused_alike(bobs: Profile, client: APIClient) -> None:
    foreign = client.put(f"{PROFILES}/{bobs.id}/select")
    unknown = client.put(f"{PROFILES}/{uuid.uuid4()}/select")
    assert foreign.status_code == unknown.status_code == 403
    assert foreign.json() == unknown.json()
    assert "Bob" not in foreign.content.decode()


@pytest.mark.parametrize("garbage", ["1", "nonsense", "00000000-0000-0000-0000-00000000000g", "%00"])
def test_a_malformed_id_is_the_clients_mistake(client: APIClient, garbage: str) -> None:
    answer = client.put(f"{PROFILES}/{garbage}/select")
    assert answer.status_code in {404, 422}
    assert isinstance(answer.json()["detail"], str)


def test_a_guest_cannot_choose_a_profile(alices: Profile, guest: APIClient) -> None:
    assert guest.put(f"{PROFILES}/{alices.id}/select").status_code == 401
