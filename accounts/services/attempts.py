"""The guard in front of every password: who guesses too often is not heard for a while.

An attempt holds the row locks of its counters while the password is checked, so attempts on one account, and those
from one address, stand in a row over all threads, processes and machines: each is decided when the one before it has
been counted. Nothing is reserved, so nothing is left behind by a process that is killed: its locks end with its
connection, and what it had not finished is not counted. The transaction of an attempt locks counters only, always
the address before the account, so that it never waits for somebody who waits for it (docs/decisions/0006).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from auditlog.models import LogEntry
from django.conf import settings
from django.contrib.auth import hashers
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from accounts.errors import TooManyAttemptsError, WrongPasswordError
from accounts.models import AttemptCounter, SecurityEvent, User
from accounts.models.attempts import QUIET
from common.addresses import network_of
from common.audit import current_writer
from common.db import let_go_after

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.devices import Device
    from common.rates import Rate

logger = logging.getLogger("marquee.security")

Kind = AttemptCounter.Kind
# Far longer than hashing takes: it is for machines that vanish from the network with the locks of an attempt.
LONGEST_ATTEMPT: Final = timedelta(seconds=30)
PURGED_AT_ONCE: Final = 5_000


@sensitive_variables("password")
def check_credentials(*, email: str, password: str, device: Device) -> User | None:
    """The active account with this address and password, or None. Raises `TooManyAttemptsError`.

    Addresses nobody registered are counted, locked and hashed for like any other, so that no answer, and no time it
    takes, tells which exist. May not be called in a transaction: what fails afterwards would take the count back.
    """
    email = _normalised(email)
    with _guarded(email, device) as attempt:
        user = User.objects.filter(email=email).first()
        attempt.succeeded = _fits(user, password)
    if user is None or not attempt.succeeded:
        return None
    return _with_fresh_hash(user, password)


@sensitive_variables("password")
def verify_password(*, user: User, password: str, device: Device) -> None:
    """Make sure that somebody who is signed in knows the password too.

    Counts like a sign-in. Raises `WrongPasswordError` (403) or `TooManyAttemptsError` (429). May not be called in a
    transaction.
    """
    with _guarded(_normalised(user.email), device) as attempt:
        attempt.succeeded = _fits(User.objects.filter(pk=user.pk).first(), password)
    if not attempt.succeeded:
        raise WrongPasswordError


def is_locked(user: User) -> datetime | None:
    """When the account's lock ends; None without one."""
    return _longest_lock(_counters_of(user))


@transaction.atomic
def unlock(*, user: User) -> bool:
    """Staff let somebody try again at once; whether there was a lock to end. The next lock is a short one again."""
    ended = _forget_failures(user)
    if ended is None:
        return False
    SecurityEvent.objects.create(user=user, kind=SecurityEvent.Kind.ACCOUNT_UNLOCKED)
    if current_writer() is not None:
        LogEntry.objects.log_create(
            user, action=LogEntry.Action.UPDATE, changes={"locked_until": [ended.isoformat(), None]}
        )
    logger.info("Account %s is unlocked", user.pk)
    return True


def forget_failures(*, user: User) -> bool:
    """Begin anew, as after a new password; whether the account was locked."""
    return _forget_failures(user) is not None


def counters_about(email: str) -> Q:
    """Which counters are about this e-mail address."""
    return Q(kind__in=[Kind.ACCOUNT, Kind.RESET_ACCOUNT], subject__in=_subjects(_normalised(email)))


def forget(*, email: str) -> None:
    """Keep nothing about an address whose account is erased."""
    AttemptCounter.objects.filter(counters_about(email)).delete()


def count_reset_request(*, email: str, device: Device) -> bool:
    """One more mail about a forgotten password is asked for; whether it may be sent.

    False is to be answered like True: the account, if there is one, has had all its mails of this hour. Raises
    `TooManyAttemptsError` for an address that has asked too often. May not be called in a transaction.
    """
    with transaction.atomic(durable=True):
        from_address = _held_if_known(Kind.RESET_ADDRESS, network_of(device.address or ""))
        of_account = _held(Kind.RESET_ACCOUNT, _normalised(email))
        _refuse_locked(from_address, *_former(Kind.RESET_ADDRESS, network_of(device.address or "")))
        _count_within(settings.RESET_MAILS_PER_ADDRESS, from_address)
        counters = [of_account, *_former(Kind.RESET_ACCOUNT, _normalised(email))]
        if any(counter.is_locked(timezone.now()) for counter in counters):
            logger.warning("Too many mails about a forgotten password: account %s gets no more", _short(of_account))
            return False
        _count_within(settings.RESET_MAILS_PER_ACCOUNT, of_account)
        return True


def purge_quiet_counters() -> int:
    """Remove a batch of the counters that say nothing any more; how many there were."""
    with transaction.atomic():
        # It waits for nobody, so it cannot be part of a deadlock.
        quiet = AttemptCounter.objects.quiet_since(timezone.now() - QUIET).select_for_update(skip_locked=True)
        some = [counter.pk for counter in quiet.only("pk")[:PURGED_AT_ONCE]]
        return AttemptCounter.objects.filter(pk__in=some).delete()[0]


@dataclass(slots=True)
class _Attempt:
    """A password that is being checked. It has failed unless somebody says otherwise."""

    succeeded: bool = False


@contextmanager
def _guarded(email: str, device: Device) -> Iterator[_Attempt]:
    """Nobody else tries meanwhile, from the same address or on the same account. What the block says is counted."""
    attempt = _Attempt()
    with transaction.atomic(durable=True):
        let_go_after(LONGEST_ATTEMPT)
        # Always in this order, so that no two attempts wait for each other.
        network = network_of(device.address or "")
        from_address = _held_if_known(Kind.ADDRESS, network)
        on_account = _held(Kind.ACCOUNT, email)
        _refuse_locked(from_address, on_account, *_former(Kind.ADDRESS, network), *_former(Kind.ACCOUNT, email))
        yield attempt
        if attempt.succeeded:
            is_locked_now = False
            _forget(on_account)
        else:
            _count_within(settings.LOGIN_FAILURES_PER_ADDRESS, from_address)
            is_locked_now = on_account.count_in_a_row(timezone.now())
            on_account.save()
    # After the commit: the event refers to the account, whose row somebody may hold who waits for the counter.
    if is_locked_now:
        _record_lock(on_account, email, device)


def _held_if_known(kind: Kind, network: str) -> AttemptCounter | None:
    """The counter of an address. Where none is known there is none, or the whole world would share one."""
    return _held(kind, network) if network else None


def _held(kind: Kind, name: str) -> AttemptCounter:
    """The counter with its row locked until the transaction ends."""
    subject = _subject(name)
    while True:
        counter = AttemptCounter.objects.select_for_update().filter(kind=kind, subject=subject).first()
        if counter:
            return counter
        # Waits for whoever makes it at this moment, and then does nothing. It may be purged before it is held.
        AttemptCounter.objects.bulk_create([AttemptCounter(kind=kind, subject=subject)], ignore_conflicts=True)


def _former(kind: Kind, name: str) -> list[AttemptCounter]:
    """What was counted before SECRET_KEY was changed: nothing is added to it, and its locks hold to their end."""
    _, *former = _subjects(name)
    return list(AttemptCounter.objects.filter(kind=kind, subject__in=former)) if former else []


def _refuse_locked(*counters: AttemptCounter | None) -> None:
    now = timezone.now()
    locked = [counter for counter in counters if counter and counter.is_locked(now)]
    if not locked:
        return
    for counter in locked:
        logger.warning("Too many failed attempts: %s %s is refused", counter.kind, _short(counter))
    raise TooManyAttemptsError(max(counter.seconds_left(now) for counter in locked))


def _count_within(rate: Rate, counter: AttemptCounter | None) -> None:
    if counter:
        counter.count_within(rate, timezone.now())
        counter.save()


@transaction.atomic
def _forget_failures(user: User) -> datetime | None:
    """Begin anew; when the lock would have ended, if there was one."""
    counters = list(_counters_of(user).order_by("pk").select_for_update())
    until = _longest_lock(counters)
    for counter in counters:
        _forget(counter)
    return until


def _longest_lock(counters: Iterable[AttemptCounter]) -> datetime | None:
    now = timezone.now()
    return max((one.locked_until for one in counters if one.locked_until and one.is_locked(now)), default=None)


def _forget(counter: AttemptCounter) -> None:
    if counter.failures or counter.locks:
        counter.forget(timezone.now())
        counter.save()


def _record_lock(counter: AttemptCounter, email: str, device: Device) -> None:
    length = counter.seconds_left(counter.window_started_at)
    user = User.objects.filter(email=email).first()
    who = user.pk if user else "nobody"
    minutes = round(length / 60)
    logger.warning("Too many wrong passwords: account %s (%s) is locked for %d minutes", _short(counter), who, minutes)
    if user:
        SecurityEvent.objects.create(
            user=user,
            kind=SecurityEvent.Kind.ACCOUNT_LOCKED,
            address=device.address,
            detail=f"Locked for {minutes} minutes",
        )


@sensitive_variables("password")
def _fits(user: User | None, password: str) -> bool:
    if user is None:
        hashers.make_password(password)  # takes as long as checking one
        return False
    return hashers.check_password(password, user.password) and user.is_active


@sensitive_variables("password")
def _with_fresh_hash(user: User, password: str) -> User | None:
    """An old hash becomes one as they are made today. Another device may have done that, or changed the password."""
    if _is_dated(user.password):
        fresh = hashers.make_password(password)
        if not User.objects.filter(pk=user.pk, password=user.password).update(password=fresh):
            current = User.objects.filter(pk=user.pk).first()
            return current if _fits(current, password) else None
        user.password = fresh
    return user


def _is_dated(encoded: str) -> bool:
    own, today = hashers.identify_hasher(encoded), hashers.get_hasher()
    return own.algorithm != today.algorithm or today.must_update(encoded)


def _counters_of(user: User) -> QuerySet[AttemptCounter]:
    return AttemptCounter.objects.filter(kind=Kind.ACCOUNT, subject__in=_subjects(_normalised(user.email)))


def _normalised(email: str) -> str:
    return email.strip().lower()


def _subject(name: str) -> str:
    return _subjects(name)[0]


def _subjects(name: str) -> list[str]:
    """What somebody is counted as, and was with the keys before: a new key must not forget who is locked out."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("accounts.attempts", name, secret=key, algorithm="sha256").hexdigest() for key in keys]


def _short(counter: AttemptCounter) -> str:
    """What the log calls somebody: the same every time, and nobody can tell who it is."""
    return counter.subject[:16]
