"""Guessing passwords: who guesses too often is not heard for a while, be the next guess right or wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import services
from accounts.devices import Device
from accounts.errors import CredentialsRefusedError, TooManyAttemptsError, WrongPasswordError
from accounts.models import AttemptCounter, SecurityEvent, Session, User
from accounts.services import attempts, sessions
from accounts.tests.guessing import (
    ARGON2,
    DAY,
    MD5,
    MINUTE,
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
from common.audit import Writer, written_by

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [MD5]


@pytest.fixture
def dora(db: None) -> User:
    """A customer who knows her password."""
    return User.objects.create_user("dora@example.com", PASSWORD)


def minutes_to_wait(answer: Answer) -> int:
    assert answer.status_code == 429
    return round(int(answer["Retry-After"]) / 60)


# An account


def test_after_five_wrong_passwords_the_right_one_is_refused_too(dora: User) -> None:
    answer = lock(dora.email)
    assert answer.status_code == 429
    assert answer.json() == {"detail": SENTENCE, "code": "too_many_attempts"}
    assert 890 <= int(answer["Retry-After"]) <= 901
    assert log_in(dora.email, WRONG).json() == answer.json()
    assert not Session.objects.exists()


def test_four_wrong_passwords_do_no_harm_and_are_forgotten_at_the_right_one(dora: User) -> None:
    four = [*[WRONG] * 4, PASSWORD]
    assert statuses(dora.email, *four, *four) == [401, 401, 401, 401, 200] * 2


def test_a_lock_ends_with_a_count_of_zero(dora: User) -> None:
    lock(dora.email)
    later(QUARTER)
    assert statuses(dora.email, *[WRONG] * 4, PASSWORD) == [401, 401, 401, 401, 200]


def test_a_lock_does_not_end_sooner(dora: User) -> None:
    lock(dora.email)
    later(QUARTER - timedelta(seconds=10))
    answer = log_in(dora.email, PASSWORD)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 11


def test_each_further_lock_is_twice_as_long_up_to_a_day(dora: User) -> None:
    lengths = []
    for _ in range(9):
        lengths.append(minutes_to_wait(lock(dora.email)))
        later(timedelta(minutes=lengths[-1], seconds=1))
    assert lengths == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]


def test_a_refused_attempt_neither_counts_nor_makes_the_lock_longer(dora: User) -> None:
    lock(dora.email)
    before = AttemptCounter.objects.get(kind="account").__dict__
    statuses(dora.email, *[WRONG] * 20)
    after = AttemptCounter.objects.get(kind="account").__dict__
    assert {**before, "_state": None} == {**after, "_state": None}


def test_no_password_is_checked_while_the_account_is_locked(dora: User, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(dora.email)
    hashed: list[str] = []
    for work in ("verify", "encode"):
        monkeypatch.setattr(MD5PasswordHasher, work, lambda _self, password, _other: hashed.append(password))
    assert statuses(dora.email, WRONG, PASSWORD) == [429, 429]
    assert hashed == []


def signing_in_after_it(user: User) -> None:
    later(QUARTER)
    assert log_in(user.email, PASSWORD).status_code == 200


RESETS: dict[str, Callable[[User], object]] = {
    "a success": signing_in_after_it,
    "a new password": lambda user: services.forget_failures(user=user),
    "staff": lambda user: services.unlock(user=user),
    "a quiet day after the lock": lambda _: later(QUARTER + DAY),
}


@pytest.mark.parametrize("reset", RESETS.values(), ids=RESETS)
def test_the_next_lock_is_a_short_one_again_after(dora: User, reset: Callable[[User], object]) -> None:
    lock(dora.email)
    reset(dora)
    assert minutes_to_wait(lock(dora.email)) == 15


def test_a_day_that_was_spent_locked_is_no_quiet_one(dora: User, settings: Settings) -> None:
    settings.LOGIN_LOCK = settings.LOGIN_LONGEST_LOCK = DAY
    lock(dora.email)
    later(DAY + timedelta(hours=1))
    lock(dora.email)
    assert AttemptCounter.objects.get(kind="account").locks == 2


def test_failures_are_forgotten_after_a_quiet_day_and_not_before(dora: User) -> None:
    statuses(dora.email, *[WRONG] * 4)
    later(DAY - MINUTE)
    assert statuses(dora.email, WRONG, PASSWORD) == [401, 429]
    services.unlock(user=dora)
    statuses(dora.email, *[WRONG] * 4)
    later(DAY)
    assert statuses(dora.email, WRONG, PASSWORD) == [401, 200]


def test_the_numbers_come_from_the_settings(dora: User, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = 2
    settings.LOGIN_LOCK = timedelta(minutes=3)
    assert statuses(dora.email, WRONG, WRONG, PASSWORD) == [401, 401, 429]
    assert minutes_to_wait(log_in(dora.email, PASSWORD)) == 3


def test_an_address_counts_as_one_account_however_it_is_spelt(dora: User) -> None:
    spellings = ["dora@example.com", "Dora@Example.com", " DORA@EXAMPLE.COM", "dora@example.com ", "dOrA@example.com"]
    assert [log_in(spelling, WRONG).status_code for spelling in spellings] == [401] * 5
    assert log_in(dora.email, PASSWORD).status_code == 429


def test_one_account_is_locked_and_not_another(dora: User) -> None:
    User.objects.create_user("erik@example.com", PASSWORD)
    lock(dora.email)
    assert log_in("erik@example.com", PASSWORD).status_code == 200


def test_whoever_is_signed_in_stays_so(dora: User, guest: APIClient) -> None:
    access_token = services.issue_tokens(user=dora).access_token
    lock(dora.email)
    me = guest.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {access_token}"})
    assert me.status_code == 200


def test_the_count_is_exact_after_a_huge_number_of_locks(dora: User) -> None:
    lock(dora.email)
    AttemptCounter.objects.update(locks=2**31 - 2)
    later(QUARTER)
    assert minutes_to_wait(lock(dora.email)) == 24 * 60


# Nobody learns who has an account


def nobody() -> str:
    return "nobody@example.com"


def inactive() -> str:
    return User.objects.create_user("inactive@example.com", PASSWORD, is_active=False).email


def deleted() -> str:
    user = User.objects.create_user("deleted@example.com", PASSWORD)
    user.soft_delete()
    return user.email


def without_password() -> str:
    return User.objects.create_user("without@example.com").email


@pytest.mark.parametrize("make", [nobody, inactive, deleted, without_password])
def test_every_account_that_cannot_be_entered_is_answered_and_locked_alike(dora: User, make: Callable[[], str]) -> None:
    email = make()
    for _ in range(7):
        known, other = log_in(dora.email, WRONG), log_in(email, PASSWORD)
        assert (known.status_code, known.json()) == (other.status_code, other.json())
        assert set(known.headers) == set(other.headers)
        assert abs(int(known.get("Retry-After", "0")) - int(other.get("Retry-After", "0"))) <= 2


# An address


def test_after_five_failures_an_address_waits_until_the_minute_is_over(dora: User) -> None:
    assert [log_in(email, WRONG, OFFICE).status_code for email in others(5)] == [401] * 5
    answer = log_in(dora.email, PASSWORD, OFFICE)
    assert answer.status_code == 429
    assert answer.json() == {"detail": SENTENCE, "code": "too_many_attempts"}
    assert 50 <= int(answer["Retry-After"]) <= 61
    later(MINUTE)
    assert log_in(dora.email, PASSWORD, OFFICE).status_code == 200


def test_other_addresses_do_not_wait(dora: User) -> None:
    for email in others(5):
        log_in(email, WRONG, OFFICE)
    assert log_in(dora.email, PASSWORD, "192.0.2.2").status_code == 200


def test_only_failures_count_and_a_success_takes_none_back(dora: User) -> None:
    emails = others(5)
    for email in emails[:4]:
        log_in(email, WRONG, OFFICE)
        assert [log_in(dora.email, PASSWORD, OFFICE).status_code for _ in range(3)] == [200] * 3
    assert log_in(emails[4], WRONG, OFFICE).status_code == 401
    assert log_in(dora.email, PASSWORD, OFFICE).status_code == 429


def test_the_machines_of_a_network_are_one_address(dora: User) -> None:
    for number, email in enumerate(others(5)):
        assert log_in(email, WRONG, f"2001:db8:0:1::{number:x}").status_code == 401
    assert log_in(dora.email, PASSWORD, "2001:db8:0:1:ffff::1").status_code == 429
    assert log_in(dora.email, PASSWORD, "2001:db8:0:2::1").status_code == 200


def test_where_no_address_is_known_only_the_account_is_counted(dora: User) -> None:
    assert [log_in(email, WRONG, "").status_code for email in others(6)] == [401] * 6
    assert log_in(dora.email, PASSWORD, "").status_code == 200
    assert not AttemptCounter.objects.filter(kind="address").exists()


def test_who_meets_two_locks_is_told_the_longer_one(dora: User) -> None:
    for _ in range(5):
        log_in(dora.email, WRONG, OFFICE)
    assert minutes_to_wait(log_in(dora.email, PASSWORD, OFFICE)) == 15
    assert minutes_to_wait(log_in("nobody@example.com", PASSWORD, OFFICE)) == 1


# What remains of it


def test_a_lock_leaves_one_event_with_the_account(dora: User) -> None:
    for _ in range(8):
        log_in(dora.email, WRONG, "198.51.100.7")
        later(MINUTE)
    event = SecurityEvent.objects.get()
    assert (event.user, event.kind, event.address) == (dora, "account_locked", "198.51.100.7")
    assert event.detail == "Locked for 15 minutes"


def test_the_log_tells_of_locks_and_of_what_was_refused_but_not_of_whom(
    dora: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lock(dora.email)
    lock("nobody@example.com")
    lines = [record.getMessage() for record in caplog.records if record.name == "marquee.security"]
    assert sum("is locked for 15 minutes" in line for line in lines) == 2
    assert sum("is refused" in line for line in lines) == 2
    assert str(dora.pk) in caplog.text
    for secret in ("dora", "nobody@", PASSWORD, WRONG):
        assert secret not in caplog.text


def test_counters_hold_no_address_of_anybody(dora: User) -> None:
    log_in("nobody@example.com", WRONG, "198.51.100.7")
    kept = str(list(AttemptCounter.objects.values()))
    assert "nobody" not in kept
    assert "198.51.100.7" not in kept
    assert {len(subject) for subject in AttemptCounter.objects.values_list("subject", flat=True)} == {64}


def test_counters_that_say_nothing_any_more_are_purged(dora: User) -> None:
    lock(dora.email)
    log_in("nobody@example.com", WRONG, OFFICE)
    later(DAY - MINUTE)
    log_in("nobody@example.com", WRONG, OFFICE)
    later(2 * MINUTE)
    assert services.purge_quiet_counters() == 5  # Dora's addresses; her lock has not been over for a day
    assert AttemptCounter.objects.count() == 3
    later(DAY)
    assert services.purge_quiet_counters() == 3


def test_nothing_is_kept_about_an_erased_account(dora: User) -> None:
    lock(dora.email)
    services.count_reset_request(email=dora.email, device=Device())
    attempts.forget(email=dora.email)
    assert set(AttemptCounter.objects.values_list("kind", flat=True)) == {"address"}


# Staff


def test_staff_can_let_somebody_in_again_at_once(dora: User) -> None:
    lock(dora.email)
    until = services.is_locked(dora)
    assert until is not None
    assert QUARTER - MINUTE < until - timezone.now() <= QUARTER
    assert services.unlock(user=dora) is True
    assert services.is_locked(dora) is None
    assert SecurityEvent.objects.first().kind == "account_unlocked"  # type: ignore[union-attr]
    assert log_in(dora.email, PASSWORD).status_code == 200


def test_without_a_lock_there_is_nothing_to_end(dora: User) -> None:
    assert services.unlock(user=dora) is False
    statuses(dora.email, WRONG, WRONG)
    assert services.unlock(user=dora) is False
    assert services.is_locked(dora) is None
    assert not SecurityEvent.objects.exists()
    assert not AttemptCounter.objects.filter(kind="account", failures__gt=0).exists()


def test_unlocking_is_recorded_as_the_work_of_whoever_did_it(dora: User, carol: User) -> None:
    lock(dora.email)
    with written_by(Writer(str(carol), user_id=carol.pk)):
        services.unlock(user=dora)
    entry = LogEntry.objects.get(object_pk=str(dora.pk), action=LogEntry.Action.UPDATE)
    assert (entry.actor, entry.changes_dict["locked_until"][1]) == (carol, None)


# Somebody who is signed in


def verify(user: User, password: str) -> str:
    try:
        services.verify_password(user=user, password=password, device=Device("a tablet", elsewhere()))
    except (WrongPasswordError, TooManyAttemptsError) as error:
        return f"{error.status_code} {error.get_codes()}"
    return "right"


def test_guessing_ones_own_password_counts_like_signing_in(dora: User) -> None:
    assert [verify(dora, WRONG) for _ in range(5)] == ["403 wrong_password"] * 5
    assert verify(dora, PASSWORD) == "429 too_many_attempts"
    assert log_in(dora.email, PASSWORD).status_code == 429


def test_the_right_password_is_verified_and_takes_failures_back(dora: User) -> None:
    statuses(dora.email, *[WRONG] * 4)
    assert verify(dora, PASSWORD) == "right"
    assert [verify(dora, WRONG) for _ in range(4)] == ["403 wrong_password"] * 4
    assert verify(dora, PASSWORD) == "right"


@pytest.mark.parametrize("gone", [{"is_active": False}, {"deleted_at": timezone.now()}])
def test_the_password_of_an_account_that_is_gone_meanwhile_is_wrong(dora: User, gone: dict[str, Any]) -> None:
    User.with_deleted.update(**gone)
    assert verify(dora, PASSWORD) == "403 wrong_password"


# Mails about a forgotten password


def asked(email: str, address: str | None = None) -> bool | None:
    """Whether a mail may be sent; None when the address has to wait."""
    try:
        return services.count_reset_request(email=email, device=Device("", address or elsewhere()))
    except TooManyAttemptsError:
        return None


def test_an_account_gets_five_mails_an_hour(dora: User) -> None:
    assert [asked(spelling) for spelling in (dora.email, "DORA@example.com ") * 3] == [True] * 5 + [False]
    later(timedelta(hours=1))
    assert asked(dora.email) is True


def test_an_address_may_ask_twenty_times_an_hour(dora: User) -> None:
    assert [asked(email, OFFICE) for email in others(20)] == [True] * 20
    assert asked(dora.email, OFFICE) is None
    assert asked(dora.email) is True
    later(timedelta(hours=1))
    assert asked(dora.email, OFFICE) is True


def test_asking_for_mails_locks_nobody_out(dora: User) -> None:
    for _ in range(6):
        asked(dora.email, OFFICE)
    assert log_in(dora.email, PASSWORD, OFFICE).status_code == 200


# While something else happens


def test_who_signs_in_with_the_old_password_does_not_slip_in_behind_the_new_one(
    dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = attempts.check_credentials

    def then_changed(**given: Any) -> User | None:
        user = check(**given)
        current = User.objects.get()
        current.set_password("another one")
        current.save()
        return user

    monkeypatch.setattr(sessions, "check_credentials", then_changed)
    with pytest.raises(CredentialsRefusedError):
        services.sign_in(email=dora.email, password=PASSWORD)
    assert not Session.objects.exists()


def test_an_old_hash_becomes_a_new_one_at_the_next_sign_in(dora: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [ARGON2, MD5]
    assert statuses(dora.email, WRONG, PASSWORD, PASSWORD) == [401, 200, 200]
    assert User.objects.get().password.startswith("argon2$")


@pytest.mark.parametrize(("meanwhile", "is_let_in"), [(PASSWORD, True), ("another one", False)])
def test_two_who_renew_a_hash_at_once_both_get_in_unless_the_password_was_changed(
    dora: User, settings: Settings, monkeypatch: pytest.MonkeyPatch, meanwhile: str, is_let_in: bool
) -> None:
    settings.PASSWORD_HASHERS = [ARGON2, MD5]
    renew = attempts._with_fresh_hash

    def behind_another(user: User, password: str) -> User | None:
        User.objects.update(password=make_password(meanwhile))
        return renew(user, password)

    monkeypatch.setattr(attempts, "_with_fresh_hash", behind_another)
    assert (log_in(dora.email, PASSWORD).status_code == 200) is is_let_in


def test_no_minute_at_all_holds_more_than_five_failures_of_an_address(dora: User) -> None:
    """Failures around the end of a fixed minute would be nine within seconds."""

    def guess(times: int) -> list[int]:
        return [log_in(f"{uuid4()}@example.com", WRONG, OFFICE).status_code for _ in range(times)]

    assert guess(1) == [401]
    later(timedelta(seconds=57))
    assert guess(4) == [401] * 4
    later(timedelta(seconds=4))
    assert guess(2) == [401, 429]
    later(timedelta(seconds=57))
    assert guess(5) == [401, 401, 401, 401, 429]
