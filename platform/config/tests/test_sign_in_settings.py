"""How often a password may be guessed is up to the operator, within reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.env import StartupRefused
from config.tests.start_up import settings_from


def test_without_a_word_five_wrong_passwords_lock_for_15_minutes_and_at_most_a_day() -> None:
    settings = settings_from()
    assert settings.LOGIN_FAILURES_PER_ACCOUNT == 5
    assert settings.LOGIN_FAILURES_PER_ADDRESS == (5, 60)
    first, longest = settings.LOGIN_LOCK, settings.LOGIN_LONGEST_LOCK
    assert first == timedelta(minutes=15)
    assert longest == timedelta(hours=24)


def test_the_numbers_can_be_others() -> None:
    settings = settings_from(
        LOGIN_FAILURES_PER_ACCOUNT="3",
        LOGIN_FAILURES_PER_ADDRESS="50",
        LOGIN_LOCK_MINUTES="60",
        LOGIN_LOCK_MAX_HOURS="1",
    )
    assert settings.LOGIN_FAILURES_PER_ACCOUNT == 3
    assert settings.LOGIN_FAILURES_PER_ADDRESS == (50, 60)
    assert settings.LOGIN_LOCK == settings.LOGIN_LONGEST_LOCK == timedelta(hours=1)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"LOGIN_FAILURES_PER_ACCOUNT": "0"}, "LOGIN_FAILURES_PER_ACCOUNT"),
        ({"LOGIN_FAILURES_PER_ADDRESS": "many"}, "LOGIN_FAILURES_PER_ADDRESS"),
        ({"LOGIN_LOCK_MINUTES": "0"}, "LOGIN_LOCK_MINUTES"),
        ({"LOGIN_LOCK_MINUTES": "90", "LOGIN_LOCK_MAX_HOURS": "1"}, "LOGIN_LOCK_MAX_HOURS"),
    ],
)
def test_numbers_that_would_guard_nothing_are_refused(variables: dict[str, str], named: str) -> None:
    with pytest.raises(StartupRefused, match=named):
        settings_from(**variables)
