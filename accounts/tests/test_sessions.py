"""Signed-in devices: the list of them, and signing out of one, another, all."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.devices import Device
from accounts.models import SecurityEvent, Session, User
from accounts.services import TokenPair, issue_tokens, refresh_tokens
from accounts.tests.test_refreshing import GRACE, row_of, traded_ago

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

AUTH = "/api/v1/auth"
LOG_OUT, LOG_OUT_ALL, SESSIONS = f"{AUTH}/logout", f"{AUTH}/logout-all", f"{AUTH}/sessions"
PASSWORD = "a horse at the cinema"


@pytest.fixture(autouse=True)
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def television(alice: User) -> TokenPair:
    """What Alice's television got when she signed in."""
    return issue_tokens(user=alice, device=Device("Television", "192.0.2.1"))


@pytest.fixture
def phone(alice: User) -> TokenPair:
    """What her phone got."""
    return issue_tokens(user=alice, device=Device("Phone", "2001:db8::7"))


def bearer(pair: TokenPair) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair.access_token}"}


def session_of(pair: TokenPair) -> Session:
    return row_of(pair.refresh_token).session


def is_signed_in(pair: TokenPair) -> bool:
    """Whether any of its tokens is worth anything."""
    client = APIClient()
    me = client.get(f"{AUTH}/me", headers=bearer(pair))
    refreshed = client.post(f"{AUTH}/refresh", {"refresh_token": pair.refresh_token})
    assert me.status_code == refreshed.status_code
    return me.status_code == 200


def log_out(pair: TokenPair) -> Answer:
    return APIClient().post(LOG_OUT, headers=bearer(pair))


# Logging out


def test_logging_out_ends_this_device_at_once(television: TokenPair, phone: TokenPair) -> None:
    answer = log_out(television)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not is_signed_in(television)
    assert is_signed_in(phone)


def test_logging_out_ends_every_token_the_device_ever_got(television: TokenPair) -> None:
    newer = refresh_tokens(refresh_token=television.refresh_token)
    log_out(television)
    assert not is_signed_in(television)
    assert not is_signed_in(newer)


def test_logging_out_again_is_answered_alike(television: TokenPair) -> None:
    log_out(television)
    ended = session_of(television).revoked_at
    assert log_out(television).status_code == 204
    assert session_of(television).revoked_at == ended


def test_a_refresh_token_signs_out_where_the_access_token_has_ended(
    television: TokenPair, phone: TokenPair, guest: APIClient
) -> None:
    answer = guest.post(
        LOG_OUT, {"refresh_token": television.refresh_token}, headers={"Authorization": "Bearer stale.since.yesterday"}
    )
    assert answer.status_code == 204
    assert not is_signed_in(television)
    assert is_signed_in(phone)


def test_a_spent_refresh_token_signs_out_too(television: TokenPair, guest: APIClient) -> None:
    newer = traded_ago(television.refresh_token, GRACE + timedelta(minutes=1))
    assert guest.post(LOG_OUT, {"refresh_token": television.refresh_token}).status_code == 204
    assert not is_signed_in(newer)


def test_an_unknown_refresh_token_is_told_nothing(television: TokenPair, guest: APIClient) -> None:
    assert guest.post(LOG_OUT, {"refresh_token": "nobody-ever-got-this"}).status_code == 204
    assert is_signed_in(television)


@pytest.mark.parametrize("header", ["", "Bearer stale.since.yesterday", "Basic YWxpY2U6YWxpY2U=", "Api-Key abc.def"])
@pytest.mark.parametrize("body", [{}, {"refresh_token": None}, {"refresh_token": ""}])
def test_logging_out_without_any_token_is_refused_so_that_clients_refresh(
    db: None, guest: APIClient, header: str, body: dict[str, str | None]
) -> None:
    answer = guest.post(LOG_OUT, body, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_somebody_else_signed_ends_nothing(television: TokenPair, guest: APIClient) -> None:
    head, claims, _ = television.access_token.split(".")
    forged = {"Authorization": f"Bearer {head}.{claims}.{'A' * 43}"}
    assert guest.post(LOG_OUT, headers=forged).status_code == 401
    assert is_signed_in(television)


def test_logging_out_everywhere_ends_every_device_of_the_account_only(
    television: TokenPair, phone: TokenPair, bob: User, guest: APIClient
) -> None:
    bobs = issue_tokens(user=bob)
    answer = guest.post(LOG_OUT_ALL, headers=bearer(phone))
    assert (answer.status_code, answer.content) == (204, b"")
    assert not is_signed_in(television)
    assert not is_signed_in(phone)
    assert is_signed_in(bobs)


def test_logging_out_everywhere_is_noted(alice: User, television: TokenPair, phone: TokenPair) -> None:
    APIClient(REMOTE_ADDR="192.0.2.9").post(LOG_OUT_ALL, headers=bearer(phone))
    event = SecurityEvent.objects.get()
    assert (event.user, event.kind, event.address) == (alice, "sessions_revoked", "192.0.2.9")
    assert event.detail == "Signed out: all devices (2)"


# The list


def test_the_list_holds_the_signed_in_devices_and_says_which_one_asks(
    television: TokenPair, phone: TokenPair, guest: APIClient
) -> None:
    Session.objects.filter(id=session_of(television).id).update(last_used_at=timezone.now() - timedelta(minutes=2))
    answer = guest.get(SESSIONS, headers=bearer(phone))
    assert answer.status_code == 200
    newest, older = answer.json()
    assert set(newest) == {"id", "device_name", "address", "created_at", "last_used_at", "is_current"}
    assert (newest["device_name"], newest["address"], newest["is_current"]) == ("Phone", "2001:db8::7", True)
    assert (older["device_name"], older["address"], older["is_current"]) == ("Television", "192.0.2.1", False)
    assert newest["created_at"].endswith("Z")
    assert newest["last_used_at"] > older["last_used_at"]


def test_the_list_holds_no_device_that_is_signed_out_or_of_somebody_else(
    alice: User, bob: User, television: TokenPair, phone: TokenPair, guest: APIClient
) -> None:
    issue_tokens(user=bob)
    log_out(television)
    forgotten = session_of(issue_tokens(user=alice))
    Session.objects.filter(id=forgotten.id).update(expires_at=timezone.now())
    assert [one["id"] for one in guest.get(SESSIONS, headers=bearer(phone)).json()] == [str(session_of(phone).id)]


def test_no_token_and_no_hash_is_in_the_list(television: TokenPair, guest: APIClient) -> None:
    text = guest.get(SESSIONS, headers=bearer(television)).content.decode()
    row = row_of(television.refresh_token)
    assert not any(secret in text for secret in (television.refresh_token, television.access_token, row.digest))


# Ending another device


def test_a_device_of_the_list_can_be_signed_out(television: TokenPair, phone: TokenPair, guest: APIClient) -> None:
    answer = guest.delete(f"{SESSIONS}/{session_of(television).id}", headers=bearer(phone))
    assert (answer.status_code, answer.content) == (204, b"")
    assert not is_signed_in(television)
    assert is_signed_in(phone)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.detail) == ("sessions_revoked", "Signed out: Television")


def test_this_device_can_be_signed_out_like_any_other(phone: TokenPair, guest: APIClient) -> None:
    assert guest.delete(f"{SESSIONS}/{session_of(phone).id}", headers=bearer(phone)).status_code == 204
    assert not is_signed_in(phone)


def test_foreign_unknown_and_ended_devices_are_answered_alike(
    alice: User, bob: User, television: TokenPair, phone: TokenPair, guest: APIClient
) -> None:
    bobs = issue_tokens(user=bob)
    log_out(television)
    forgotten = session_of(issue_tokens(user=alice))
    Session.objects.filter(id=forgotten.id).update(expires_at=timezone.now())
    ids = [session_of(bobs).id, uuid.uuid4(), session_of(television).id, forgotten.id]
    answers = [guest.delete(f"{SESSIONS}/{one}", headers=bearer(phone)) for one in ids]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1
    assert is_signed_in(bobs)
    assert not SecurityEvent.objects.exists()


def test_a_device_id_that_is_none_is_not_found(phone: TokenPair, guest: APIClient) -> None:
    assert guest.delete(f"{SESSIONS}/television", headers=bearer(phone)).status_code == 404


# What a device is called


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"device_name": "Kitchen"}, "Kitchen"),
        ({"device_name": "Kit\u202e\x07chen"}, "Kitchen"),
        ({"device_name": ""}, "Player/2"),
        ({"device_name": None}, "Player/2"),
        ({}, "Player/2"),
    ],
)
@pytest.mark.parametrize("door", ["register", "login"])
def test_a_device_is_called_what_it_says_or_goes_by_its_user_agent(
    guest: APIClient, db: None, door: str, said: dict[str, str | None], kept: str
) -> None:
    credentials = {"email": "dora@example.com", "password": PASSWORD}
    if door == "login":
        User.objects.create_user(**credentials)
    answer = guest.post(f"{AUTH}/{door}", credentials | said, headers={"User-Agent": "Player/2"})
    assert answer.status_code in (200, 201)
    assert Session.objects.get().device_name == kept


@pytest.mark.parametrize("door", ["register", "login"])
def test_a_device_name_has_at_most_100_characters(guest: APIClient, db: None, door: str) -> None:
    body = {"email": "dora@example.com", "password": PASSWORD, "device_name": "n" * 101}
    answer = guest.post(f"{AUTH}/{door}", body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("device_name: ")
