"""What API keys open: asked of every operation of the API, which are found and not listed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import Profile, Scope
from accounts.permissions import OwnsProfile
from accounts.staff import StaffView
from common.permissions import Public
from config.tests.operations import operations, routes, view_class
from conftest import WithKey

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

Operation = tuple[str, str]
READING = [scope for scope in Scope.values if scope.endswith(":read")]
PRIVATE = ("/api/v1/auth/", "/api/v1/viewing/", "/api/v1/recommendations/")
REFUSED = {401, 403}


def view_at(path: str) -> Any:
    """The view at this address."""
    return view_class(dict(routes())[path])


def takes_a_profile(path: str) -> bool:
    """Whether its answer is, or may be, made for a profile."""
    return any(issubclass(one, OwnsProfile) for one in view_at(path).permission_classes)


def reads_no_header(path: str) -> bool:
    """Whether it asks nobody who they are: then a key says nothing there."""
    return not view_at(path).authentication_classes


def is_for_staff(path: str) -> bool:
    """Whether it decides by scopes."""
    return issubclass(view_at(path), StaffView)


ALL = sorted(operations())
FOR_STAFF = [one for one in ALL if is_for_staff(one[1])]
WRITES = [one for one in ALL if one[0] != "GET" and not reads_no_header(one[1])]
PERSONAL = [
    (method, path)
    for method, path in ALL
    if (path.startswith(PRIVATE) or takes_a_profile(path)) and not reads_no_header(path)
]


def call(client: APIClient, operation: Operation, profile: Profile | None = None) -> Answer:
    """Call it with a profile wherever one can be, and with ids of what does not exist."""
    method, path = operation
    address = path.replace("{profile_id}", str(profile.id if profile else uuid4()))
    address = re.sub(r"\{\w+\}", lambda _: str(uuid4()), address)
    query = f"?profile_id={profile.id}" if profile and "{profile_id}" not in path else ""
    body = f'{{"profile_id": "{profile.id}"}}' if profile else "{}"
    data = "" if method == "GET" else body
    return client.generic(method, address + query, data, content_type="application/json")


def test_there_is_something_to_walk() -> None:
    assert len(FOR_STAFF) >= 20
    assert len(WRITES) >= 25
    assert len(PERSONAL) >= 25


def test_only_what_is_public_does_not_read_the_header() -> None:
    silent = {path for _, path in ALL if reads_no_header(path)}
    assert silent
    assert {path for path in silent if set(view_at(path).permission_classes) != {Public}} == set()
    assert not any(map(takes_a_profile, silent))


@pytest.mark.parametrize("operation", WRITES, ids=" ".join)
def test_a_key_that_may_read_everything_changes_nothing(
    operation: Operation, with_key: WithKey, alices: Profile
) -> None:
    assert call(with_key(*READING), operation, alices).status_code in REFUSED


@pytest.mark.parametrize("operation", PERSONAL, ids=" ".join)
def test_a_key_with_every_scope_reaches_no_account_and_no_profile(
    operation: Operation, with_key: WithKey, alices: Profile
) -> None:
    assert call(with_key(*Scope.values), operation, alices).status_code in REFUSED


@pytest.mark.parametrize("scope", Scope.values)
def test_a_scope_opens_what_the_views_declare_and_nothing_else(scope: str, with_key: WithKey) -> None:
    client, wrong = with_key(scope), {}
    part, _, action = scope.partition(":")
    for method, path in FOR_STAFF:
        opens = view_at(path).scope == part and (method == "GET" or action == "write")
        status = call(client, (method, path)).status_code
        if status not in ({200, 404, 422} if opens else {403}):
            wrong[f"{method} {path}"] = status
    assert wrong == {}


def test_to_everything_that_is_not_for_staff_a_key_is_a_guest(with_key: WithKey, guest: APIClient) -> None:
    client, wrong = with_key(*Scope.values), {}
    for operation in ALL:
        if is_for_staff(operation[1]):
            continue
        theirs, guests = call(client, operation).status_code, call(guest, operation).status_code
        # Both are turned away; but a key is known, so that another one would not help.
        if theirs != guests and (theirs, guests) != (403, 401):
            wrong[" ".join(operation)] = (theirs, guests)
    assert wrong == {}
