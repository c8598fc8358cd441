"""What changed in the guide since somebody last asked, so that nobody loads what they have.

Everything that viewers see is stamped by the database's clock when it is written: programmes, what is gone from where
it was (`leaves_trace`), and channels that come into view or go out of it. What is stamped shows only when its
transaction ends, an import's after minutes. So an answer leads on to the moment up to which nothing is still to come
(`settled_until`), not to its last row: what is read again is told twice, and nothing is missed. Where that takes
several answers, each leads on behind its last row and remembers that moment (`Place.floor`); the last one leads there.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self
from uuid import UUID

from django.conf import settings
from django.db.models import F, IntegerField, Min, Q, Value
from django.utils import timezone

from common.db import settled_until
from epg.errors import GuideReloadError
from epg.locks import GUIDE
from epg.models import Channel, GuideImport, Programme, RemovedProgramme

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Profile
    from epg.querysets import ProgrammeQuerySet

MARK: Final = "c1"
# How long a transaction of staff may take, with all the clocks of the service; and how long an import may take to
# end after the moment that its report has.
SHORT: Final = timedelta(minutes=1)
WHILE_IT_ENDS: Final = timedelta(minutes=10)


class Kind(IntEnum):
    """What a change is about; of one moment they are told in this order."""

    CHANNEL = 0
    REMOVED = 1
    PROGRAMME = 2


class Row(NamedTuple):
    """One change: when it was stamped, and the programme (or the channel itself) with its channel."""

    stamp: datetime
    kind: int
    key: UUID
    channel_id: UUID


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: from a moment, or behind one row of it; `limit` is the maturity limit it was reached with.

    `floor` is from where to tell everything again, once all behind this place is told; None: that is not needed.
    """

    moment: datetime
    kind: int = Kind.CHANNEL
    key: UUID | None = None
    limit: str | None = None
    floor: datetime | None = None

    def __str__(self) -> str:
        floor = self.floor.isoformat() if self.floor else ""
        parts = (MARK, self.moment.isoformat(), str(int(self.kind)), str(self.key or ""), floor, self.limit or "")
        return urlsafe_b64encode("|".join(parts).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self:
        """What `str` has written, or an ISO time, without an offset in UTC. Raises `ValueError`."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            mark, moment, kind, key, floor, limit = urlsafe_b64decode(padded).decode().split("|")
        except ValueError:
            return cls(_moment(text))
        begins_again = _moment(floor) if floor else None
        place = cls(_moment(moment), Kind(int(kind)), UUID(key) if key else None, limit, begins_again)
        if mark != MARK or (begins_again and begins_again > place.moment):
            raise ValueError("This is not a place in the changes.")
        return place

    def after(self, kind: Kind, stamp: str, key: str) -> Q:
        """The rows of this kind that come behind it."""
        if self.key is None or kind > self.kind:
            return Q(**{f"{stamp}__gte": self.moment})
        later = Q(**{f"{stamp}__gt": self.moment})
        if kind < self.kind:
            return later
        # The first condition says no more than the others; an index can be read by it.
        same = Q(**{stamp: self.moment, f"{key}__gt": self.key})
        return Q(**{f"{stamp}__gte": self.moment}) & (later | same)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("This is beyond the calendar.") from None


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody keeps of the guide: as this profile, of these channels (None: all), of a period if there is one."""

    profile: Profile | None
    channel_ids: Collection[UUID] | None = None
    start: datetime | None = None
    end: datetime | None = None

    @property
    def limit(self) -> str:
        """What the profile may see: with another limit, everything may look different."""
        return "" if self.profile is None or self.profile.is_unlimited else self.profile.parental_rating

    def programmes(self) -> ProgrammeQuerySet:
        """Of programmes what there is to see."""
        return Programme.objects.visible_to(self.profile).filter(self._within()).order_by()

    def removed(self) -> QuerySet[RemovedProgramme]:
        """What was seen once and may not be to be seen any more where it was."""
        return RemovedProgramme.objects.visible_to(self.profile).filter(self._within())

    def channels(self) -> QuerySet[Channel]:
        """The channels themselves, in view or not."""
        rows = Channel.with_deleted.order_by()
        return rows if self.channel_ids is None else rows.filter(id__in=self.channel_ids)

    def _within(self) -> Q:
        within = Q()
        if self.channel_ids is not None:
            within &= Q(channel__in=self.channel_ids)
        if self.start is not None:
            within &= Q(end_time__gt=self.start)
        if self.end is not None:
            within &= Q(start_time__lt=self.end)
        return within


@dataclass(frozen=True, slots=True)
class Changes:
    """What to take away, what to put in its place, and which channels to load anew; where to go on, and if at once."""

    changed: Sequence[Programme]
    removed: Sequence[Row]
    reload_channels: Sequence[UUID]
    next: Place
    more: bool


def nothing_yet(scope: Scope) -> Changes:
    """For who is about to load the guide: from where to ask afterwards. One statement."""
    return Changes((), (), (), Place(settled_until(GUIDE), limit=scope.limit), more=False)


def changes_since(place: Place, scope: Scope, *, most: int) -> Changes:
    """What changed behind `place`, at most `most` rows; two statements, and one more where it was programmes.

    A bare time takes another one: what was written before it may not have been to be seen then.
    Raises `GuideReloadError` where what changed cannot be told any more.
    """
    _check(place, scope)
    if place.limit is None:
        place = Place(_before_what_was_under_way(place.moment))
    settled = max(settled_until(GUIDE), place.moment)
    rows = _rows(place, scope, most + 1)
    more = len(rows) > most
    rows = rows[:most]
    next_place = _behind(rows[-1], place, settled) if more else Place(place.floor or settled)
    ids = {kind: {row.key: None for row in rows if row.kind == kind} for kind in Kind}
    asked = [*ids[Kind.PROGRAMME], *ids[Kind.REMOVED]]
    there = {one.id: one for one in scope.programmes().as_listed().filter(id__in=asked)} if asked else {}
    places = {(programme.id, programme.channel_id) for programme in there.values()}
    return Changes(
        changed=[there[key] for key in ids[Kind.PROGRAMME] if key in there],
        # What only moved, or came back, is not gone.
        removed=[row for row in rows if row.kind == Kind.REMOVED and (row.key, row.channel_id) not in places],
        reload_channels=list(ids[Kind.CHANNEL]),
        next=replace(next_place, limit=scope.limit),
        more=more,
    )


def _behind(last: Row, place: Place, settled: datetime) -> Place:
    """Behind this row, which came after `place`. In front of one that is not settled something may still come in."""
    floor = place.floor or (settled if last.stamp >= settled else None)
    return Place(last.stamp, Kind(last.kind), last.key, floor=floor)


def _check(place: Place, scope: Scope) -> None:
    if place.moment < timezone.now() - timedelta(days=settings.GUIDE_CHANGES_DAYS):
        raise GuideReloadError
    if place.limit not in (None, scope.limit):
        raise GuideReloadError("What this profile may see has changed. Please load the guide anew.")


def _before_what_was_under_way(moment: datetime) -> datetime:
    """Before whatever was being written at this moment had begun: imports leave a report, the others are short."""
    under_way = GuideImport.objects.filter(started_at__lt=moment, finished_at__gt=moment - WHILE_IT_ENDS)
    begun: datetime | None = under_way.aggregate(first=Min("started_at"))["first"]
    return min(moment, begun or moment) - SHORT


def _rows(place: Place, scope: Scope, most: int) -> list[Row]:
    """The next changes of every kind, in order, in one statement; each part reads its own index."""
    parts = (
        _part(scope.channels(), Kind.CHANNEL, place, ("appearance_changed_at", "id", "id"), most),
        _part(scope.removed(), Kind.REMOVED, place, ("removed_at", "programme_id", "channel_id"), most),
        _part(scope.programmes(), Kind.PROGRAMME, place, ("changed_at", "id", "channel_id"), most),
    )
    together = parts[0].union(*parts[1:], all=True).order_by("stamp", "kind", "key")
    return [Row(*row) for row in together[:most]]


def _part(rows: QuerySet[Any], kind: Kind, place: Place, columns: tuple[str, str, str], most: int) -> Any:
    stamp, key, channel = columns
    named = {"stamp": F(stamp), "kind": Value(int(kind), IntegerField()), "key": F(key), "of_channel": F(channel)}
    part = rows.filter(place.after(kind, stamp, key)).annotate(**named).order_by("stamp", "key")
    return part.values_list(*named)[:most]
