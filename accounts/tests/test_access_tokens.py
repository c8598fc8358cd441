"""What is taken for a sign-in, and what is not: access tokens and the keys of services."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken as JwtRefreshToken

from accounts.models import ApiKey, Session, User
from accounts.services import issue_tokens
from conftest import As

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

ME = "/api/v1/auth/me"
TITLES = "/api/v1/catalog/titles"
# Needs no token at all, so that a bad one does not matter there.
GUIDE = "/api/v1/epg/now"
SECRET = str(configured.JWT_SECRET)
FORMER = "the secret before its last change, and long enough for all algorithms"


def ask(client: APIClient, header: str, path: str = ME) -> Answer:
    return client.get(path, headers={"Authorization": header})


def assert_refused(answer: Answer) -> None:
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert isinstance(answer.json()["detail"], str)


def claims(user: User, **changed: Any) -> dict[str, Any]:
    """The claims of a good access token, for a new session, but for what a test changes; None leaves one out."""
    now = timezone.now()
    session = Session.objects.create(user=user, expires_at=now + timedelta(days=7))
    usual = {"token_type": "access", "iss": "marquee", "sub": str(user.id), "sid": str(session.id), "is_admin": False}
    times = {"iat": now, "exp": now + timedelta(hours=1), "jti": uuid.uuid4().hex}
    return {name: value for name, value in {**usual, **times, **changed}.items() if value is not None}


def token(user: User, *, key: str = SECRET, algorithm: str = "HS256", **changed: Any) -> str:
    return jwt.encode(claims(user, **changed), key, algorithm=algorithm)


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def sealed(header: bytes, user: User, digest: Callable[[], Any] = hashlib.sha256) -> str:
    """A token with any header whose seal is right for our secret, as an attacker makes it who knows no better one."""
    body = f"{encoded(header)}.{token(user).split('.')[1]}"
    return f"{body}.{encoded(hmac.digest(SECRET.encode(), body.encode(), digest))}"


def tampered(user: User) -> str:
    """The claims of staff under another seal."""
    header, _, seal = token(user).split(".")
    return ".".join([header, token(user, is_admin=True).split(".")[1], seal])


def unsigned(user: User, name: str) -> str:
    return f"{encoded(json.dumps({'alg': name, 'typ': 'JWT'}).encode())}.{token(user).split('.')[1]}."


def of_session(user: User, **fields: datetime) -> str:
    """The token of a session with these fields."""
    session = Session.objects.create(user=user, expires_at=timezone.now() + timedelta(days=7), **fields)
    return token(user, sid=str(session.id))


BAD_TOKENS: dict[str, Callable[[User], str]] = {
    "an expired one": lambda user: token(user, exp=timezone.now() - timedelta(seconds=1)),
    "one from the future": lambda user: token(user, iat=timezone.now() + timedelta(hours=1)),
    "a tampered one": tampered,
    "an unsigned one": lambda user: unsigned(user, "none"),
    "an unsigned one in capitals": lambda user: unsigned(user, "NONE"),
    "an unsigned one that claims to be signed": lambda user: unsigned(user, "HS256"),
    "one in HS512": lambda user: token(user, algorithm="HS512"),
    "one in HS384": lambda user: token(user, algorithm="HS384"),
    "one in RS256 with our secret for a key": lambda user: sealed(b'{"alg":"RS256","typ":"JWT"}', user),
    "one in ES256 with our secret for a key": lambda user: sealed(b'{"alg":"ES256","typ":"JWT"}', user),
    "one that brings its key": lambda user: sealed(
        b'{"alg":"RS256","jwk":{"kty":"oct","k":"c2VjcmV0"},"jku":"https://evil.example/"}', user
    ),
    "one without an algorithm": lambda user: sealed(b'{"typ":"JWT"}', user),
    "one with a list for an algorithm": lambda user: sealed(b'{"alg":["HS256"]}', user),
    "one signed with another secret": lambda user: token(user, key="somebody else's secret of 32 characters"),
    "one signed with nothing": lambda user: token(user, key=" " * 32),
    "one signed with the secret of the sessions": lambda user: token(user, key=str(configured.SECRET_KEY)),
    "our opaque refresh token": lambda user: issue_tokens(user=user).refresh_token,
    "a signed refresh token": lambda user: str(JwtRefreshToken.for_user(user)),
    "a signed refresh token with a session": lambda user: token(user, token_type="refresh"),
    "one of another type": lambda user: token(user, token_type="pin"),
    "one without a type": lambda user: token(user, token_type=None),
    "one of another issuer": lambda user: token(user, iss="marquee.example.com"),
    "one of no issuer": lambda user: token(user, iss=None),
    "one without an end": lambda user: token(user, exp=None),
    "one whose end is a word": lambda user: token(user, exp="never"),
    "one without a number": lambda user: token(user, jti=None),
    "one for nobody we know": lambda user: token(user, sub=str(uuid.uuid4())),
    "one for no UUID": lambda user: token(user, sub="1"),
    "one that names nobody": lambda user: token(user, sub=""),
    "one without anybody": lambda user: token(user, sub=None),
    "one for a list": lambda user: token(user, sub=[str(user.id)]),
    "one without a session": lambda user: token(user, sid=None),
    "one of a session we do not know": lambda user: token(user, sid=str(uuid.uuid4())),
    "one of a session that is no UUID": lambda user: token(user, sid="1"),
    "one of a session that is a number": lambda user: token(user, sid=1),
    "one of a session that was revoked": lambda user: of_session(user, revoked_at=timezone.now()),
    "no token at all": lambda _: "nonsense",
    "three times nothing": lambda _: "..",
    "four parts": lambda user: f"{token(user)}.more",
    "letters of other alphabets": lambda _: "tökén.ключ.鍵",
    "half a character": lambda _: "a\ud800.b.c",
    "a NUL": lambda _: "a\x00.b.c",
    "a nested header": lambda _: f"{encoded(b'[' * 4_000)}.e30.e30",
    "a header of numbers": lambda _: f"{encoded(b'9' * 5_000)}.e30.e30",
    "a header that is no text": lambda _: f"{encoded(bytes(range(128, 256)))}.e30.e30",
}


def test_a_token_made_like_the_bad_ones_below_but_good_is_accepted(alice: User, guest: APIClient) -> None:
    assert ask(guest, f"Bearer {token(alice)}").status_code == 200
    sealed_by_hand = sealed(b'{"alg":"HS256","typ":"JWT"}', alice)
    assert ask(guest, f"Bearer {sealed_by_hand}").status_code == 200


@pytest.mark.parametrize("make", BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_a_bad_token_signs_nobody_in(alice: User, guest: APIClient, make: Callable[[User], str]) -> None:
    assert_refused(ask(guest, f"Bearer {make(alice)}"))


def test_a_token_for_somebody_else_in_ones_own_session_signs_nobody_in(
    alice: User, bob: User, guest: APIClient
) -> None:
    sid = claims(alice)["sid"]
    assert_refused(ask(guest, f"Bearer {token(bob, sid=sid)}"))


def test_a_bad_token_makes_no_guest_where_guests_are_welcome(alice: User, guest: APIClient) -> None:
    expired = BAD_TOKENS["an expired one"](alice)
    assert_refused(ask(guest, f"Bearer {expired}", TITLES))


def test_a_bad_token_does_not_matter_where_none_is_needed(alice: User, guest: APIClient) -> None:
    for header in (f"Bearer {tampered(alice)}", "Basic YWxpY2U6YWxpY2U=", "Api-Key nonsense.nonsense"):
        assert ask(guest, header, GUIDE).status_code == 200
        assert_refused(ask(guest, header, f"{GUIDE}?profile_id={uuid.uuid4()}"))


# The header


@pytest.mark.parametrize("header", ["", " ", "\t"])
def test_a_header_with_nothing_in_it_makes_a_guest(guest: APIClient, header: str) -> None:
    assert_refused(ask(guest, header))
    assert ask(guest, header, TITLES).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer one two",
        "Basic YWxpY2U6YWxpY2U=",
        "Token abc",
        "Api-Key",
        "api-key\t",
        "Api-Key one two",
        "Öl",
    ],
)
def test_any_other_header_than_a_good_one_is_refused(guest: APIClient, header: str) -> None:
    assert_refused(ask(guest, header))
    assert_refused(ask(guest, header, TITLES))


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer ", "Bearer\t"])
def test_the_scheme_counts_in_any_case(alice: User, guest: APIClient, scheme: str) -> None:
    assert ask(guest, f"{scheme} {token(alice)}").status_code == 200


def test_a_token_is_no_key_and_a_key_no_token(alice: User, guest: APIClient) -> None:
    assert_refused(ask(guest, f"Api-Key {token(alice)}"))
    assert_refused(ask(guest, f"Bearer {api_key()}"))


# From one request to the next


def test_an_account_erased_for_good_is_signed_out_at_once(alice: User, as_user: As) -> None:
    client = as_user(alice)
    alice.delete()
    assert_refused(client.get(ME))


def test_a_deleted_account_is_signed_out_at_once(alice: User, as_user: As) -> None:
    client = as_user(alice)
    alice.soft_delete()
    assert_refused(client.get(ME))


def test_a_deactivated_account_is_signed_out_at_once(alice: User, as_user: As) -> None:
    client = as_user(alice)
    User.objects.update(is_active=False)
    assert_refused(client.get(ME))


def test_a_revoked_session_is_signed_out_at_once_and_the_others_are_not(alice: User, as_user: As) -> None:
    television, phone = as_user(alice), as_user(alice)
    first = Session.objects.earliest("created_at")
    Session.objects.filter(id=first.id).revoke(timezone.now())
    assert_refused(television.get(ME))
    assert phone.get(ME).status_code == 200


def test_who_is_no_longer_staff_is_none_at_once_whatever_the_token_says(carol: User, as_user: As) -> None:
    client = as_user(carol)
    User.objects.update(is_staff=False)
    assert client.get(ME).json()["is_admin"] is False


def test_the_claim_to_be_staff_is_never_believed(alice: User, guest: APIClient) -> None:
    answer = ask(guest, f"Bearer {token(alice, is_admin=True, is_staff=True, is_superuser=True)}")
    assert answer.json()["is_admin"] is False


def test_a_token_takes_one_statement(alice: User, as_user: As) -> None:
    client = as_user(alice)
    with CaptureQueriesContext(connection) as statements:
        assert client.get(ME).status_code == 200
    assert len(statements) == 1


@pytest.mark.parametrize("kind", ["a tampered one", "an expired one", "one without a session", "no token at all"])
def test_a_token_that_is_not_ours_takes_no_statement(alice: User, guest: APIClient, kind: str) -> None:
    bad = BAD_TOKENS[kind](alice)
    with CaptureQueriesContext(connection) as statements:
        assert_refused(ask(guest, f"Bearer {bad}"))
    assert len(statements) == 0


def test_the_last_use_of_a_session_is_noted_to_five_minutes(alice: User, as_user: As) -> None:
    client = as_user(alice)
    before = timezone.now()
    Session.objects.update(last_used_at=before - timedelta(minutes=4))
    client.get(ME)
    assert Session.objects.get().last_used_at < before
    Session.objects.update(last_used_at=before - timedelta(minutes=6))
    client.get(ME)
    assert Session.objects.get().last_used_at >= before


# While the secret is replaced


def test_a_token_of_the_former_secret_holds_to_its_end(alice: User, guest: APIClient, settings: Settings) -> None:
    old = token(alice, key=FORMER)
    assert_refused(ask(guest, f"Bearer {old}"))
    settings.JWT_PREVIOUS_KEYS = [FORMER]
    assert ask(guest, f"Bearer {old}").status_code == 200
    assert ask(guest, f"Bearer {token(alice)}").status_code == 200


FORMER_BAD: dict[str, dict[str, Any]] = {
    "expired": {"exp": timezone.now() - timedelta(seconds=1)},
    "of another issuer": {"iss": "somebody"},
    "of no issuer": {"iss": None},
    "of another type": {"token_type": "refresh"},
    "without an end": {"exp": None},
    "in another algorithm": {"algorithm": "HS512"},
}


@pytest.mark.parametrize("changed", FORMER_BAD.values(), ids=FORMER_BAD)
def test_the_former_secret_opens_nothing_that_the_present_one_does_not(
    alice: User, guest: APIClient, settings: Settings, changed: dict[str, Any]
) -> None:
    settings.JWT_PREVIOUS_KEYS = [FORMER]
    assert_refused(ask(guest, f"Bearer {token(alice, key=FORMER, **changed)}"))


def test_an_unsigned_token_is_not_taken_for_one_of_the_former_secret(
    alice: User, guest: APIClient, settings: Settings
) -> None:
    settings.JWT_PREVIOUS_KEYS = [FORMER]
    assert_refused(ask(guest, f"Bearer {unsigned(alice, 'none')}"))
    assert_refused(ask(guest, f"Bearer {tampered(alice)}"))


def test_the_former_secret_signs_nothing(alice: User, settings: Settings) -> None:
    settings.JWT_PREVIOUS_KEYS = [FORMER]
    made = issue_tokens(user=alice).access_token
    jwt.decode(made, SECRET, algorithms=["HS256"], issuer="marquee")
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(made, FORMER, algorithms=["HS256"], issuer="marquee")


# The keys of services


def api_key(**fields: Any) -> str:
    _, key = ApiKey.objects.create_key(**{"name": "importer", "scopes": ["catalog:read"], **fields})
    return str(key)


@pytest.mark.parametrize("scheme", ["Api-Key", "api-key", "API-KEY", "Api-Key\t"])
def test_a_good_key_is_let_in_and_is_nobody(guest: APIClient, scheme: str) -> None:
    header = f"{scheme} {api_key()}"
    assert ask(guest, header, TITLES).status_code == 200
    assert ask(guest, header, ME).status_code == 403


BAD_KEYS: dict[str, Callable[[], str]] = {
    "unknown": lambda: "abcdefgh.abcdefghijklmnopqrstuvwxyz012345",
    "with another secret": lambda: api_key().split(".")[0] + ".abcdefghijklmnopqrstuvwxyz012345",
    "without its secret": lambda: api_key().split(".")[0],
    "with an empty secret": lambda: api_key().split(".")[0] + ".",
    "revoked": lambda: api_key(revoked=True),
    "expired": lambda: api_key(expiry_date=timezone.now() - timedelta(seconds=1)),
    "with a NUL": lambda: "abc\x00defg.x",
    "very long": lambda: "a" * 100_000,
    "in another alphabet": lambda: "ключ.ключ",
    "in Latin-1": lambda: "schlüßel.schlüßel",
    "with half a character": lambda: "abc\ud800.x",
    "with signs of a search": lambda: "%.%",
}


@pytest.mark.parametrize("make", BAD_KEYS.values(), ids=BAD_KEYS)
@pytest.mark.parametrize("path", [ME, TITLES])
def test_a_bad_key_is_refused(guest: APIClient, make: Callable[[], str], path: str) -> None:
    answer = ask(guest, f"Api-Key {make()}", path)
    assert_refused(answer)
    assert answer.json()["code"] == "api_key_refused"


def test_the_last_use_of_a_key_is_noted(guest: APIClient) -> None:
    header = f"Api-Key {api_key()}"
    ask(guest, header, TITLES)
    used_at = ApiKey.objects.get().last_used_at
    assert used_at is not None
    ask(guest, header, TITLES)
    assert ApiKey.objects.get().last_used_at == used_at


def test_a_key_takes_one_statement(guest: APIClient) -> None:
    header = f"Api-Key {api_key(last_used_at=timezone.now())}"
    with CaptureQueriesContext(connection) as statements:
        assert ask(guest, header, ME).status_code == 403
    assert len(statements) == 1


@pytest.mark.parametrize("end", [10**30, -(10**30), 10**18])
def test_an_end_beyond_the_calendar_is_none(alice: User, guest: APIClient, end: int) -> None:
    header = f"Bearer {token(alice, exp=end)}"
    assert_refused(ask(guest, header))
    assert guest.post("/api/v1/auth/logout", headers={"Authorization": header}).status_code in {204, 401}
