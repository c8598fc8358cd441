"""The access policy on one page: who gets which answer at every address of the API.

Columns: a guest · Alice without a profile · Alice with her profile · Bob with Alice's profile · Alice with a
profile that does not exist. `-` where the address takes no profile. The guest sends Alice's profile where one is
taken, so that it is shown that this helps nobody. What is for staff has a page of its own, test_staff_matrix.py.
"""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, Session, User
from accounts.services import issue_tokens
from accounts.tests.factories import ProfileFactory
from catalog.tests.factories import TitleFactory
from config.tests.operations import operations
from config.tests.test_staff_matrix import STAFF_ROWS
from conftest import As
from epg.tests.factories import ChannelFactory, ProgrammeFactory
from viewing.tests.factories import BookmarkFactory, PlayFactory, StreamFactory

pytestmark = pytest.mark.django_db

MATRIX = """
POST   /auth/register                                201 409   -   -   -
POST   /auth/login                                   401 401   -   -   -
POST   /auth/refresh                                 200 200   -   -   -
POST   /auth/logout                                  401 204   -   -   -
POST   /auth/logout-all                              401 204   -   -   -
GET    /auth/csrf                                    404 404   -   -   -
GET    /auth/sessions                                401 200   -   -   -
DELETE /auth/sessions/{session_id}                   401 204   -   -   -
PUT    /auth/password                                401 403   -   -   -
POST   /auth/password-reset                          202 202   -   -   -
POST   /auth/password-reset/confirm                  422 422   -   -   -
GET    /auth/me                                      401 200   -   -   -
DELETE /auth/me                                      401 403   -   -   -
GET    /auth/me/export                               401 200   -   -   -
GET    /auth/profiles                                401 200   -   -   -
POST   /auth/profiles                                401 201   -   -   -
PUT    /auth/profiles/{profile_id}                   401   - 200 403 403
DELETE /auth/profiles/{profile_id}                   401   - 204 403 403
PUT    /auth/profiles/{profile_id}/select            401   - 200 403 403
GET    /catalog/titles                               403 200 200 403 403
GET    /catalog/titles/{content_id}                  403 200 200 403 403
GET    /catalog/titles/{content_id}/relations        403 200 200 403 403
GET    /catalog/collections                          403 200 200 403 403
GET    /catalog/genres                               200 200   -   -   -
GET    /catalog/search?q=film                        403 200 200 403 403
GET    /catalog/search/semantic?q=film               403 200 200 403 403
GET    /catalog/featured                             403 200 200 403 403
GET    /epg/channels                                 401 200 200 403 403
GET    /epg/schedule/{channel_id}                    403 200 200 403 403
GET    /epg/now                                      403 200 200 403 403
GET    /epg/search?q=news                            403 200 200 403 403
GET    /epg/grid                                     403 200 200 403 403
GET    /epg/changes                                  403 200 200 403 403
GET    /epg/programs/{programme_id}                  403 200 200 403 403
GET    /epg/reminders                                401 422 200 403 403
POST   /epg/reminders/{programme_id}                 401 422 201 403 403
DELETE /epg/reminders/{programme_id}                 401 422 204 403 403
POST   /epg/favorites/{channel_id}                   401 422 204 403 403
DELETE /epg/favorites/{channel_id}                   401 422 204 403 403
GET    /viewing/continue-watching                    401 422 200 403 403
GET    /viewing/continue-watching/paused             401 422 200 403 403
PUT    /viewing/bookmarks                            401 422 200 403 403
PUT    /viewing/bookmarks/batch                      401 422 200 403 403
GET    /viewing/bookmarks/by-content/{content_id}    401 422 200 403 403
POST   /viewing/bookmarks/{bookmark_id}/dismiss      401 422 200 403 403
POST   /viewing/bookmarks/{bookmark_id}/restore      401 422 200 403 403
POST   /viewing/bookmarks/{bookmark_id}/restore-position 401 422 200 403 403
GET    /viewing/history                              401 422 200 403 403
DELETE /viewing/history                              401 422 204 403 403
DELETE /viewing/history/{play_id}                    401 422 204 403 403
POST   /viewing/ratings                              401 422 200 403 403
GET    /viewing/ratings/{title_id}                   401 422 200 403 403
DELETE /viewing/ratings/{title_id}                   401 422 204 403 403
GET    /viewing/changes                              401 422 200 403 403
GET    /viewing/sessions                             401 200   -   -   -
POST   /viewing/sessions                             401 201   -   -   -
PUT    /viewing/sessions/{stream_id}/heartbeat       401 200   -   -   -
DELETE /viewing/sessions/{stream_id}                 401 204   -   -   -
GET    /viewing/watchlist                            401 422 200 403 403
PUT    /viewing/watchlist/order                      401 422 200 403 403
POST   /viewing/watchlist/{title_id}                 401 422 201 403 403
DELETE /viewing/watchlist/{title_id}                 401 422 204 403 403
GET    /recommendations/home                         401 422 200 403 403
GET    /recommendations/similar/{title_id}           401 200 200 403 403
GET    /recommendations/post-play/{content_id}       401 422 200 403 403
GET    /schema                                       200 200   -   -   -
GET    /docs                                         200 200   -   -   -
"""
# A signed-in client that sends no profile asks as the account, which has no limit: contract 2.2 has the player ask
# for titles that way, and profiles are chosen on the client (contract 1.6). These answers can then show what is above
# a child's limit; test_maturity_walk.py finds them and compares.
SEES_ABOVE_THE_LIMIT_WITHOUT_A_PROFILE = {
    "/catalog/titles": "optional by contract 2.2; guests browse the same",
    "/catalog/titles/{content_id}": "the player asks without a profile (contract 2.2)",
    "/catalog/titles/{content_id}/relations": "as the title itself",
    "/catalog/collections": "as the titles in them",
    "/catalog/search": "optional by contract 2.2; guests search the same",
    "/catalog/search/semantic": "optional by contract 2.2; guests search the same",
    "/catalog/featured": "optional by contract 2.2; guests see the same",
    "/epg/schedule/{channel_id}": "public by contract 2.3; a profile is our addition",
    "/epg/now": "public by contract 2.3; a profile is our addition",
    "/epg/grid": "as /epg/schedule",
    "/epg/changes": "as /epg/schedule",
    "/epg/programs/{programme_id}": "as /epg/schedule",
    "/epg/search": "public by contract 2.3; a profile is our addition",
    "/recommendations/similar/{title_id}": "optional by contract 2.5",
    "/viewing/sessions": "the places of the account are shared by the household, and anybody may end a stream",
    "/auth/me/export": "the account's copy of all that is kept about it, whoever of the household watched it",
}
ROWS = [line.split() for line in MATRIX.strip().splitlines()]
COLUMNS = ("guest", "no profile", "own profile", "foreign profile", "unknown profile")


class World:
    """One of everything, owned by Alice, and the bodies that the addresses want."""

    def __init__(self, alice: User, alices: Profile, bob: User, as_user: As, guest: APIClient) -> None:
        title, channel = TitleFactory.create(), ChannelFactory.create()
        kept = {"previous_position_seconds": 5000, "previous_kept_at": timezone.now()}
        bookmark = BookmarkFactory.create(profile=alices, **kept)
        ProfileFactory.create(user=alice)  # as the last one could not be deleted
        self.alices = alices
        self.clients = {
            "guest": guest,
            "no profile": as_user(alice),
            "own profile": as_user(alice),
            "foreign profile": as_user(bob),
            "unknown profile": as_user(alice),
        }
        self.ids: dict[str, object] = {
            "content_id": title.id,
            "title_id": title.id,
            "channel_id": channel.id,
            "programme_id": ProgrammeFactory.create(start_time=timezone.now() + timedelta(hours=1)).id,
            "bookmark_id": bookmark.id,
            "play_id": PlayFactory.create(profile=alices).id,
            "session_id": Session.objects.of(alice)[0].id,
            "stream_id": StreamFactory.create(user=alice).id,
        }
        position = {"content_type": "movie", "content_id": str(title.id)}
        self.bodies: dict[str, dict[str, Any]] = {
            "/auth/register": {"email": "dora@example.com", "password": "long enough"},
            "/auth/login": {"email": "nobody@example.com", "password": "long enough"},
            "/auth/refresh": {"refresh_token": issue_tokens(user=alice).refresh_token},
            "/auth/password": {"current_password": "wrong enough", "new_password": "long enough"},
            "/auth/password-reset": {"email": "nobody@example.com"},
            "/auth/password-reset/confirm": {"token": "never mailed", "new_password": "long enough"},
            "/auth/me": {"password": "wrong enough"},
            "/auth/profiles": {"name": "Dora"},
            "/auth/profiles/{profile_id}": {"name": "Dora"},
            "/viewing/bookmarks": {**position, "position_seconds": 1, "duration_seconds": 100},
            "/viewing/bookmarks/batch": {"items": [{**position, "position_seconds": 1, "duration_seconds": 100}]},
            "/viewing/sessions": {"title_id": str(title.id)},
            "/viewing/ratings": {"title_id": str(title.id), "rating": 1},
            "/viewing/watchlist/order": {"title_ids": [str(title.id)]},
        }

    def status(self, method: str, path: str, who: str) -> int:
        """The status of the answer for somebody."""
        unknown = uuid.uuid4() if who == "unknown profile" else self.alices.id
        address = "/api/v1" + path.format(**self.ids, profile_id=unknown)
        if who != "no profile" and "{profile_id}" not in path:
            address += ("&" if "?" in address else "?") + f"profile_id={unknown}"
        body = self.bodies.get(path) if method in ("POST", "PUT", "DELETE") else None
        return int(self.clients[who].generic(method, address, **_json(body)).status_code)


def _json(body: dict[str, Any] | None) -> dict[str, Any]:
    return {"content_type": "application/json", "data": json.dumps(body) if body is not None else ""}


@pytest.fixture
def world(alice: User, alices: Profile, bob: User, as_user: As, guest: APIClient) -> World:
    """One of everything."""
    return World(alice, alices, bob, as_user, guest)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_everybody_gets_the_answer_of_the_matrix(row: list[str], world: World) -> None:
    method, path, *expected = row
    wanted = {who: status for who, status in zip(COLUMNS, expected, strict=True) if status != "-"}
    seen = {who: str(world.status(method, path, who)) for who in wanted}
    assert seen == wanted


def test_the_matrix_holds_every_operation_of_the_api() -> None:
    listed = {(method, path.partition("?")[0]) for method, path, *_ in ROWS + STAFF_ROWS}
    assert listed == {(method, path.removeprefix("/api/v1")) for method, path in operations()}
