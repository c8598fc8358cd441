"""How often somebody guessed a password wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.querysets import AttemptCounterQuerySet

if TYPE_CHECKING:
    from common.rates import Rate

# After so long without a failure an account's next lock is as short as the first.
QUIET: Final = timedelta(hours=24)
# 2 ** this many first locks are longer than any longest one, and timedelta has an end.
MOST_DOUBLINGS: Final = 20


class AttemptCounter(models.Model):
    """Failed attempts against one account or from one address. Only changed under its row lock.

    `subject` is a keyed hash, as an address nobody registered may be somebody's all the same.
    """

    class Kind(models.TextChoices):
        """What is counted."""

        ACCOUNT = "account", "Sign-ins to an account"
        ADDRESS = "address", "Sign-ins from an address"
        RESET_ACCOUNT = "reset_account", "Password resets of an account"
        RESET_ADDRESS = "reset_address", "Password resets from an address"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    # An account's window, in which it has to be quiet, begins again with every failure.
    window_started_at = models.DateTimeField(default=timezone.now, db_index=True)
    locks = models.PositiveIntegerField(default=0, help_text="Locks in a row; each is twice as long as the one before.")
    locked_until = models.DateTimeField(null=True, blank=True)
    recent = ArrayField(
        models.DateTimeField(), default=list, blank=True, help_text="When the failures of an address's window were."
    )

    objects = AttemptCounterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="attempts_counted_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["account", "address", "reset_account", "reset_address"]),
                name="attempt_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.failures} failed attempts ({self.kind})"

    def is_locked(self, now: datetime) -> bool:
        """Whether nothing is tried at the moment."""
        return self.locked_until is not None and self.locked_until > now

    def seconds_left(self, now: datetime) -> float:
        """Until the lock ends; 0 without one."""
        return (self.locked_until - now).total_seconds() if self.locked_until and self.is_locked(now) else 0

    def count_within(self, rate: Rate, now: datetime) -> None:
        """One more in the window that ends now. Once it is full, nothing is tried until the oldest has left it.

        The window moves, so that no minute at all holds more failures than the rate allows.
        """
        length = timedelta(seconds=rate.seconds)
        self.recent = [*(failure for failure in self.recent if failure > now - length), now][-rate.times :]
        self.failures, self.window_started_at = len(self.recent), self.recent[0]
        self.locked_until = self.window_started_at + length if self.failures >= rate.times else None

    def count_in_a_row(self, now: datetime) -> bool:
        """One more failure at an account; whether that locks it. The lock ends with a count of zero."""
        if now >= self._last_busy_at() + QUIET:
            self.forget(now)
        self.failures, self.window_started_at = self.failures + 1, now
        if self.failures < settings.LOGIN_FAILURES_PER_ACCOUNT:
            return False
        self.locked_until = now + self._next_lock()
        self.failures, self.locks = 0, self.locks + 1
        return True

    def forget(self, now: datetime) -> None:
        """As if nothing had happened before."""
        self.failures, self.locks, self.locked_until, self.window_started_at = 0, 0, None, now
        self.recent = []

    def _last_busy_at(self) -> datetime:
        return max(self.window_started_at, self.locked_until or self.window_started_at)

    def _next_lock(self) -> timedelta:
        doubled: timedelta = settings.LOGIN_LOCK * 2 ** min(self.locks, MOST_DOUBLINGS)
        return min(doubled, settings.LOGIN_LONGEST_LOCK)
