"""What changed in a profile's viewing state since a device last asked, so that no device loads what it has.

Whatever changes a bookmark, a thumb or the watchlist stamps its row, and what is gone leaves a `Removal`. A row is seen
only when its transaction ends; so an answer leads on to some moments before its own time (`SETTLING`), and what was
stamped meanwhile is told twice rather than never. Where that takes several answers, each leads on behind its last row
and remembers those moments (`Place.floor`); the last one leads there. An answer tells of what it names as it is now,
and not what became of it step by step: so it does not matter in which order, or how often, something is told.

What comes into view or goes out of it (a title is archived, its availability begins, a channel is switched off) stamps
nothing here, and would have to be looked for in everything that the profile has ever touched. So that is only done
every ten minutes (`LOOK_AGAIN`); a device whose profile has other things out of view by then is told to load anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from catalog.models import Title
from common.db import clock
from viewing.changes.out_of_view import out_of_view
from viewing.changes.places import MOST_CHANGES, Kind, Place
from viewing.changes.rows import Row, read
from viewing.errors import ViewingReloadError
from viewing.models import Bookmark, Rating, WatchlistItem

if TYPE_CHECKING:
    from accounts.models import Profile

# From when something is stamped until it can be read, with all that the clocks of the service may differ.
SETTLING: Final = timedelta(seconds=30)
# How long it may take until a device learns that something came into view or went out of it.
LOOK_AGAIN: Final = timedelta(minutes=10)

__all__ = ["LOOK_AGAIN", "MOST_CHANGES", "SETTLING", "Changes", "Kind", "Place", "changes_since", "nothing_yet"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What to take away, and what to put in its place. `watchlist` is the whole of it, None where it is as it was."""

    removed_bookmarks: Sequence[UUID]
    removed_ratings: Sequence[UUID]
    bookmarks: Sequence[Bookmark]
    ratings: Sequence[Rating]
    watchlist: Sequence[WatchlistItem] | None
    next: Place
    more: bool


def nothing_yet(profile: Profile) -> Changes:
    """For who is about to load everything: from where to ask afterwards. Two statements."""
    now = clock()
    place = Place(now - SETTLING, limit=_limit(profile), hidden=out_of_view(profile), looked_at=now)
    return Changes((), (), (), (), None, place, more=False)


def changes_since(place: Place, profile: Profile, *, most: int) -> Changes:
    """What changed behind `place`, at most `most` rows, of `MOST_CHANGES` at most.

    One statement where nothing did, and every ten minutes one to look what is in view; one more for each of
    bookmarks, thumbs, removed thumbs and the watchlist where there are some to tell.
    Raises `ViewingReloadError` where what changed cannot be told any more, and `ProfileRefusedError`.
    """
    _check(place, profile)
    if place.limit is None:  # what was written before a bare time may not have been to be seen then
        place = replace(place, moment=place.moment - SETTLING)
    now, rows = read(place, profile, most + 1)
    place = replace(_look_again(place, profile, now), limit=_limit(profile))
    more = len(rows) > most
    rows = rows[:most]
    keys = {kind: [row.key for row in rows if row.kind == kind] for kind in Kind}
    ratings = _ratings(profile, {*keys[Kind.RATING], *keys[Kind.REMOVED_RATING]})
    return Changes(
        removed_bookmarks=list(dict.fromkeys(keys[Kind.REMOVED_BOOKMARK])),
        removed_ratings=_gone(profile, set(keys[Kind.REMOVED_RATING]) - {rating.title_id for rating in ratings}),
        bookmarks=_bookmarks(profile, set(keys[Kind.BOOKMARK])),
        ratings=ratings,
        watchlist=_watchlist(profile) if keys[Kind.WATCHLIST] else None,
        next=_behind(rows[-1], place, now) if more else _at(place.floor or now - SETTLING, place),
        more=more,
    )


def _check(place: Place, profile: Profile) -> None:
    if place.moment < timezone.now() - timedelta(days=settings.VIEWING_CHANGES_DAYS):
        raise ViewingReloadError
    if place.limit not in (None, _limit(profile)):
        raise ViewingReloadError("What this profile may see has changed. Please load everything anew.")


def _limit(profile: Profile) -> str:
    """What the profile may see: with another limit, everything may look different."""
    return "" if profile.is_unlimited else profile.parental_rating


def _behind(last: Row, place: Place, now: datetime) -> Place:
    """Behind this row, which came after `place`. In front of one that is not settled something may still come in."""
    settled = now - SETTLING
    floor = place.floor or (settled if last.stamp >= settled else None)
    return replace(place, moment=last.stamp, kind=Kind(last.kind), key=last.key, floor=floor)


def _at(moment: datetime, place: Place) -> Place:
    return replace(place, moment=moment, kind=Kind.REMOVED_BOOKMARK, key=None, floor=None)


def _look_again(place: Place, profile: Profile, now: datetime) -> Place:
    if place.hidden is not None and place.looked_at and timedelta(0) <= now - place.looked_at < LOOK_AGAIN:
        return place
    hidden = out_of_view(profile)
    if place.hidden not in (None, hidden):
        raise ViewingReloadError("What this profile may see has changed. Please load everything anew.")
    return replace(place, hidden=hidden, looked_at=now)


def _bookmarks(profile: Profile, ids: Iterable[UUID]) -> list[Bookmark]:
    return list(Bookmark.objects.visible_to(profile).filter(id__in=ids).order_by("updated_at", "id")) if ids else []


def _ratings(profile: Profile, title_ids: Iterable[UUID]) -> list[Rating]:
    if not title_ids:
        return []
    return list(
        Rating.objects.of(profile).suitable_for(profile).filter(title__in=title_ids).order_by("created_at", "id")
    )


def _watchlist(profile: Profile) -> list[WatchlistItem]:
    return list(WatchlistItem.objects.of(profile).suitable_for(profile).select_related("title"))


def _gone(profile: Profile, title_ids: Iterable[UUID]) -> list[UUID]:
    """Of titles in view; of the others nobody has anything."""
    if not title_ids:
        return []
    return list(Title.objects.visible_to(profile).filter(id__in=title_ids).order_by("id").values_list("id", flat=True))
