"""Guessing passwords in tests: from where, how often, and how time passes for those who wait."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address
from itertools import count
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from rest_framework.test import APIClient

from accounts.models import AttemptCounter, User

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

PASSWORD, WRONG = "a horse at the cinema", "a cow at the cinema"
OFFICE = "192.0.2.1"
MINUTE, QUARTER, DAY = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=24)
SENTENCE = "There were too many failed attempts. Please try again later."
# Argon2 is slow on purpose, and few tests are about that.
MD5 = "django.contrib.auth.hashers.MD5PasswordHasher"

_numbers = count(1)


class SmallArgon2(Argon2PasswordHasher):
    """The real thing at a fraction of its cost, so that the rest of an answer weighs more."""

    time_cost, memory_cost, parallelism = 1, 16_384, 1


ARGON2 = f"{__name__}.{SmallArgon2.__name__}"


def elsewhere() -> str:
    """An address nobody has come from before."""
    return str(IPv4Address("10.0.0.0") + next(_numbers))


def others(number: int) -> list[str]:
    """Customers with the same password."""
    emails, kept = [f"other{one}@example.com" for one in range(number)], make_password(PASSWORD)
    User.objects.bulk_create(User(email=email, password=kept) for email in emails)
    return emails


def log_in(email: str, password: str, address: str | None = None) -> Answer:
    """What comes of a password, sent from here or from somewhere new."""
    client = APIClient(raise_request_exception=False, REMOTE_ADDR=elsewhere() if address is None else address)
    return client.post("/api/v1/auth/login", {"email": email, "password": password})


def statuses(email: str, *passwords: str) -> list[int]:
    """What comes of one password after the other, each from another address."""
    return [log_in(email, password).status_code for password in passwords]


def lock(email: str) -> Answer:
    """Guess until nobody is heard any more; the answer that says so."""
    assert statuses(email, *[WRONG] * 5) == [401] * 5
    return log_in(email, PASSWORD)


def later(by: timedelta) -> None:
    """Time passes for the counters."""
    for counter in AttemptCounter.objects.all():
        counter.window_started_at -= by
        counter.locked_until = counter.locked_until - by if counter.locked_until else None
        counter.recent = [failure - by for failure in counter.recent]
        counter.save()
