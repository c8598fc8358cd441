"""The people of a household change, leave, and are never more than eight or fewer than one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from accounts import services
from accounts.errors import AccountGoneError, ProfileRefusedError
from accounts.models import Profile, User
from accounts.services.profiles import PROFILES_PER_ACCOUNT
from accounts.tests.factories import ProfileFactory
from conftest import As

pytestmark = pytest.mark.django_db

PROFILES = "/api/v1/auth/profiles"


@pytest.fixture
def client(alice: User, as_user: As) -> APIClient:
    """Alice's remote control."""
    return as_user(alice)


def change(client: APIClient, profile: Profile, **body: Any) -> dict[str, Any]:
    """Change the profile; what it is then."""
    answer = client.put(f"{PROFILES}/{profile.id}", body)
    assert answer.status_code == 200, answer.content
    assert client.get(PROFILES).json()[-1] == answer.json()
    return dict(answer.json())


# Changing


def test_everything_can_be_changed_at_once(charlie: Profile, client: APIClient) -> None:
    new = {"name": "Chuck", "avatar_url": "https://pictures.example.com/c.png", "parental_rating": "TV-14"}
    assert change(client, charlie, **new, is_kids=False) == {"id": str(charlie.id), **new, "is_kids": False}


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "Chuck"), ("avatar_url", "https://x.example.com/c.png"), ("parental_rating", "TV-G"), ("is_kids", False)],
)
def test_what_is_left_out_stays(charlie: Profile, client: APIClient, field: str, value: object) -> None:
    Profile.objects.filter(id=charlie.id).update(avatar_url="https://x.example.com/old.png")
    before = client.get(PROFILES).json()[-1]
    assert change(client, charlie, **{field: value}) == before | {field: value}


def test_changing_nothing_changes_nothing(charlie: Profile, client: APIClient) -> None:
    before = client.get(PROFILES).json()[-1]
    assert change(client, charlie) == before


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_picture_can_be_taken_away(charlie: Profile, client: APIClient, nothing: str | None) -> None:
    Profile.objects.filter(id=charlie.id).update(avatar_url="https://x.example.com/old.png")
    assert change(client, charlie, avatar_url=nothing)["avatar_url"] is None


@pytest.mark.parametrize("name", ["A", "å" * 100])
def test_a_name_has_1_to_100_characters(charlie: Profile, client: APIClient, name: str) -> None:
    assert change(client, charlie, name=name)["name"] == name


INVALID: dict[str, dict[str, Any]] = {
    "an empty name": {"name": ""},
    "a name of blanks": {"name": "   "},
    "a null name": {"name": None},
    "a name of 101 characters": {"name": "å" * 101},
    "a picture's address of 501 characters": {"avatar_url": "/" + "x" * 500},
    "a picture's address that is a script": {"avatar_url": "javascript:alert(1)"},
    "a rating nobody knows": {"parental_rating": "TV-21"},
    "a film rating": {"parental_rating": "PG"},
    "neither a child nor not": {"is_kids": "maybe"},
    "a null child": {"is_kids": None},
}


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID)
def test_an_invalid_change_is_refused_as_a_whole(charlie: Profile, client: APIClient, body: dict[str, Any]) -> None:
    before = client.get(PROFILES).json()
    answer = client.put(f"{PROFILES}/{charlie.id}", {"parental_rating": "TV-Y", "name": "Chuck"} | body)
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)
    assert client.get(PROFILES).json() == before


def test_a_profile_cannot_be_moved_to_another_household(
    charlie: Profile, alice: User, bob: User, client: APIClient
) -> None:
    body = {"id": str(uuid.uuid4()), "user": str(bob.id), "user_id": str(bob.id), "created_at": "2000-01-01T00:00Z"}
    change(client, charlie, **body)
    assert Profile.objects.get() == charlie
    assert Profile.objects.get().user == alice


# The limit


@pytest.mark.parametrize(
    ("before", "is_kids", "body", "after"),
    [
        # Who becomes a child without a rating gets a child's limit; a limit that is there already is kept.
        ("TV-MA", False, {"is_kids": True}, "TV-PG"),
        ("TV-14", False, {"is_kids": True}, "TV-14"),
        ("TV-Y", False, {"is_kids": True}, "TV-Y"),
        # A rating that is chosen counts.
        ("TV-MA", False, {"is_kids": True, "parental_rating": "TV-MA"}, "TV-MA"),
        ("TV-MA", False, {"is_kids": True, "parental_rating": "TV-Y"}, "TV-Y"),
        ("TV-PG", True, {"parental_rating": "TV-14"}, "TV-14"),
        ("TV-MA", True, {"is_kids": True}, "TV-MA"),
        ("TV-MA", True, {"name": "Charlie"}, "TV-MA"),
        # An empty rating is the usual one.
        ("TV-14", True, {"parental_rating": None}, "TV-PG"),
        ("TV-14", True, {"parental_rating": ""}, "TV-PG"),
        ("TV-MA", False, {"is_kids": True, "parental_rating": None}, "TV-PG"),
        ("TV-14", False, {"parental_rating": None}, "TV-MA"),
        ("TV-PG", True, {"is_kids": False, "parental_rating": ""}, "TV-MA"),
        # No limit is lifted by silence.
        ("TV-PG", True, {"is_kids": False}, "TV-PG"),
    ],
)
def test_the_limit_follows_what_was_said(
    charlie: Profile, client: APIClient, before: str, is_kids: bool, body: dict[str, Any], after: str
) -> None:
    Profile.objects.filter(id=charlie.id).update(parental_rating=before, is_kids=is_kids)
    assert change(client, charlie, **body)["parental_rating"] == after


# Leaving


def test_a_profile_can_be_deleted(alices: Profile, charlie: Profile, client: APIClient) -> None:
    answer = client.delete(f"{PROFILES}/{charlie.id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert [one["id"] for one in client.get(PROFILES).json()] == [str(alices.id)]
    assert client.delete(f"{PROFILES}/{charlie.id}").json()["code"] == "profile_refused"


def test_the_last_profile_stays(alices: Profile, bobs: Profile, client: APIClient) -> None:
    answer = client.delete(f"{PROFILES}/{alices.id}")
    assert answer.status_code == 409
    assert answer.json() == {"detail": "The last profile of an account stays.", "code": "last_profile"}
    assert Profile.objects.count() == 2


def test_a_foreign_profile_is_neither_changed_nor_deleted(bobs: Profile, alices: Profile, client: APIClient) -> None:
    for profile_id in (bobs.id, uuid.uuid4()):
        answers = [
            client.put(f"{PROFILES}/{profile_id}", {"name": "Eve"}),
            client.delete(f"{PROFILES}/{profile_id}"),
        ]
        assert [(one.status_code, one.json()["code"]) for one in answers] == [(403, "profile_refused")] * 2
    assert list(Profile.objects.values_list("name", flat=True).order_by("name")) == ["Alice", "Bob"]


def test_a_guest_neither_changes_nor_deletes_a_profile(alices: Profile, guest: APIClient) -> None:
    assert guest.put(f"{PROFILES}/{alices.id}", {"name": "Eve"}).status_code == 401
    assert guest.delete(f"{PROFILES}/{alices.id}").status_code == 401


# At most eight


def test_a_household_has_at_most_eight_profiles(alice: User, bobs: Profile, client: APIClient) -> None:
    answers = [client.post(PROFILES, {"name": f"Person {number}"}) for number in range(9)]
    assert [answer.status_code for answer in answers] == [201] * 8 + [409]
    assert answers[-1].json() == {"detail": "An account has at most 8 profiles.", "code": "too_many_profiles"}
    client.delete(f"{PROFILES}/{answers[0].json()['id']}")
    assert client.post(PROFILES, {"name": "Person 9"}).status_code == 201


def test_the_sentence_tells_the_number_that_is_kept() -> None:
    assert PROFILES_PER_ACCOUNT == 8


def all_at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What the calls return, each made in a thread of its own in the same moment."""
    together = Barrier(len(calls))

    def make(call: Callable[[], Any]) -> Any:
        try:
            together.wait(timeout=20)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(make, calls))


@pytest.mark.django_db(transaction=True)
def test_twenty_new_profiles_at_once_make_exactly_eight(alice: User, client: APIClient) -> None:
    def add() -> int:
        return client.post(PROFILES, {"name": "Person"}).status_code

    assert sorted(all_at_once([add] * 20)) == [201] * 8 + [409] * 12
    assert alice.profiles.count() == 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_the_last_two_profiles_deleted_at_once_leave_one(
    alice: User, alices: Profile, charlie: Profile, client: APIClient, attempt: int
) -> None:
    addresses = [f"{PROFILES}/{profile.id}" for profile in (alices, charlie)]
    answers = all_at_once([partial(client.delete, address) for address in addresses])
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert alice.profiles.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_are_both_kept(charlie: Profile, client: APIClient) -> None:
    Profile.objects.filter(id=charlie.id).update(is_kids=False, parental_rating="TV-14")
    address = f"{PROFILES}/{charlie.id}"
    bodies = [{"name": "Chuck"}, {"parental_rating": "TV-Y"}, {"is_kids": True}, {"avatar_url": "/x.png"}]
    answers = all_at_once([partial(client.put, address, body) for body in bodies])
    assert [answer.status_code for answer in answers] == [200] * 4
    charlie.refresh_from_db()
    fields = (charlie.name, charlie.parental_rating, charlie.is_kids, charlie.avatar_url)
    assert fields == ("Chuck", "TV-Y", True, "/x.png")


def test_a_change_starts_from_what_the_profile_is_by_then(charlie: Profile) -> None:
    """Not from what it was when the permission was given."""
    as_it_was = Profile.objects.get(id=charlie.id)
    services.edit_profile(profile=charlie, changes={"parental_rating": "TV-Y"})
    assert services.edit_profile(profile=as_it_was, changes={"name": "Chuck"}).parental_rating == "TV-Y"
    charlie.refresh_from_db()
    assert (charlie.name, charlie.parental_rating) == ("Chuck", "TV-Y")


# Gone meanwhile


def test_a_profile_that_is_gone_is_refused(alices: Profile, charlie: Profile) -> None:
    services.delete_profile(profile=charlie)
    with pytest.raises(ProfileRefusedError):
        services.edit_profile(profile=charlie, changes={"name": "Chuck"})
    with pytest.raises(ProfileRefusedError):
        services.delete_profile(profile=charlie)


@pytest.mark.parametrize("field", [{"is_active": False}, {"deleted_at": "2024-01-01T00:00Z"}])
def test_an_account_that_is_gone_changes_nothing(alice: User, charlie: Profile, field: dict[str, Any]) -> None:
    ProfileFactory.create(user=alice)
    User.objects.filter(id=alice.id).update(**field)
    with pytest.raises(AccountGoneError):
        services.add_profile(user=alice, name="Dora", avatar_url=None, parental_rating=None, is_kids=False)
    with pytest.raises(AccountGoneError):
        services.edit_profile(profile=charlie, changes={"name": "Chuck"})
    with pytest.raises(AccountGoneError):
        services.delete_profile(profile=charlie)
    assert Profile.objects.count() == 2
