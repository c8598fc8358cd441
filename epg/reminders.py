"""Reminders: how a profile asks for one, and how it outlives what imports and staff do to the guide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import Profile
from epg.errors import ProgrammeNotFoundError, ProgrammeStartedError, TooManyRemindersError
from epg.locks import for_a_moment
from epg.models import Programme, Reminder

# How far a programme may have been moved and still be taken for the one that a reminder has lost.
REACH: Final = timedelta(hours=6)
# Upcoming ones of one profile.
MOST_REMINDERS: Final = 500
SNAPSHOT: Final = ("channel_id", "title", "start_time", "end_time", "age_rating")

# A programme that reminders have lost: its channel, its title and when it was to begin.
Lost = tuple[UUID, str, datetime]


class HasId(Protocol):
    """What is about to be deleted, as far as reminders are concerned."""

    @property
    def id(self) -> UUID:
        """The programme's id."""


def let_go(programmes: Iterable[HasId]) -> None:
    """Have the reminders of these programmes stand without them; called in a transaction, before they are deleted.

    Each keeps what its programme was at last. Until the transaction ends, nobody can be reminded of them: a reminder
    that came in between would point at nothing. Two statements.
    """
    ids = [programme.id for programme in programmes]
    if not ids:
        return
    list(Programme.objects.filter(id__in=ids).order_by("id").select_for_update().values_list("id"))
    own = Programme.objects.filter(id=OuterRef("programme_id"))
    last_seen = {name: Subquery(own.values(name)[:1]) for name in SNAPSHOT}
    Reminder.objects.filter(programme__in=ids).update(programme=None, **last_seen)


def reattach(channel_ids: Iterable[UUID], *, added: Collection[UUID] | None = None) -> int:
    """Give the reminders of these channels that have lost their programme the one it is now; answers how many.

    It is the nearest with the same title that begins within six hours of it. `added` are the ids of the programmes that
    have just come: one that was there already when a reminder lost its own is another one; None takes any.
    One statement where no reminder is without its programme.
    """
    lost = _lost(channel_ids)
    taken: set[UUID] = set()
    attached = 0
    for _apart, _start, programme_id, key in sorted(_pairs(lost, added)) if lost else ():
        if key in lost and programme_id not in taken:
            lost.discard(key)
            taken.add(programme_id)
            attached += _attach(programme_id, key)
    return attached


def _lost(channel_ids: Iterable[UUID]) -> set[Lost]:
    recent = Reminder.objects.without_programme().filter(start_time__gt=timezone.now() - REACH)
    return set(recent.filter(channel__in=list(channel_ids)).values_list("channel_id", "title", "start_time"))


def _pairs(lost: Collection[Lost], added: Collection[UUID] | None) -> Iterator[tuple[timedelta, datetime, UUID, Lost]]:
    """Whatever may be what a reminder has lost, with how far apart they begin."""
    by_name: defaultdict[tuple[UUID, str], list[tuple[datetime, UUID]]] = defaultdict(list)
    rows = Programme.objects.filter(
        channel__in={channel for channel, _title, _start in lost},
        title__in={title for _channel, title, _start in lost},
        start_time__gte=min(start for _channel, _title, start in lost) - REACH,
        start_time__lte=max(start for _channel, _title, start in lost) + REACH,
    )
    for channel, title, start, programme_id in rows.values_list("channel_id", "title", "start_time", "id"):
        if added is None or programme_id in added:
            by_name[channel, title].append((start, programme_id))
    for key in lost:
        channel, title, was = key
        for start, programme_id in by_name[channel, title]:
            if abs(start - was) <= REACH:
                yield abs(start - was), start, programme_id, key


def _attach(programme_id: UUID, key: Lost) -> int:
    """Everybody who lost it is reminded of it, and nobody twice.

    Two programmes that the guide has moved onto one another leave a profile two reminders that say the same: the older
    one stays, and the other is removed. Who has asked for this one by itself meanwhile keeps that reminder.
    """
    channel, title, start = key
    alike = Reminder.objects.without_programme().filter(channel=channel, title=title, start_time=start)
    lost = alike.exclude(profile__reminders__programme=programme_id)
    oldest = lost.order_by("profile_id", "created_at", "id").distinct("profile_id")
    lost.exclude(id__in=oldest.values("id")).delete()
    return Reminder.objects.filter(id__in=lost.values("id")).update(programme=programme_id)


def remind(*, profile: Profile, programme_id: UUID, minutes_before: int | None, at: datetime) -> tuple[Reminder, bool]:
    """Remind the profile of a programme; whether the reminder is new. Without `minutes_before` those stay, or are five.

    Raises `ProgrammeNotFoundError` (also for what is above the profile's limit), `ProgrammeStartedError`,
    `TooManyRemindersError`, or `GuideBusyError` while an import that takes the programme off is still at work.
    """
    programme = Programme.objects.visible_to(profile).filter(id=programme_id).first()
    if programme is None:
        raise ProgrammeNotFoundError
    if programme.start_time <= at:
        raise ProgrammeStartedError
    with for_a_moment():
        # One after the other, so that the count holds.
        Profile.objects.select_for_update(no_key=True).filter(id=profile.id).first()
        reminder = Reminder.objects.filter(profile=profile, programme=programme).first()
        is_new = reminder is None
        reminder = reminder or _new(profile, programme, at)
        if minutes_before is not None:
            reminder.minutes_before = minutes_before
        if is_new or minutes_before is not None:
            reminder.save()
    return reminder, is_new


def _new(profile: Profile, programme: Programme, at: datetime) -> Reminder:
    if Reminder.objects.filter(profile=profile).upcoming(at).count() >= MOST_REMINDERS:
        raise TooManyRemindersError(MOST_REMINDERS)
    return Reminder(profile=profile, programme=programme, **{name: getattr(programme, name) for name in SNAPSHOT})


def forget(*, profile: Profile, programme_id: UUID) -> None:
    """Take back the reminder of this programme, or the one with this id. May be repeated.

    Raises `GuideBusyError` while an import that takes the programme off is still at work.
    """
    own = Reminder.objects.filter(profile=profile)
    with for_a_moment():
        # By their ids: what lost its programme while we waited would not be found by that any more.
        ids = list(own.filter(Q(programme=programme_id) | Q(id=programme_id)).values_list("id", flat=True))
        own.filter(id__in=ids).delete()
