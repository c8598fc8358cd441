"""Changing a password that is known."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session as AdminSession
from django.core import mail
from django.db import connections
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import services
from accounts.devices import Device
from accounts.errors import AccountGoneError, WrongPasswordError
from accounts.models import SecurityEvent, User
from accounts.services import TokenPair, issue_tokens
from accounts.tests.test_sessions import bearer, is_signed_in, session_of

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

PASSWORD_ADDRESS = "/api/v1/auth/password"
OLD, NEW = "a horse at the cinema", "a cow at the opera"


@pytest.fixture(autouse=True)
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def dora(db: None) -> User:
    """A customer who knows her password."""
    return User.objects.create_user("dora@example.com", OLD)


@pytest.fixture
def phone(dora: User) -> TokenPair:
    """What Dora's phone got when she signed in."""
    return issue_tokens(user=dora)


def change(pair: TokenPair, **body: object) -> Answer:
    client = APIClient(raise_request_exception=False, REMOTE_ADDR="192.0.2.9")
    return client.put(PASSWORD_ADDRESS, {"current_password": OLD, "new_password": NEW} | body, headers=bearer(pair))


def opens(email: str, password: str) -> bool:
    """Whether somebody can sign in with it."""
    return APIClient().post("/api/v1/auth/login", {"email": email, "password": password}).status_code == 200


def test_a_password_can_be_changed_by_who_knows_it(dora: User, phone: TokenPair) -> None:
    answer = change(phone)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not opens(dora.email, OLD)
    assert opens(dora.email, NEW)


def test_a_new_password_signs_out_every_device_but_this_one(dora: User, bob: User, phone: TokenPair) -> None:
    television, bobs = issue_tokens(user=dora), issue_tokens(user=bob)
    change(phone)
    assert [is_signed_in(pair) for pair in (television, phone, bobs)] == [False, True, True]


@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_staff_choose_passwords_that_are_not_easily_guessed(dora: User, phone: TokenPair, right: str) -> None:
    User.objects.filter(pk=dora.pk).update(**{right: True})
    answer = change(phone, new_password="password123")
    sentence = "This password is too common."
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": f"new_password: {sentence}",
        "code": "invalid",
        "errors": {"new_password": [sentence]},
    }
    assert opens(dora.email, OLD)
    assert change(phone).status_code == 204


def test_viewers_choose_any_password_of_8_characters(dora: User, phone: TokenPair) -> None:
    assert change(phone, new_password="password").status_code == 204


def test_a_new_password_ends_sessions_of_the_admin_site(carol: User) -> None:
    carol.set_password(OLD)
    carol.save()
    Client().force_login(carol)
    change(issue_tokens(user=carol))
    assert not AdminSession.objects.exists()


def test_a_new_password_is_noted_and_its_owner_told(dora: User, phone: TokenPair) -> None:
    change(phone)
    event = SecurityEvent.objects.get()
    assert (event.user, event.kind, event.address) == (dora, "password_changed", "192.0.2.9")
    (message,) = mail.outbox
    assert message.to == [dora.email]
    assert message.subject == "Your password was changed"
    assert NEW not in message.message().as_string()


def test_a_password_can_be_changed_where_no_mail_can_be_sent(phone: TokenPair, settings: Settings) -> None:
    settings.SENDS_MAIL = False
    assert change(phone).status_code == 204
    assert not mail.outbox


def test_a_wrong_password_changes_nothing_and_makes_no_client_refresh(dora: User, phone: TokenPair) -> None:
    television = issue_tokens(user=dora)
    answer = change(phone, current_password="something else")
    assert answer.status_code == 403
    assert answer.json()["code"] == "wrong_password"
    assert opens(dora.email, OLD)
    assert is_signed_in(television)
    assert not mail.outbox


def test_guessing_the_current_password_comes_to_an_end(dora: User, phone: TokenPair) -> None:
    answers = [change(phone, current_password=f"guess {number}") for number in range(6)]
    assert answers[0].status_code == 403
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 60
    assert change(phone).status_code == 429  # the right one does not help any more
    assert User.objects.get().check_password(OLD)


@pytest.mark.parametrize(("length", "status"), [(7, 422), (8, 204), (128, 204), (129, 422)])
def test_a_new_password_has_8_to_128_characters(phone: TokenPair, length: int, status: int) -> None:
    answer = change(phone, new_password="p" * length)
    assert answer.status_code == status
    assert status == 204 or answer.json()["detail"].startswith("new_password: ")


def test_a_new_password_is_another_one(dora: User, phone: TokenPair) -> None:
    answer = change(phone, new_password=OLD)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("new_password: ")
    assert not SecurityEvent.objects.exists()


@pytest.mark.parametrize("missing", ["current_password", "new_password"])
def test_both_passwords_are_needed(phone: TokenPair, missing: str) -> None:
    answer = change(phone, **{missing: None})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{missing}: ")


def test_blanks_around_a_new_password_belong_to_it(dora: User, phone: TokenPair) -> None:
    change(phone, new_password="  spaced out ")
    assert opens(dora.email, "  spaced out ")
    assert not opens(dora.email, "spaced out")


def test_the_password_of_staff_can_be_changed_in_the_same_way(carol: User) -> None:
    carol.set_password(OLD)
    carol.save()
    assert change(issue_tokens(user=carol)).status_code == 204
    assert opens(carol.email, NEW)


def test_an_account_without_a_password_gets_none_this_way(alice: User) -> None:
    answer = change(issue_tokens(user=alice), current_password="!")
    assert answer.status_code == 403
    assert not User.objects.get().has_usable_password()


def test_a_password_whose_hash_is_dated_can_be_changed_at_once(
    dora: User, phone: TokenPair, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert change(phone).status_code == 204


# At once


def change_as(seen: User, new_password: str, session_of_pair: TokenPair) -> None:
    services.change_password(
        user=seen,
        current_password=OLD,
        new_password=new_password,
        session_id=session_of(session_of_pair).id,
        device=Device(),
    )


def outcomes(*tasks: Any) -> list[str]:
    """What became of things that begin at the same time in threads of their own: the name of each error, or "done"."""
    together = threading.Barrier(len(tasks))

    def attempt(task: Any) -> str:
        together.wait(timeout=10)
        try:
            task()
        except Exception as error:  # noqa: BLE001 - the error is what is asked for
            return type(error).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(tasks)) as threads:
        return sorted(threads.map(attempt, tasks))


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_finds_that_the_password_is_another(
    dora: User, phone: TokenPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both have shown the old password before either has changed it.
    checked = threading.Barrier(2)
    verify = services.verify_password

    def verify_together(**given: Any) -> None:
        verify(**given)
        checked.wait(timeout=10)

    monkeypatch.setattr("accounts.services.passwords.verify_password", verify_together)
    television = issue_tokens(user=dora)
    first, second = User.objects.get(), User.objects.get()
    done = outcomes(
        lambda: change_as(first, "first new one", phone), lambda: change_as(second, "second one", television)
    )
    assert done == ["WrongPasswordError", "done"]
    assert SecurityEvent.objects.count() == 1
    assert [is_signed_in(phone), is_signed_in(television)].count(True) == 1


@pytest.mark.django_db(transaction=True)
def test_who_signs_in_with_the_old_password_does_not_outrun_the_new_one(dora: User, phone: TokenPair) -> None:
    for number in range(5):
        old, new = (OLD, NEW) if number % 2 == 0 else (NEW, OLD)
        got: list[TokenPair] = []

        def come_in(password: str = old, pairs: list[TokenPair] = got) -> None:
            pairs.append(services.sign_in(email="dora@example.com", password=password))

        def renew(current: str = old, new_one: str = new) -> None:
            services.change_password(
                user=User.objects.get(),
                current_password=current,
                new_password=new_one,
                session_id=session_of(phone).id,
                device=Device(),
            )

        outcomes(come_in, renew)
        assert not any(is_signed_in(pair) for pair in got)


def test_an_account_that_is_deactivated_meanwhile_keeps_its_password(dora: User, phone: TokenPair) -> None:
    seen = User.objects.get()
    User.objects.update(is_active=False)
    with pytest.raises((AccountGoneError, WrongPasswordError)):
        change_as(seen, NEW, phone)
    assert User.objects.get().check_password(OLD)
