"""Guesses that come at once, that are cut off in the middle, and how long a refusal takes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.db import connection, connections, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts import services
from accounts.devices import Device
from accounts.models import AttemptCounter, User
from accounts.tests.guessing import ARGON2, MD5, OFFICE, PASSWORD, WRONG, elsewhere, log_in, others, statuses

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [MD5]


@pytest.fixture
def dora(db: None) -> User:
    """A customer who knows her password."""
    return User.objects.create_user("dora@example.com", PASSWORD)


def refusals(number: int, seen: int) -> dict[str, list[float]]:
    """How long so many refusals of each kind take, in turns, each with another account and from another address."""
    kept = make_password(PASSWORD)
    kinds: dict[str, dict[str, Any]] = {
        "wrong": {},
        "inactive": {"is_active": False},
        "deleted": {"deleted_at": timezone.now()},
    }
    User.objects.bulk_create(
        User(email=f"{kind}{one}@example.com", password=kept, **fields)
        for kind, fields in kinds.items()
        for one in range(seen, seen + number)
    )
    took: dict[str, list[float]] = {kind: [] for kind in ("unknown", *kinds)}
    for one in range(seen, seen + number):
        for kind, times in took.items():
            began = perf_counter()
            answer = log_in(f"{kind}{one}@example.com", PASSWORD if kind in {"inactive", "deleted"} else WRONG)
            times.append(perf_counter() - began)
            assert answer.status_code == 401
    return took


@pytest.mark.thorough
def test_every_refusal_takes_the_same_time(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [ARGON2]
    refusals(2, seen=0)  # warms up
    for seen in (100, 200, 300):  # a machine that is busy with other things may disturb one series, or two
        medians = {kind: median(times) for kind, times in refusals(50, seen).items()}
        if max(medians.values()) <= 1.15 * min(medians.values()):
            return
    pytest.fail(f"The medians tell them apart: {medians}")


# At once


def at_once(*tries: Callable[[], Any]) -> list[Any]:
    """What comes of all of them, each in a thread and a connection of its own, started together."""
    together = threading.Barrier(len(tries))

    def run(one: Callable[[], Any]) -> Any:
        together.wait(timeout=30)
        try:
            return one()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tries)) as threads:
        return list(threads.map(run, tries))


def attempt(email: str, password: str, address: str) -> Callable[[], int]:
    return lambda: log_in(email, password, address).status_code


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_five_are_heard_from_one_address_and_at_one_account(dora: User) -> None:
    guesses = [attempt(dora.email, WRONG, elsewhere()) for _ in range(15)]
    assert sorted(at_once(*guesses)) == [401] * 5 + [429] * 10
    guesses = [attempt(email, WRONG, OFFICE) for email in others(15)]
    assert sorted(at_once(*guesses)) == [401] * 5 + [429] * 10
    guesses = [attempt("nobody@example.com", WRONG, elsewhere()) for _ in range(15)]
    assert sorted(at_once(*guesses)) == [401] * 5 + [429] * 10


@pytest.mark.django_db(transaction=True)
def test_an_office_of_twenty_signs_in_at_once(db: None) -> None:
    assert at_once(*[attempt(email, PASSWORD, OFFICE) for email in others(20)]) == [200] * 20


@pytest.mark.django_db(transaction=True)
def test_attempts_that_cross_one_another_all_come_to_an_end(settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = 1_000
    settings.LOGIN_FAILURES_PER_ADDRESS = settings.LOGIN_FAILURES_PER_ADDRESS._replace(times=1_000)
    chance, emails, addresses = Random(3), others(3), [elsewhere() for _ in range(3)]

    def several(order: list[tuple[str, str, str]]) -> list[int]:
        return [log_in(*one).status_code for one in order]

    orders = [
        [(chance.choice(emails), chance.choice([PASSWORD, WRONG]), chance.choice(addresses)) for _ in range(10)]
        for _ in range(8)
    ]
    done = at_once(*[lambda order=order: several(order) for order in orders])
    assert [[401 if wrong == WRONG else 200 for _, wrong, _ in order] for order in orders] == done


@pytest.mark.django_db(transaction=True)
def test_an_attempt_that_is_cut_off_leaves_nothing_behind(dora: User, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, verify_ = threading.Event(), MD5PasswordHasher.verify
    held: list[int] = []

    def cut_off(hasher: MD5PasswordHasher, password: str, encoded: str) -> bool:
        if not begun.is_set():
            held.append(connection.connection.info.backend_pid)
            begun.set()
            assert gone.wait(timeout=10)
        return verify_(hasher, password, encoded)

    gone = threading.Event()
    monkeypatch.setattr(MD5PasswordHasher, "verify", cut_off)
    with ThreadPoolExecutor(1) as killed:
        first = killed.submit(at_once, attempt(dora.email, WRONG, OFFICE))
        assert begun.wait(timeout=10)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", held)
        assert log_in(dora.email, PASSWORD, OFFICE).status_code == 200
        gone.set()
        assert first.result() == [500]
    assert not AttemptCounter.objects.exclude(failures=0).exists()


@pytest.mark.django_db(transaction=True)
def test_an_attempt_waits_for_nobody_who_changes_the_account(dora: User) -> None:
    """Whoever holds the account's row may want its counter: an attempt that held it and waited would be a deadlock."""
    statuses(dora.email, *[WRONG] * 4)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=dora.pk)
            fifth = other.submit(at_once, attempt(dora.email, WRONG, OFFICE))
            wait_until(lambda: services.is_locked(dora) is not None)
            assert services.forget_failures(user=dora)
        assert fifth.result() == [401]
    assert log_in(dora.email, PASSWORD).status_code == 200


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = perf_counter() + 10
    while not happened():
        assert perf_counter() < deadline


@pytest.mark.django_db(transaction=True)
def test_what_is_counted_cannot_be_taken_back_by_what_fails_afterwards(dora: User) -> None:
    for guarded in (
        lambda: services.check_credentials(email=dora.email, password=WRONG, device=Device()),
        lambda: services.verify_password(user=dora, password=WRONG, device=Device()),
        lambda: services.count_reset_request(email=dora.email, device=Device()),
    ):
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            guarded()
