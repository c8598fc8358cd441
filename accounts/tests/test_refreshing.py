"""Staying signed in: refresh tokens are traded, guarded and kept as hashes."""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.errors import RefreshRefusedError
from accounts.models import RefreshToken, SecurityEvent, Session, User
from accounts.services import TokenPair, issue_tokens, refresh_tokens, sessions

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

GRACE: timedelta = settings.REFRESH_TOKEN_GRACE


def refresh(client: APIClient, refresh_token: str) -> Answer:
    return client.post("/api/v1/auth/refresh", {"refresh_token": refresh_token})


def row_of(refresh_token: str) -> RefreshToken:
    return RefreshToken.objects.get(digest=hashlib.sha256(refresh_token.encode()).hexdigest())


def traded_ago(refresh_token: str, ago: timedelta) -> TokenPair:
    """Trade it, as if that had been some time ago."""
    pair = refresh_tokens(refresh_token=refresh_token)
    RefreshToken.objects.filter(pk=row_of(refresh_token).pk).update(rotated_at=timezone.now() - ago)
    return pair


@pytest.fixture
def pair(alice: User) -> TokenPair:
    """What Alice's television got when she signed in."""
    return issue_tokens(user=alice)


# Trading


def test_a_refresh_token_is_traded_for_a_new_pair(pair: TokenPair, guest: APIClient) -> None:
    answer = refresh(guest, pair.refresh_token)
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "token_type"}
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["refresh_token"] != pair.refresh_token


def test_the_new_pair_works(pair: TokenPair, guest: APIClient) -> None:
    new = refresh(guest, pair.refresh_token).json()
    me = guest.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {new['access_token']}"})
    assert me.json()["email"] == "alice@example.com"
    assert refresh(guest, new["refresh_token"]).status_code == 200


def test_the_new_access_token_knows_who_has_become_staff(pair: TokenPair, guest: APIClient) -> None:
    User.objects.update(is_staff=True)
    access_token = refresh(guest, pair.refresh_token).json()["access_token"]
    assert jwt.decode(access_token, options={"verify_signature": False})["is_admin"] is True


def test_older_access_tokens_live_on_to_their_end(pair: TokenPair, guest: APIClient) -> None:
    refresh(guest, pair.refresh_token)
    me = guest.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {pair.access_token}"})
    assert me.status_code == 200


def test_a_refresh_token_lives_seven_days(pair: TokenPair) -> None:
    row = row_of(pair.refresh_token)
    assert abs(row.expires_at - row.created_at - timedelta(days=7)) < timedelta(seconds=5)


# Trading twice


def test_a_traded_token_works_again_for_moments(pair: TokenPair, guest: APIClient) -> None:
    answers = [refresh(guest, pair.refresh_token) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.json()["refresh_token"] for answer in answers}) == 3
    assert all(refresh(guest, answer.json()["refresh_token"]).status_code == 200 for answer in answers)


def test_the_grace_is_counted_from_the_first_trade(pair: TokenPair, guest: APIClient) -> None:
    traded_ago(pair.refresh_token, GRACE - timedelta(seconds=5))
    assert refresh(guest, pair.refresh_token).status_code == 200
    assert row_of(pair.refresh_token).rotated_at < timezone.now() - timedelta(seconds=10)  # type: ignore[operator]


def test_a_token_traded_again_after_the_grace_is_refused(pair: TokenPair, guest: APIClient) -> None:
    traded_ago(pair.refresh_token, GRACE + timedelta(seconds=1))
    answer = refresh(guest, pair.refresh_token)
    assert answer.status_code == 401
    assert answer.json()["code"] == "refresh_refused"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_replayed_token_ends_its_whole_family(pair: TokenPair, guest: APIClient) -> None:
    second = traded_ago(pair.refresh_token, GRACE + timedelta(minutes=1))
    newest = refresh(guest, second.refresh_token).json()["refresh_token"]
    refresh(guest, pair.refresh_token)
    assert [refresh(guest, t).status_code for t in (second.refresh_token, newest)] == [401, 401]
    assert not Session.objects.filter(revoked_at=None).exists()


def test_a_replayed_token_is_known_as_one_long_after_its_own_end(pair: TokenPair, guest: APIClient) -> None:
    successor = traded_ago(pair.refresh_token, timedelta(days=6))
    RefreshToken.objects.filter(pk=row_of(pair.refresh_token).pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert refresh(guest, pair.refresh_token).status_code == 401
    assert refresh(guest, successor.refresh_token).status_code == 401
    assert SecurityEvent.objects.get().kind == SecurityEvent.Kind.REFRESH_REUSED


def test_a_replayed_token_leaves_the_other_devices_signed_in(alice: User, pair: TokenPair, guest: APIClient) -> None:
    phone = issue_tokens(user=alice)
    traded_ago(pair.refresh_token, GRACE + timedelta(minutes=1))
    assert refresh(guest, pair.refresh_token).status_code == 401
    assert refresh(guest, phone.refresh_token).status_code == 200


def test_a_replayed_token_is_a_security_event_once(alice: User, pair: TokenPair) -> None:
    traded_ago(pair.refresh_token, GRACE + timedelta(minutes=1))
    Session.objects.update(device_name="Television")
    for _ in range(3):
        assert refresh(APIClient(REMOTE_ADDR="198.51.100.7"), pair.refresh_token).status_code == 401
    event = SecurityEvent.objects.get()
    assert (event.user, event.kind, event.address) == (alice, "refresh_reused", "198.51.100.7")
    assert event.detail == "Signed out: Television"


def test_a_trade_within_the_grace_is_no_security_event(pair: TokenPair, guest: APIClient) -> None:
    traded_ago(pair.refresh_token, GRACE - timedelta(seconds=5))
    assert refresh(guest, pair.refresh_token).status_code == 200
    assert not SecurityEvent.objects.exists()


def test_the_log_tells_of_a_replayed_token_without_showing_it(
    pair: TokenPair, guest: APIClient, caplog: pytest.LogCaptureFixture
) -> None:
    traded_ago(pair.refresh_token, GRACE + timedelta(minutes=1))
    refresh(guest, pair.refresh_token)
    assert str(Session.objects.get().id) in caplog.text
    assert pair.refresh_token not in caplog.text
    assert "alice" not in caplog.text


def test_a_replayed_token_ends_the_access_tokens_too(pair: TokenPair, guest: APIClient) -> None:
    second = traded_ago(pair.refresh_token, GRACE + timedelta(minutes=1))
    refresh(guest, pair.refresh_token)
    for one in (pair, second):
        me = guest.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {one.access_token}"})
        assert me.status_code == 401


def test_a_trade_is_a_use_of_the_session_and_prolongs_it(pair: TokenPair) -> None:
    now = timezone.now()
    before = now - timedelta(days=3)
    Session.objects.update(last_used_at=before, expires_at=before + timedelta(days=7), address="192.0.2.1")
    assert refresh(APIClient(REMOTE_ADDR="192.0.2.2"), pair.refresh_token).status_code == 200
    session = Session.objects.get()
    assert session.last_used_at >= now
    assert session.expires_at >= now + timedelta(days=7)
    assert session.address == "192.0.2.2"


def at_once(count: int, refresh_token: str) -> list[Any]:
    """Trade the same token from several threads that start together; the pair or the error of each."""
    together = threading.Barrier(count)

    def trade(_: int) -> Any:
        together.wait(timeout=10)
        try:
            return refresh_tokens(refresh_token=refresh_token)
        except RefreshRefusedError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(trade, range(count)))


@pytest.mark.django_db(transaction=True)
def test_a_client_that_refreshes_six_times_at_once_stays_signed_in(pair: TokenPair, guest: APIClient) -> None:
    pairs = at_once(6, pair.refresh_token)
    assert all(isinstance(one, TokenPair) for one in pairs)
    assert all(refresh(guest, one.refresh_token).status_code == 200 for one in pairs)


@pytest.mark.django_db(transaction=True)
def test_a_thief_cannot_outrun_the_end_of_the_family(
    pair: TokenPair, guest: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thief trades the newest token while the owner's replay of the first one revokes the family."""
    second = traded_ago(pair.refresh_token, GRACE + timedelta(minutes=1))
    traded = threading.Event()
    next_pair = sessions._next_pair

    def slowly(session: Session) -> TokenPair:
        traded.set()
        wait_until_somebody_waits_for_a_lock()
        return next_pair(session)

    monkeypatch.setattr(sessions, "_next_pair", slowly)
    with ThreadPoolExecutor(1) as thief:
        stolen = thief.submit(at_once, 1, second.refresh_token)
        assert traded.wait(timeout=10)
        assert refresh(guest, pair.refresh_token).status_code == 401
    monkeypatch.undo()
    (newest,) = stolen.result()
    assert refresh(guest, newest.refresh_token).status_code == 401


def wait_until_somebody_waits_for_a_lock() -> None:
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + 2
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(blocked)
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.02)


# What is refused


@pytest.mark.parametrize("unknown", ["nobody-ever-got-this", "x" * 500])
def test_an_unknown_token_is_refused(db: None, guest: APIClient, unknown: str) -> None:
    answer = refresh(guest, unknown)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("body", [{}, {"refresh_token": ""}, {"refresh_token": None}, {"refresh_token": "x" * 501}])
def test_a_body_without_a_token_is_invalid(db: None, guest: APIClient, body: dict[str, Any]) -> None:
    answer = guest.post("/api/v1/auth/refresh", body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("refresh_token: ")


def test_an_expired_token_is_refused(pair: TokenPair, guest: APIClient) -> None:
    RefreshToken.objects.update(expires_at=timezone.now())
    assert refresh(guest, pair.refresh_token).status_code == 401


def test_a_revoked_token_is_refused_even_within_the_grace(pair: TokenPair, guest: APIClient) -> None:
    refresh(guest, pair.refresh_token)
    Session.objects.update(revoked_at=timezone.now())
    assert refresh(guest, pair.refresh_token).status_code == 401


def test_an_inactive_account_cannot_stay_signed_in(pair: TokenPair, guest: APIClient) -> None:
    User.objects.update(is_active=False)
    assert refresh(guest, pair.refresh_token).status_code == 401


def test_a_deleted_account_cannot_stay_signed_in(alice: User, pair: TokenPair, guest: APIClient) -> None:
    alice.soft_delete()
    assert refresh(guest, pair.refresh_token).status_code == 401


def test_an_access_token_cannot_be_traded(pair: TokenPair, guest: APIClient) -> None:
    assert refresh(guest, pair.access_token).status_code == 401


def test_every_refusal_is_the_same(alice: User, pair: TokenPair, guest: APIClient) -> None:
    replayed = issue_tokens(user=alice).refresh_token
    traded_ago(replayed, GRACE + timedelta(minutes=1))
    RefreshToken.objects.filter(pk=row_of(pair.refresh_token).pk).update(expires_at=timezone.now())
    bodies = [refresh(guest, one).json() for one in ("unknown", pair.refresh_token, replayed)]
    assert bodies[0] == bodies[1] == bodies[2]


# What is kept


def test_only_the_hash_of_a_token_is_kept(alice: User, pair: TokenPair) -> None:
    kept = RefreshToken.objects.values().get()
    assert kept["digest"] == hashlib.sha256(pair.refresh_token.encode()).hexdigest()
    assert not any(pair.refresh_token in str(value) for value in kept.values())


def test_a_pair_shows_no_token_when_it_is_printed(pair: TokenPair) -> None:
    for shown in (repr(pair), str(pair), f"{pair}"):
        assert pair.access_token not in shown
        assert pair.refresh_token not in shown


def test_a_kept_token_shows_no_hash_when_it_is_printed(pair: TokenPair) -> None:
    row = row_of(pair.refresh_token)
    assert row.digest not in f"{row} {row!r}"
