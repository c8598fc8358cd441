"""What was stamped since: one statement, each part of which reads its own index."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Now

from accounts.errors import ProfileRefusedError
from accounts.models import Profile
from common.prepared import PreparedSelect, Slot
from viewing.changes.places import MOST_CHANGES, Kind, Place
from viewing.models import Bookmark, Rating, Removal, RemovalKind, WatchlistItem

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _number(kind: Kind) -> Value:
    """As text: the ORM would convert a number of its own making, which nobody needs."""
    return Value(str(int(kind)), CharField())


# Which kind a removal is.
REMOVED: Final = Case(
    When(kind=RemovalKind.BOOKMARK, then=_number(Kind.REMOVED_BOOKMARK)),
    When(kind=RemovalKind.RATING, then=_number(Kind.REMOVED_RATING)),
    default=_number(Kind.WATCHLIST),
)
# Of a page, and one more that says whether there is another page.
MOST: Final = MOST_CHANGES + 1
COLUMNS: Final = ("is_change", "stamp", "number", "of")


class Row(NamedTuple):
    """One change: when it was stamped, and of what."""

    stamp: datetime
    kind: int
    key: UUID


def read(place: Place, profile: Profile, most: int) -> tuple[datetime, list[Row]]:
    """The time by the database's clock, and the next changes of every kind, in order."""
    values: dict[str, Any] = {"profile_id": profile.pk, "moment": place.moment}
    if place.key is None:
        found = _FROM_A_MOMENT.all(**values)
    else:
        found = _BEHIND_A_ROW.all(**values, number=str(int(place.kind)), key=place.key)
    if not found:  # the profile was deleted meanwhile
        raise ProfileRefusedError
    (_, now, *_), *rows = found
    return now, [Row(stamp, int(number), key) for _, stamp, number, key in rows[:most]]


def rows_behind(profile_id: Any, behind: Q) -> QuerySet[Any, Any]:
    """The time first, then the changes; one statement, each part of which reads its own index."""
    own = Q(profile=profile_id)
    bookmarks, ratings = Bookmark.objects.filter(own), Rating.objects.filter(own)
    items, removals = WatchlistItem.objects.filter(own), Removal.objects.filter(own)
    parts = (
        _part(bookmarks, behind, "updated_at", _number(Kind.BOOKMARK), "id")[:MOST],
        _part(bookmarks, behind, "dismissed_at", _number(Kind.BOOKMARK), "id")[:MOST],
        _part(ratings, behind, "created_at", _number(Kind.RATING), "title_id")[:MOST],
        # The whole list is told when anything in it changed: the last change will do.
        _part(items, behind, "changed_at", _number(Kind.WATCHLIST), "title_id").reverse()[:1],
        _part(removals, behind, "removed_at", REMOVED, "key")[:MOST],
    )
    time = Profile.objects.filter(id=profile_id).order_by()
    time = time.annotate(is_change=Value(False), stamp=Now(), number=Value("", CharField()), of=F("id"))
    together = time.values_list(*COLUMNS).union(*parts, all=True)
    return together.order_by(*COLUMNS)[: MOST + 1]


def after(moment: Any, number: Any = None, key: Any = None) -> Q:
    """The rows from a moment on, or those behind one row of it."""
    if key is None:
        return Q(stamp__gte=moment)
    behind = Q(number__gt=number) | Q(number=number, of__gt=key)
    # The first condition says no more than the others; an index can be read by it.
    return Q(stamp__gte=moment) & (Q(stamp__gt=moment) | Q(stamp=moment) & behind)


def _part(rows: QuerySet[Any], behind: Q, stamp: str, number: Any, key: str) -> QuerySet[Any, Any]:
    named: QuerySet[Any] = rows.annotate(is_change=Value(True), stamp=F(stamp), number=number, of=F(key))
    return named.filter(behind).order_by(*COLUMNS[1:]).values_list(*COLUMNS)


# Devices ask again and again: writing these takes the ORM many times as long as PostgreSQL takes to find nothing.
_PROFILE, _MOMENT = Slot("profile_id", UUID), Slot("moment", datetime)
_FROM_A_MOMENT: Final = PreparedSelect(lambda: rows_behind(_PROFILE, after(_MOMENT)))
_BEHIND_A_ROW: Final = PreparedSelect(
    lambda: rows_behind(_PROFILE, after(_MOMENT, Slot("number", str), Slot("key", UUID)))
)
