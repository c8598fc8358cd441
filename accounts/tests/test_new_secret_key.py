"""A new SECRET_KEY, with the one before still known, lets nobody out of a lock."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from accounts import services
from accounts.devices import Device
from accounts.errors import TooManyAttemptsError
from accounts.models import AttemptCounter, User
from accounts.tests.guessing import MD5, OFFICE, PASSWORD, QUARTER, WRONG, elsewhere, later, lock, log_in, others

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [MD5]


@pytest.fixture
def dora(db: None) -> User:
    """A customer who knows her password."""
    return User.objects.create_user("dora@example.com", PASSWORD)


def replace_key(settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    settings.SECRET_KEY = f"another {settings.SECRET_KEY}"


@pytest.mark.parametrize("times", [1, 2])
def test_an_account_stays_locked_until_its_lock_ends(dora: User, settings: Settings, times: int) -> None:
    lock(dora.email)
    for _ in range(times):
        replace_key(settings)
    assert services.is_locked(dora)
    assert log_in(dora.email, PASSWORD).status_code == 429
    later(QUARTER)
    assert not services.is_locked(dora)
    assert log_in(dora.email, PASSWORD).status_code == 200


def test_an_address_stays_locked(dora: User, settings: Settings) -> None:
    for email in others(5):
        log_in(email, WRONG, OFFICE)
    replace_key(settings)
    assert log_in(dora.email, PASSWORD, OFFICE).status_code == 429
    assert log_in(dora.email, PASSWORD).status_code == 200


def test_staff_can_end_the_lock(dora: User, settings: Settings) -> None:
    lock(dora.email)
    replace_key(settings)
    assert services.unlock(user=dora)
    assert log_in(dora.email, PASSWORD).status_code == 200


def test_no_more_mails_are_sent(dora: User, settings: Settings) -> None:
    for _ in range(5):
        assert services.count_reset_request(email=dora.email, device=Device(address=elsewhere()))
    replace_key(settings)
    assert not services.count_reset_request(email=dora.email, device=Device(address=elsewhere()))


def test_an_address_that_has_asked_for_too_many_mails_stays_refused(settings: Settings, db: None) -> None:
    for number in range(20):
        services.count_reset_request(email=f"{number}@example.com", device=Device(address=OFFICE))
    replace_key(settings)
    with pytest.raises(TooManyAttemptsError):
        services.count_reset_request(email="another@example.com", device=Device(address=OFFICE))


def test_an_erased_account_leaves_no_counter_behind(dora: User, settings: Settings) -> None:
    log_in(dora.email, WRONG, "")
    services.count_reset_request(email=dora.email, device=Device())
    replace_key(settings)
    log_in(dora.email, WRONG, "")
    services.erase_account(user=dora)
    assert not AttemptCounter.objects.exists()
