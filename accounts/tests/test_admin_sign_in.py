"""The doors of the admin site: behind the same guard as the API's."""

from __future__ import annotations

import pytest
from auditlog.models import LogEntry
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import services
from accounts.models import SecurityEvent, Session, User
from accounts.services import is_locked, issue_tokens
from accounts.tests.guessing import (
    MD5,
    OFFICE,
    PASSWORD,
    QUARTER,
    SENTENCE,
    WRONG,
    elsewhere,
    later,
    lock,
    log_in,
    others,
    statuses,
)

ADMIN_LOGIN = "/admin/login/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [MD5]


@pytest.fixture
def dora(db: None) -> User:
    """A customer who knows her password."""
    return User.objects.create_user("dora@example.com", PASSWORD)


@pytest.fixture
def staff(carol: User) -> User:
    """Carol, with a password."""
    carol.set_password(PASSWORD)
    carol.save()
    return carol


def enter(email: str, password: str, address: str | None = None) -> str:
    """What the admin site's door says; "in" for somebody who may come in."""
    browser = Client(raise_request_exception=False, REMOTE_ADDR=elsewhere() if address is None else address)
    answer = browser.post(ADMIN_LOGIN, {"username": email, "password": password})
    return "in" if answer.status_code == 302 else answer.content.decode()


def test_the_admin_site_counts_too_and_says_so_in_a_sentence(staff: User) -> None:
    for _ in range(5):
        assert "Please enter the correct" in enter(staff.email, WRONG)
    for password in (PASSWORD, WRONG):
        page = enter(staff.email, password)
        assert SENTENCE in page
        assert "Traceback" not in page
    later(QUARTER)
    assert enter("Carol@Example.com", PASSWORD) == "in"


def test_the_admin_site_says_in_its_status_too_when_to_try_again(staff: User) -> None:
    lock(staff.email)
    answer = Client(REMOTE_ADDR=elsewhere()).post(ADMIN_LOGIN, {"username": staff.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 901
    assert SENTENCE in answer.content.decode()


def test_the_api_and_the_admin_site_count_together(staff: User) -> None:
    statuses(staff.email, WRONG, WRONG)
    for _ in range(3):
        enter(staff.email, WRONG)
    assert SENTENCE in enter(staff.email, PASSWORD)
    assert log_in(staff.email, PASSWORD).status_code == 429


def test_the_admin_site_counts_addresses_too(staff: User) -> None:
    for email in others(5):
        enter(email, WRONG, OFFICE)
    assert SENTENCE in enter(staff.email, PASSWORD, OFFICE)
    assert enter(staff.email, PASSWORD) == "in"


def test_staff_unlock_accounts_in_the_admin_site(staff: User, dora: User) -> None:
    lock(dora.email)
    browser = Client()
    browser.force_login(staff)
    form = {"action": "unlock", "_selected_action": [str(dora.pk), str(staff.pk)]}
    answer = browser.post("/admin/accounts/user/", form, follow=True)
    assert "1 of 2 accounts unlocked." in answer.content.decode()
    assert log_in(dora.email, PASSWORD).status_code == 200
    assert LogEntry.objects.get(object_pk=str(dora.pk)).actor == staff


def test_support_unlocks_customers_and_not_staff(staff: User, dora: User, supporter: User) -> None:
    for email in (staff.email, dora.email):
        lock(email)
    browser = Client()
    browser.force_login(supporter)
    form = {"action": "unlock", "_selected_action": [str(dora.pk), str(staff.pk)]}
    answer = browser.post("/admin/accounts/user/", form, follow=True)
    assert "1 of 2 accounts unlocked." in answer.content.decode()
    assert services.is_locked(dora) is None
    assert services.is_locked(staff) is not None


@pytest.fixture
def browser(staff: User) -> Client:
    """Where Carol has signed in."""
    client = Client(raise_request_exception=False, REMOTE_ADDR=OFFICE)
    assert client.post(ADMIN_LOGIN, {"username": staff.email, "password": PASSWORD}).status_code == 302
    return client


def change(browser: Client, old: str, new: str = "a new one of my own") -> str:
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    answer = browser.post("/admin/password_change/", form)
    return str(answer["Location"]) if answer.status_code == 302 else answer.content.decode()


def test_the_old_password_cannot_be_guessed_in_a_browser_that_was_found(staff: User, browser: Client) -> None:
    assert "Old password" in browser.get("/admin/password_change/").content.decode()
    for _ in range(5):
        assert "The password is wrong." in change(browser, WRONG)
    assert SENTENCE in change(browser, PASSWORD)
    staff.refresh_from_db()
    assert staff.check_password(PASSWORD)


def test_staff_change_their_password_and_stay_in_this_browser_only(staff: User, browser: Client) -> None:
    services.issue_tokens(user=staff)
    assert change(browser, PASSWORD) == "/admin/password_change/done/"
    assert browser.get("/admin/").status_code == 200
    assert not Session.objects.filter(revoked_at=None).exists()
    assert statuses(staff.email, "a new one of my own", PASSWORD) == [200, 401]


# Somebody else's password


def test_a_password_given_by_a_superuser_signs_the_account_out_and_ends_its_lock(
    alice: User, staff: User, browser: Client, guest: APIClient
) -> None:
    pair = issue_tokens(user=alice)
    alice.set_password(PASSWORD)
    alice.save()
    for _ in range(5):
        guest.post("/api/v1/auth/login", {"email": alice.email, "password": WRONG})
    assert is_locked(alice)
    new = "a new one, told by telephone"
    form = {"password1": new, "password2": new, "usable_password": "true"}
    assert browser.post(f"/admin/accounts/user/{alice.pk}/password/", form).status_code == 302
    assert not is_locked(alice)
    headers = {"Authorization": f"Bearer {pair.access_token}"}
    assert guest.get("/api/v1/auth/me", headers=headers).status_code == 401
    alice.refresh_from_db()
    assert alice.check_password(new)
    assert SecurityEvent.objects.filter(user=alice, kind=SecurityEvent.Kind.PASSWORD_CHANGED).exists()


@pytest.mark.parametrize("weak", ["short", "password123", "alice@example.com"])
def test_staff_passwords_are_not_to_be_guessed(alice: User, browser: Client, weak: str) -> None:
    form = {"password1": weak, "password2": weak, "usable_password": "true"}
    page = browser.post(f"/admin/accounts/user/{alice.pk}/password/", form)
    assert page.status_code == 200
    assert "This password is" in page.content.decode() or "too similar" in page.content.decode()
