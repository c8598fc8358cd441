"""What staff take from an account stays taken: devices, sessions of the admin site, passwords; and who may not go."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db import IntegrityError, connections, transaction
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.errors import LastSuperuserError
from accounts.management.commands import changepassword
from accounts.models import Profile, SecurityEvent, Session, User
from accounts.services import issue_tokens, registration
from accounts.services.staff import delete_account, restore_account
from accounts.tests.guessing import MD5
from conftest import As

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user"
NEW = "a new one, told by telephone"


@pytest.fixture(autouse=True)
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [MD5]


@pytest.fixture
def root(db: None) -> User:
    """Another superuser, who acts on the others."""
    return User.objects.create_superuser("root@example.com", NEW)


@pytest.fixture
def office(root: User) -> Client:
    """Where that superuser is signed in."""
    return browser_of(root)


def browser_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def is_in(browser: Client) -> bool:
    return browser.get("/admin/").status_code == 200


def form_of(user: User, **changes: Any) -> dict[str, Any]:
    """The change form of an account as it is sent; None unticks."""
    ticks = {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)}
    rows = {
        f"{rows}-{number}": "0"
        for rows in ("profiles", "sessions", "security_events")
        for number in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    form = {"email": user.email, "subscription_tier": "basic", **ticks, **rows, **changes}
    return {name: value for name, value in form.items() if value is not None}


def change(browser: Client, user: User, **changes: Any) -> str:
    """Nothing when it was saved, the page otherwise."""
    answer = browser.post(f"{USERS}/{user.pk}/change/", form_of(user, **changes))
    return "" if answer.status_code == 302 else answer.content.decode()


def reasons(user: User) -> list[tuple[str, str]]:
    return list(SecurityEvent.objects.filter(user=user).values_list("kind", "detail"))


# Deleting


def test_a_deleted_account_is_out_of_the_admin_site_and_stays_out_when_it_is_restored(carol: User, root: User) -> None:
    browser = browser_of(carol)
    delete_account(user_id=carol.pk, by=root)
    restore_account(user_id=carol.pk, by=root)
    assert not is_in(browser)
    assert reasons(carol) == [("sessions_revoked", "Deleted by staff")]


# Deactivating


def test_a_deactivated_account_stays_out_when_it_is_activated_again(carol: User, root: User, office: Client) -> None:
    browser, elsewhere = browser_of(carol), issue_tokens(user=carol)
    assert not change(office, carol, is_active=None)
    carol.refresh_from_db()
    assert not carol.is_active
    assert not change(office, carol, is_active="on")
    assert not is_in(browser)
    headers = {"Authorization": f"Bearer {elsewhere.access_token}"}
    assert APIClient().get("/api/v1/auth/me", headers=headers).status_code == 401
    assert reasons(carol) == [("sessions_revoked", "Deactivated by staff")]
    assert is_in(office), "whoever did it stays signed in"


def test_another_change_of_an_account_signs_nobody_out(carol: User, office: Client) -> None:
    browser = browser_of(carol)
    issue_tokens(user=carol)
    assert not change(office, carol, subscription_tier="premium")
    assert is_in(browser)
    assert Session.objects.get().revoked_at is None
    assert not reasons(carol)


# Signing out everywhere


def test_signing_out_everywhere_includes_the_admin_site(carol: User, bob: User, office: Client, as_user: As) -> None:
    browser = browser_of(carol)
    assert as_user(carol).post("/api/v1/auth/logout-all").status_code == 204
    assert not is_in(browser)
    assert is_in(office), "somebody else's"


# Passwords


def give_password(browser: Client, user: User, **other: str) -> int:
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"} | other
    return browser.post(f"{USERS}/{user.pk}/password/", form).status_code


def test_a_deactivated_account_can_be_given_a_password(alice: User, office: Client) -> None:
    issue_tokens(user=alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert give_password(office, alice) == 302
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert Session.objects.get().revoked_at is not None
    assert reasons(alice) == [("password_changed", "Set by staff")]


def test_a_password_is_given_with_all_its_effects_or_not_at_all(
    alice: User, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("accounts.admin.staff_gave_password", fail)
    assert give_password(office, alice) == 500
    alice.refresh_from_db()
    assert not alice.check_password(NEW)


def test_a_superuser_who_gives_themselves_a_password_stays_in_this_browser(root: User, office: Client) -> None:
    assert give_password(office, root) == 302
    assert is_in(office)


def typed(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr(changepassword.Command, "_get_pass", lambda *_, **__: password)


def test_a_password_set_at_the_terminal_signs_out_too(carol: User, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_tokens(user=carol)
    typed(monkeypatch, NEW)
    assert get_commands()["changepassword"] == "accounts"
    call_command("changepassword", "Carol@Example.com", verbosity=0)
    carol.refresh_from_db()
    assert carol.check_password(NEW)
    assert Session.objects.get().revoked_at is not None
    assert reasons(carol) == [("password_changed", "Set by staff")]


def test_the_terminal_refuses_what_is_easily_guessed(carol: User, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = issue_tokens(user=carol)
    typed(monkeypatch, "password123")
    with pytest.raises(CommandError, match="after 3 attempts"):
        call_command("changepassword", carol.email, verbosity=0)
    assert Session.objects.get().revoked_at is None, pair


# The last superuser


def test_two_superusers_who_delete_each_other_leave_one(carol: User, root: User) -> None:
    delete_account(user_id=carol.pk, by=root)
    with pytest.raises(LastSuperuserError):
        delete_account(user_id=root.pk, by=carol)
    assert User.objects.get() == root


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_two_superusers_who_delete_each_other_at_once_leave_one(attempt: int, carol: User, root: User) -> None:
    together = Barrier(2)

    def delete(pair: tuple[User, User]) -> bool:
        try:
            together.wait(timeout=10)
            delete_account(user_id=pair[0].pk, by=pair[1])
        except LastSuperuserError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(delete, [(carol, root), (root, carol)])) == [False, True]
    assert User.objects.count() == 1


def by_service(_browser: Client, target: User, by: User) -> None:
    delete_account(user_id=target.pk, by=by)


def by_form(browser: Client, target: User, _by: User) -> None:
    change(browser, target, is_superuser=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("remove", [by_service, by_form])
def test_who_removes_a_superuser_takes_the_rows_in_the_one_order(
    remove: Callable[[Client, User, User], None], carol: User, root: User, office: Client
) -> None:
    """Or two of them would wait for each other: here the other one holds the first row and asks for the second."""
    first, second = User.objects.filter(is_superuser=True).order_by("id")

    def run() -> None:
        try:
            remove(office, second, first)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=first.pk)
            removal = threads.submit(run)
            time.sleep(0.7)
            assert not removal.done()
            User.objects.select_for_update(nowait=True).get(pk=second.pk)
        removal.result(timeout=10)
    assert User.objects.filter(is_superuser=True).count() == 1


@pytest.mark.parametrize("tick", ["is_active", "is_superuser"])
def test_the_last_superuser_keeps_its_rights_in_the_admin_site(root: User, office: Client, tick: str) -> None:
    assert "The last superuser stays." in change(office, root, **{tick: None})
    root.refresh_from_db()
    assert root.is_active
    assert root.is_superuser


@pytest.mark.parametrize("tick", ["is_active", "is_superuser"])
def test_one_of_two_superusers_may_lose_its_rights(carol: User, office: Client, tick: str) -> None:
    assert not change(office, carol, **{tick: None})
    carol.refresh_from_db()
    assert not getattr(carol, tick)


# New accounts


def test_only_a_taken_address_is_called_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_something_else(*, user: User) -> None:
        Profile.objects.create(user=user, name="Dora", parental_rating="none such")

    monkeypatch.setattr(registration, "add_first_profile", break_something_else)
    with pytest.raises(IntegrityError, match="profile_rating_on_ladder"):
        registration.register_account(email="dora@example.com", password=NEW)
    assert not User.objects.exists()


@pytest.mark.parametrize("names", [[], ["Dora"]])
def test_an_account_made_in_the_admin_site_has_a_profile(office: Client, names: list[str]) -> None:
    form = {"email": "dora@example.com", "usable_password": "true", "password1": NEW, "password2": NEW}
    form |= {"profiles-TOTAL_FORMS": str(len(names)), "profiles-INITIAL_FORMS": "0"}
    form |= {
        f"{rows}-{number}_FORMS": "0" for rows in ("sessions", "security_events") for number in ("TOTAL", "INITIAL")
    }
    for place, name in enumerate(names):
        form |= {f"profiles-{place}-name": name, f"profiles-{place}-parental_rating": "TV-MA"}
    answer = office.post(f"{USERS}/add/", form)
    assert answer.status_code == 302, answer.content.decode()
    assert list(Profile.objects.values_list("name", flat=True)) == (names or ["Default"])
