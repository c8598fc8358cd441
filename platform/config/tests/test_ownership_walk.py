"""Whose profile may be acted as: asked of every operation that takes one, however it does.

The operations are found, not listed: in the addresses, in the OpenAPI document, and by the permission class of the
view. Where these three and the access matrix disagree about an operation, somebody has not decided, and that fails.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, Session, User
from accounts.permissions import OwnsProfile
from config.tests.operations import body_fields, described, operations, routes, view_class
from config.tests.test_access_matrix import ROWS
from conftest import As
from viewing.models import Bookmark, Play, StreamSession
from viewing.tests.factories import BookmarkFactory, PlayFactory, StreamFactory

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

PREFIX = "/api/v1"
Operation = tuple[str, str]
GARBAGE = ["nonsense", "1", "%00", "%ED%A0%80", "' OR 1=1 --", "00000000-0000-0000-0000-00000000000g", "null"]


def permission_of(path: str) -> type[OwnsProfile] | None:
    """The class that decides about the profile at this address."""
    view = dict(routes())[path]
    found = [one for one in view_class(view).permission_classes if issubclass(one, OwnsProfile)]
    return found[0] if found else None


def places(operation: Operation) -> set[str]:
    """Where the OpenAPI document says that the operation takes a profile."""
    description = described().get(operation, {})
    named = {one["in"] for one in description.get("parameters", []) if one["name"] == "profile_id"}
    return named | ({"body"} if "profile_id" in body_fields(description) else set())


def takes_a_profile() -> list[Operation]:
    """Every operation that does so by its view."""
    return sorted(one for one in operations() if permission_of(one[1]) is not None)


SCOPED = takes_a_profile()


def test_there_is_something_to_walk() -> None:
    assert len(SCOPED) >= 25


def test_the_description_and_the_permission_agree_about_every_operation() -> None:
    decided = {one: {permission.source} for one in operations() if (permission := permission_of(one[1]))}
    said = {one: places(one) for one in operations() if places(one)}
    assert said == decided


def test_an_address_with_a_profile_in_it_is_decided_by_the_permission_class() -> None:
    in_path = {path for path, _ in routes(f"{PREFIX}/") if "{profile_id}" in path}
    assert in_path
    assert {path for path in in_path if getattr(permission_of(path), "source", None) != "path"} == set()


def test_the_access_matrix_classifies_every_operation_alike() -> None:
    in_matrix = {(method, PREFIX + path.partition("?")[0]) for method, path, *who in ROWS if who[3] != "-"}
    assert in_matrix == set(SCOPED)


def call(client: APIClient, operation: Operation, profile_id: object, body: str | None = None) -> Answer:
    """Call it with ids of things that do not exist, so that only the profile can decide."""
    method, path = operation
    permission = permission_of(path)
    assert permission is not None
    address = filled(path, {"profile_id": profile_id})
    if permission.source == "query" and profile_id is not None:
        address += f"?profile_id={profile_id}"
    if permission.source == "body":
        body = "{}" if profile_id is None else f'{{"profile_id": "{profile_id}"}}'
    return client.generic(method, address, body or "", content_type="application/json")


@pytest.mark.parametrize("operation", SCOPED, ids=" ".join)
class TestEveryOperationThatTakesAProfile:
    """Five askers, one rule."""

    def test_refuses_a_foreign_and_an_unknown_profile_alike(
        self, operation: Operation, bob: User, alices: Profile, as_user: As
    ) -> None:
        client = as_user(bob)
        foreign, unknown = call(client, operation, alices.id), call(client, operation, uuid.uuid4())
        assert (foreign.status_code, unknown.status_code) == (403, 403)
        assert foreign.content == unknown.content
        assert foreign.json()["code"] == "profile_refused"

    def test_refuses_before_it_reads_the_body(
        self, operation: Operation, bob: User, alices: Profile, as_user: As
    ) -> None:
        for body in ("{this is no JSON", "[]", '{"position_seconds": "x"}'):
            assert call(as_user(bob), operation, alices.id, body).status_code == 403

    def test_lets_no_guest_act_as_anybody(self, operation: Operation, alices: Profile, guest: APIClient) -> None:
        answer = call(guest, operation, alices.id)
        welcome = permission_of(operation[1]).welcomes_guests  # type: ignore[union-attr]
        assert answer.status_code == (403 if welcome else 401)
        assert welcome or answer["WWW-Authenticate"].startswith("Bearer")

    def test_makes_nothing_of_garbage(self, operation: Operation, alice: User, as_user: As) -> None:
        for garbage in GARBAGE:
            answer = call(as_user(alice), operation, garbage)
            assert answer.status_code in {400, 422}, garbage
            assert isinstance(answer.json()["detail"], str)

    def test_does_not_take_staff_for_the_owner(
        self, operation: Operation, carol: User, alices: Profile, as_user: As
    ) -> None:
        carol.is_superuser = True
        carol.save()
        assert call(as_user(carol), operation, alices.id).status_code == 403


NEEDY = [one for one in SCOPED if (permission := permission_of(one[1])) and permission.is_required]


@pytest.mark.parametrize("operation", [one for one in NEEDY if "{profile_id}" not in one[1]], ids=" ".join)
def test_a_profile_that_is_needed_and_missing_is_invalid(
    operation: Operation, alice: User, alices: Profile, as_user: As
) -> None:
    answer = call(as_user(alice), operation, None)
    assert answer.status_code == 422
    assert "profile_id" in answer.json()["detail"]


# What nobody declared


@pytest.mark.parametrize("operation", sorted(operations() - set(SCOPED)), ids=" ".join)
def test_an_operation_that_takes_no_profile_makes_nothing_of_one(
    operation: Operation, bob: User, alices: Profile, as_user: As
) -> None:
    """A view that read one by itself would answer for a foreign profile otherwise than for one that is none."""
    method, path = operation
    foreign, unknown = str(alices.id), str(uuid.uuid4())
    answers = []
    for profile_id in (foreign, unknown):
        body = json.dumps({"profile_id": profile_id, "profile": profile_id})
        address = f"{filled(path)}?profile_id={profile_id}&profile={profile_id}"
        Session.objects.filter(user=bob).delete()
        answer = as_user(bob).generic(method, address, body if method != "GET" else "", "application/json")
        said = answer.content.decode().replace(profile_id, "…")
        answers.append((answer.status_code, _without_moments(said)))
        assert alices.name not in said
    assert answers[0] == answers[1]


def _without_moments(text: str) -> str:
    """An answer without what differs from call to call: tokens, times and ids of sessions."""
    return re.sub(r"ey[\w.-]+|\d{4}-\d\d-\d\dT[\d:.]+Z|[\w-]{36,}", "…", text)


# What hangs on a profile or an account


def belongings(alices: Profile) -> dict[str, object]:
    """One of everything of Alice's that stands in an address by its own id."""
    session = Session.objects.filter(user=alices.user).first() or Session.objects.create(
        user=alices.user, expires_at=timezone.now() + timedelta(days=1)
    )
    return {
        "bookmark_id": BookmarkFactory.create(profile=alices).id,
        "play_id": PlayFactory.create(profile=alices).id,
        "session_id": session.id,
        "stream_id": StreamFactory.create(user=alices.user).id,
    }


# Ids in addresses that belong to nobody: the catalogue's and the guide's.
EVERYBODYS = {"content_id", "title_id", "channel_id", "programme_id"}
INDIRECT = sorted(
    one
    for one in operations()
    if set(re.findall(r"{(\w+)}", one[1])) - EVERYBODYS - {"profile_id"} and "/admin/" not in one[1]
)


def test_every_id_in_an_address_belongs_to_somebody_or_is_listed(alices: Profile) -> None:
    names = {name for _, path in INDIRECT for name in re.findall(r"{(\w+)}", path)}
    assert names - EVERYBODYS - {"profile_id"} == set(belongings(alices))


@pytest.mark.parametrize("operation", INDIRECT, ids=" ".join)
def test_what_is_somebody_elses_is_as_if_it_did_not_exist(
    operation: Operation, bob: User, bobs: Profile, alices: Profile, as_user: As
) -> None:
    method, path = operation
    theirs = belongings(alices)
    before, client = kept_by(alices), as_user(bob)
    foreign = client.generic(method, f"{filled(path, theirs)}?profile_id={bobs.id}", content_type="application/json")
    unknown = client.generic(method, f"{filled(path)}?profile_id={bobs.id}", content_type="application/json")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert kept_by(alices) == before


def kept_by(profile: Profile) -> list[Any]:
    """What nobody else may change."""
    rows = (
        Bookmark.objects.of(profile),
        Play.objects.of(profile),
        Session.objects.of(profile.user),
        StreamSession.objects.of(profile.user),
    )
    return [list(some.order_by("pk").values()) for some in rows]


def filled(path: str, ids: Mapping[str, object] | None = None) -> str:
    """The address with these ids, and with ids of nothing in the other places."""
    return re.sub(r"{(\w+)}", lambda place: str((ids or {}).get(place[1], uuid.uuid4())), path)
