"""The owner ends an account: with the password, for good, and never the last who may do everything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as AdminSession
from django.db import connections
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import services
from accounts.devices import Device
from accounts.errors import AccountGoneError, LastSuperuserError, WrongPasswordError
from accounts.models import AttemptCounter, Profile, SecurityEvent, Session, User
from accounts.personal_data import export
from accounts.services.attempts import counters_about
from conftest import As

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

ME = "/api/v1/auth/me"
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _cheap_hashes(settings: Settings) -> None:
    """How passwords are hashed does not matter here, and good hashes take their time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner(alice: User) -> User:
    """Alice, who can prove that it is her."""
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def erase(client: APIClient, password: object = PASSWORD) -> Answer:
    return client.delete(ME, {"password": password})


def test_an_account_goes_with_its_password(owner: User, alices: Profile, bobs: Profile, as_user: As) -> None:
    answer = erase(as_user(owner))
    assert (answer.status_code, answer.content) == (204, b"")
    assert list(User.with_deleted.all()) == [bobs.user]
    assert list(Profile.objects.all()) == [bobs]
    assert not Session.objects.exists()


def test_nobody_signs_in_to_it_again_and_the_address_is_free(owner: User, as_user: As, guest: APIClient) -> None:
    pair = services.issue_tokens(user=owner)
    erase(as_user(owner))
    credentials = {"email": owner.email, "password": PASSWORD}
    assert guest.post("/api/v1/auth/login", credentials).status_code == 401
    assert guest.post("/api/v1/auth/refresh", {"refresh_token": pair.refresh_token}).status_code == 401
    assert guest.post("/api/v1/auth/register", credentials).status_code == 201


def test_a_wrong_password_erases_nothing_and_is_counted(owner: User, alices: Profile, as_user: As) -> None:
    answer = erase(as_user(owner), "wrong")
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")
    assert User.objects.get() == owner
    assert AttemptCounter.objects.get(counters_about(owner.email)).failures == 1


def test_guessing_the_password_here_is_no_way_around_the_lock(owner: User, as_user: As) -> None:
    client = as_user(owner)
    answers = [erase(client, f"wrong {number}") for number in range(10)]
    assert answers[-1].status_code == 429
    assert erase(client).status_code == 429
    assert User.objects.exists()


@pytest.mark.parametrize("body", [{}, {"password": ""}, {"password": None}, {"password": "x" * 129}, []])
def test_a_password_is_required(owner: User, as_user: As, body: Any) -> None:
    answer = as_user(owner).delete(ME, body)
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)
    assert User.objects.exists()


def test_a_guest_erases_nobody(owner: User, guest: APIClient) -> None:
    assert erase(guest).status_code == 401
    assert guest.get(f"{ME}/export").status_code == 401
    assert User.objects.exists()


def test_the_name_of_another_account_in_the_body_changes_nothing(owner: User, bob: User, as_user: As) -> None:
    as_user(owner).delete(ME, {"password": PASSWORD, "user": str(bob.id), "email": bob.email, "id": str(bob.id)})
    assert User.objects.get() == bob


# Superusers


def superuser(email: str, **fields: Any) -> User:
    return User.objects.create_superuser(email, PASSWORD, **fields)


def test_the_last_superuser_stays(as_user: As, trainee: User) -> None:
    only = superuser("root@example.com")
    superuser("inactive@example.com", is_active=False)
    superuser("deleted@example.com").soft_delete()
    answer = erase(as_user(only))
    assert (answer.status_code, answer.json()["code"]) == (409, "last_superuser")
    assert User.objects.filter(id=only.id).exists()


def test_one_of_two_superusers_may_go(as_user: As) -> None:
    first, second = superuser("first@example.com"), superuser("second@example.com")
    assert erase(as_user(first)).status_code == 204
    assert erase(as_user(second)).status_code == 409


def test_a_superuser_that_staff_deleted_is_erased_even_as_the_last(owner: User) -> None:
    only = superuser("root@example.com")
    only.soft_delete(by=owner)
    services.erase_account(user=only)
    assert list(User.with_deleted.all()) == [owner]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_the_last_two_superusers_leaving_at_once_leave_one(attempt: int) -> None:
    both = [superuser("first@example.com"), superuser("second@example.com")]
    together = Barrier(2)

    def leave(user: User) -> bool:
        try:
            together.wait(timeout=10)
            services.erase_own_account(user=user, password=PASSWORD, device=Device())
        except LastSuperuserError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(leave, both)) == [False, True]
    assert User.objects.count() == 1


# What else leads to an account


def test_erasing_twice_changes_nothing_more(owner: User) -> None:
    services.erase_account(user=owner)
    services.erase_account(user=owner)
    with pytest.raises(AccountGoneError):
        export(user=owner)


def test_of_one_address_only_the_erased_account_is_forgotten(owner: User, bob: User) -> None:
    """Staff deleted Alice's account, and she has opened another one with the same address since."""
    owner.soft_delete(by=bob)
    newer = User.objects.create_user(owner.email, PASSWORD)
    with pytest.raises(WrongPasswordError):
        services.verify_password(user=newer, password="wrong", device=Device())
    services.erase_account(user=owner)
    assert set(User.with_deleted.all()) == {newer, bob}
    assert AttemptCounter.objects.filter(counters_about(newer.email)).exists()


def test_sessions_of_the_admin_site_go_along_even_if_the_rights_went_before(owner: User, bob: User) -> None:
    for user in (owner, bob):
        store = SessionStore()
        store["_auth_user_id"] = str(user.id)
        store.save()
    SessionStore().save()
    services.erase_account(user=owner)
    assert sorted(one.get_decoded().get("_auth_user_id", "") for one in AdminSession.objects.all()) == ["", str(bob.id)]


def test_in_cookie_mode_the_browser_forgets_its_token(owner: User, as_user: As, settings: Settings) -> None:
    settings.AUTH_COOKIES = True
    assert erase(as_user(owner)).cookies["marquee_refresh"].value == ""


def test_what_happened_to_the_account_is_in_the_copy_newest_first(owner: User, as_user: As) -> None:
    for detail in ("first", "second"):
        SecurityEvent.objects.create(user=owner, kind="sessions_revoked", detail=detail)
    events = as_user(owner).get(f"{ME}/export").json()["security_events"]
    assert [one["detail"] for one in events] == ["second", "first"]
    assert events[0]["happened_at"].endswith("Z")
