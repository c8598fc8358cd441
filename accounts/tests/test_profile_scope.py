"""Who may act as which profile: decided before anything else is looked at."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from accounts.models import Profile, User
from accounts.permissions import OwnsProfileInBody, ProfileView
from conftest import As

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

WATCHLIST = "/api/v1/viewing/watchlist"
TITLES = "/api/v1/catalog/titles"
BOOKMARKS = "/api/v1/viewing/bookmarks"
GARBAGE = ["nonsense", "1", "%00", "00000000-0000-0000-0000-00000000000g"]


def ask(client: APIClient, path: str, profile_id: object) -> Answer:
    return client.get(f"{path}?profile_id={profile_id}")


# Where a profile is required


def test_an_own_profile_may_act(alice: User, alices: Profile, charlie: Profile, as_user: As) -> None:
    for profile in (alices, charlie):
        assert ask(as_user(alice), WATCHLIST, profile.id).status_code == 200


@pytest.mark.parametrize("query", ["", "?profile_id=nonsense", "?profile_id={alices}"])
def test_a_guest_is_asked_to_sign_in_before_the_profile_is_looked_at(
    alices: Profile, guest: APIClient, query: str
) -> None:
    answer = guest.get(WATCHLIST + query.format(alices=alices.id))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("query", ["", "?profile_id=", "?profile="])
def test_a_missing_profile_is_invalid(alice: User, as_user: As, query: str) -> None:
    answer = as_user(alice).get(WATCHLIST + query)
    assert answer.status_code == 422
    assert "profile_id" in answer.json()["detail"]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_profile_that_is_no_uuid_is_invalid(alice: User, as_user: As, garbage: str) -> None:
    answer = ask(as_user(alice), WATCHLIST, garbage)
    assert answer.status_code == 422
    assert "profile_id" in answer.json()["detail"]


def test_a_foreign_profile_and_one_that_does_not_exist_are_refused_alike(
    alice: User, bobs: Profile, as_user: As
) -> None:
    foreign = ask(as_user(alice), WATCHLIST, bobs.id)
    unknown = ask(as_user(alice), WATCHLIST, uuid.uuid4())
    assert foreign.status_code == unknown.status_code == 403
    assert foreign.json() == unknown.json()


def test_not_even_staff_may_act_as_a_customers_profile(carol: User, alices: Profile, as_user: As) -> None:
    assert ask(as_user(carol), WATCHLIST, alices.id).status_code == 403


def test_an_own_profile_does_not_open_the_door_for_a_foreign_one_beside_it(
    alice: User, alices: Profile, bobs: Profile, as_user: As
) -> None:
    client = as_user(alice)
    assert client.get(f"{WATCHLIST}?profile_id={alices.id}&profile_id={bobs.id}").status_code == 403


# Where a profile is optional


def test_without_a_profile_the_open_door_stays_open(alice: User, guest: APIClient, as_user: As) -> None:
    assert guest.get(TITLES).status_code == 200
    assert as_user(alice).get(TITLES).status_code == 200


def test_an_own_profile_is_welcome_at_the_open_door(alice: User, alices: Profile, as_user: As) -> None:
    assert ask(as_user(alice), TITLES, alices.id).status_code == 200


def test_a_guest_cannot_borrow_a_profile(alices: Profile, guest: APIClient) -> None:
    borrowed, unknown = ask(guest, TITLES, alices.id), ask(guest, TITLES, uuid.uuid4())
    assert borrowed.status_code == unknown.status_code == 403
    assert borrowed.json() == unknown.json()


def test_a_foreign_profile_is_refused_at_the_open_door_too(alice: User, bobs: Profile, as_user: As) -> None:
    foreign, unknown = ask(as_user(alice), TITLES, bobs.id), ask(as_user(alice), TITLES, uuid.uuid4())
    assert foreign.status_code == unknown.status_code == 403
    assert foreign.json() == unknown.json()


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_profile_that_is_no_uuid_is_invalid_at_the_open_door_too(guest: APIClient, garbage: str) -> None:
    assert ask(guest, TITLES, garbage).status_code == 422


def test_a_bad_token_is_noticed_before_the_profile(alices: Profile, guest: APIClient) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer stale.since.yesterday")
    assert ask(guest, TITLES, alices.id).status_code == 401


# Before the body is looked at


def save(client: APIClient, profile_id: object) -> Answer:
    return client.generic(
        "PUT", f"{BOOKMARKS}?profile_id={profile_id}", "{this is no JSON", content_type="application/json"
    )


def test_a_foreign_profile_is_refused_whatever_the_body(alice: User, bobs: Profile, as_user: As) -> None:
    assert save(as_user(alice), bobs.id).status_code == 403


def test_a_guest_is_asked_to_sign_in_whatever_the_body(alices: Profile, guest: APIClient) -> None:
    assert save(guest, alices.id).status_code == 401


def test_the_body_is_looked_at_when_the_profile_is_ones_own(alice: User, alices: Profile, as_user: As) -> None:
    assert save(as_user(alice), alices.id).status_code == 400


def test_nothing_of_a_foreign_profile_is_changed(alice: User, bobs: Profile, as_user: As) -> None:
    body = {"content_type": "movie", "content_id": str(uuid.uuid4()), "position_seconds": 1, "duration_seconds": 9}
    assert as_user(alice).put(f"{BOOKMARKS}?profile_id={bobs.id}", body).status_code == 403
    assert not bobs.bookmarks.exists()


# Where the profile stands in the body


class Heartbeat(ProfileView):
    """Takes its profile in the body, as heartbeats of viewing time do (contract 3)."""

    permission_classes = (OwnsProfileInBody,)

    def post(self, request: Request) -> Response:
        return Response({"profile": str(self.profile.id)})


def beat(user: User | None, body: object) -> Answer:
    request = APIRequestFactory().post("/", body, format="json")
    if user:
        force_authenticate(request, user)
    return Heartbeat.as_view()(request).render()  # type: ignore[no-any-return]


def test_a_profile_in_the_body_may_be_ones_own(alice: User, alices: Profile) -> None:
    answer = beat(alice, {"profile_id": str(alices.id), "title_id": "x"})
    assert (answer.status_code, answer.data["profile"]) == (200, str(alices.id))


def test_a_foreign_profile_in_the_body_is_refused_like_an_unknown_one(alice: User, bobs: Profile) -> None:
    foreign, unknown = beat(alice, {"profile_id": str(bobs.id)}), beat(alice, {"profile_id": str(uuid.uuid4())})
    assert foreign.status_code == unknown.status_code == 403
    assert foreign.content == unknown.content


@pytest.mark.parametrize("body", [{}, {"profile_id": None}, [], [{"profile_id": "x"}], "text"])
def test_a_body_without_a_profile_is_invalid(alice: User, body: object) -> None:
    assert beat(alice, body).status_code == 422


@pytest.mark.parametrize("garbage", ["nonsense", 1, 2**70, True, ["x"], {"id": "x"}, "\x00"])
def test_a_profile_in_the_body_that_is_no_uuid_is_invalid(alice: User, garbage: object) -> None:
    assert beat(alice, {"profile_id": garbage}).status_code == 422


def test_a_guest_is_asked_to_sign_in_before_the_body_is_read(alices: Profile) -> None:
    assert beat(None, {"profile_id": str(alices.id)}).status_code == 401
