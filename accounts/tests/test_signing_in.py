"""Register, sign in, who am I."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import issue_tokens
from accounts.tests.factories import UserFactory
from conftest import As

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

REGISTER, LOGIN, ME = "/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/auth/me"
PASSWORD = "a horse at the cinema"


@pytest.fixture(autouse=True)
def hashers(settings: Settings) -> list[str]:
    """Argon2 is slow on purpose, and only one test is about it; the real ones are handed to that."""
    real: list[str] = settings.PASSWORD_HASHERS
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return real


@pytest.fixture
def dora(db: None) -> User:
    """A customer who knows her password."""
    return User.objects.create_user("dora@example.com", PASSWORD)


def claims_of(answer: Answer) -> dict[str, Any]:
    return dict(jwt.decode(answer.json()["access_token"], settings.SIMPLE_JWT["SIGNING_KEY"], algorithms=["HS256"]))


# Registering


def test_registering_opens_an_account_with_one_default_profile(guest: APIClient) -> None:
    answer = guest.post(REGISTER, {"email": "Dora@Example.com", "password": "long enough"})
    assert answer.status_code == 201
    user = User.objects.get(email="dora@example.com")
    assert [(p.name, p.parental_rating, p.is_kids) for p in user.profiles.all()] == [("Default", "TV-MA", False)]
    assert user.subscription_tier == "basic"
    assert not user.is_staff


def test_registering_signs_the_account_in(guest: APIClient) -> None:
    tokens = guest.post(REGISTER, {"email": "dora@example.com", "password": PASSWORD}).json()
    assert set(tokens) == {"access_token", "refresh_token", "token_type"}
    assert tokens["token_type"] == "bearer"
    me = guest.get(ME, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert me.json()["email"] == "dora@example.com"


def test_a_password_is_kept_as_an_argon2_hash(guest: APIClient, settings: Settings, hashers: list[str]) -> None:
    settings.PASSWORD_HASHERS = hashers
    guest.post(REGISTER, {"email": "dora@example.com", "password": PASSWORD})
    kept = User.objects.get(email="dora@example.com").password
    assert kept.startswith("argon2$")
    assert PASSWORD not in kept


@pytest.mark.parametrize("spelling", ["dora@example.com", "DORA@EXAMPLE.COM", " Dora@example.com "])
def test_an_address_is_taken_whatever_its_case(dora: User, guest: APIClient, spelling: str) -> None:
    answer = guest.post(REGISTER, {"email": spelling, "password": PASSWORD})
    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["", "dora", "dora@", "dora@example", "a b@example.com", f"{'d' * 250}@example.com"])
def test_an_address_that_is_none_cannot_register(guest: APIClient, email: str) -> None:
    answer = guest.post(REGISTER, {"email": email, "password": PASSWORD})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("email: ")
    assert not User.objects.exists()


@pytest.mark.parametrize(("length", "status"), [(7, 422), (8, 201), (128, 201), (129, 422)])
def test_a_password_has_8_to_128_characters(guest: APIClient, length: int, status: int) -> None:
    answer = guest.post(REGISTER, {"email": "dora@example.com", "password": "p" * length})
    assert answer.status_code == status
    assert status == 201 or answer.json()["detail"].startswith("password: ")


def test_an_address_that_grows_in_lower_case_beyond_the_limit_cannot_register(guest: APIClient) -> None:
    # "İ".lower() has two characters: 249 become 489.
    email = f"a@{'.'.join(['İ' * 60] * 4)}.com"
    answer = guest.post(REGISTER, {"email": email, "password": PASSWORD})
    assert answer.status_code == 422


# Signing in


@pytest.mark.parametrize("email", ["dora@example.com", "Dora@Example.COM"])
def test_signing_in_gives_a_pair_of_tokens(dora: User, guest: APIClient, email: str) -> None:
    answer = guest.post(LOGIN, {"email": email, "password": PASSWORD})
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "token_type"}
    assert answer.json()["token_type"] == "bearer"


def test_nobody_learns_whether_the_address_or_the_password_was_wrong(dora: User, guest: APIClient) -> None:
    wrong_password = guest.post(LOGIN, {"email": dora.email, "password": "something else"})
    unknown_email = guest.post(LOGIN, {"email": "nobody@example.com", "password": PASSWORD})
    assert wrong_password.status_code == unknown_email.status_code == 401
    assert wrong_password.json() == unknown_email.json()
    assert wrong_password["WWW-Authenticate"].startswith("Bearer")
    assert unknown_email["WWW-Authenticate"].startswith("Bearer")


def test_an_unknown_address_costs_as_much_hashing_as_a_known_one(
    guest: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    guest.post(LOGIN, {"email": "nobody@example.com", "password": PASSWORD})
    assert hashed == [PASSWORD]


def test_an_inactive_account_gets_the_same_answer_as_a_wrong_password(dora: User, guest: APIClient) -> None:
    wrong_password = guest.post(LOGIN, {"email": dora.email, "password": "something else"})
    User.objects.update(is_active=False)
    answer = guest.post(LOGIN, {"email": dora.email, "password": PASSWORD})
    assert answer.status_code == 401
    assert answer.json() == wrong_password.json()


def test_an_account_without_a_password_cannot_be_signed_in_to(alice: User, guest: APIClient) -> None:
    for guess in (" ", "!", alice.password):
        assert guest.post(LOGIN, {"email": alice.email, "password": guess}).status_code == 401


def test_blanks_around_a_password_belong_to_it(guest: APIClient) -> None:
    guest.post(REGISTER, {"email": "dora@example.com", "password": "  spaced out "})
    assert guest.post(LOGIN, {"email": "dora@example.com", "password": "  spaced out "}).status_code == 200
    assert guest.post(LOGIN, {"email": "dora@example.com", "password": "spaced out"}).status_code == 401


@pytest.mark.parametrize(
    "body", [{"email": "dora", "password": PASSWORD}, {"email": "dora@example.com"}, {"password": PASSWORD}, {}]
)
def test_signing_in_takes_an_address_and_a_password(dora: User, guest: APIClient, body: dict[str, str]) -> None:
    answer = guest.post(LOGIN, body)
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)


def test_a_stale_token_in_the_header_does_not_matter_to_the_three_doors(dora: User, guest: APIClient) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer stale.since.yesterday")
    refresh_token = issue_tokens(user=dora).refresh_token
    assert guest.post(REGISTER, {"email": "erik@example.com", "password": PASSWORD}).status_code == 201
    assert guest.post(LOGIN, {"email": dora.email, "password": PASSWORD}).status_code == 200
    assert guest.post("/api/v1/auth/refresh", {"refresh_token": refresh_token}).status_code == 200


# The access token


def test_an_access_token_names_the_account_for_an_hour(dora: User, guest: APIClient) -> None:
    claims = claims_of(guest.post(LOGIN, {"email": dora.email, "password": PASSWORD}))
    assert claims["sub"] == str(dora.id)
    assert claims["is_admin"] is False
    assert claims["exp"] - claims["iat"] == 60 * 60
    assert abs(claims["iat"] - timezone.now().timestamp()) < 60


def test_the_access_token_of_staff_says_so(carol: User, guest: APIClient) -> None:
    carol.set_password(PASSWORD)
    carol.save()
    assert claims_of(guest.post(LOGIN, {"email": carol.email, "password": PASSWORD}))["is_admin"] is True


def test_no_personal_data_travels_in_an_access_token(dora: User, guest: APIClient) -> None:
    claims = claims_of(guest.post(LOGIN, {"email": dora.email, "password": PASSWORD}))
    assert set(claims) <= {"sub", "sid", "is_admin", "iss", "iat", "exp", "jti", "token_type"}


# Who am I


def test_me_is_the_signed_in_account_and_nothing_more(alice: User, as_user: As) -> None:
    answer = as_user(alice).get(ME)
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(alice.id),
        "email": "alice@example.com",
        "subscription_tier": "basic",
        "is_admin": False,
    }


def test_me_tells_the_admin_client_who_is_staff(carol: User, as_user: As) -> None:
    assert as_user(carol).get(ME).json()["is_admin"] is True


def test_me_has_no_tier_after_a_cancelled_subscription(as_user: As) -> None:
    answer = as_user(UserFactory.create(subscription_tier=None)).get(ME)
    assert answer.status_code == 200
    assert answer.json()["subscription_tier"] is None
