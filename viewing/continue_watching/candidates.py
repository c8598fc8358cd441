"""What may stand in the row, read in three statements however much there is; and what is paused, in two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q

from viewing.models import Bookmark
from viewing.querysets import BookmarkQuerySet

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Profile

# Of so many series that go on after their newest episode cards are made; fewer are in the row by their next one.
MOST_FINISHED: Final = 100


def shown_to(profile: Profile) -> BookmarkQuerySet:
    """In films and episodes that this profile may see."""
    return Bookmark.objects.filter(profile=profile).on_demand().suitable_for(profile)


def newest_unfinished(profile: Profile, now: datetime, limit: int) -> BookmarkQuerySet:
    """The newest that the profile is in the middle of, in titles that may be hidden from it by now.

    Without the titles, to find them takes a page of the table for each, and no more in a table of any size.
    """
    return Bookmark.objects.newest_unfinished(profile, now)[:limit]


def shown_of(profile: Profile, unfinished: Sequence[UUID], now: datetime) -> QuerySet[Bookmark, UUID]:
    """Which of these it may see; and the episodes it has just finished, by which series move on."""
    shown = shown_to(profile).filter(pk__in=unfinished).values_list("pk", flat=True)
    endings = Bookmark.objects.ending_series(profile, now).values("pk")
    # Where nothing follows there is no card, so those must not take the places of the others.
    finished = shown_to(profile).filter(pk__in=endings).going_on(profile).order_by("-updated_at", "id")
    return shown.union(finished.values_list("pk", flat=True)[:MOST_FINISHED], all=True)


def cards(profile: Profile, bookmarks: Sequence[UUID], now: datetime) -> BookmarkQuerySet:
    """These, if they are shown; newest first, with all that cards show."""
    return _with_cards(profile, shown_to(profile).filter(pk__in=bookmarks), now)


def cards_looking_further(profile: Profile, bookmarks: Sequence[UUID], now: datetime, limit: int) -> BookmarkQuerySet:
    """The same, with the newest `limit` unfinished ones that the profile may see, as some of the newest are hidden."""
    unfinished = shown_to(profile).newest_unfinished(profile, now).values("pk")[:limit]
    return _with_cards(profile, shown_to(profile).filter(Q(pk__in=bookmarks) | Q(pk__in=unfinished)), now)


def paused_unfinished(profile: Profile, now: datetime) -> BookmarkQuerySet:
    """Dismissed, or left alone for 30 days, before the end; what happened last comes first."""
    return shown_to(profile).paused(now).with_content()


def paused_series(profile: Profile, now: datetime) -> BookmarkQuerySet:
    """The same after the end of an episode, where the next one is not listed by itself."""
    endings = Bookmark.objects.ending_paused_series(profile, now).values("pk")
    found = shown_to(profile).filter(pk__in=endings).going_on_afresh(profile)
    return found.with_content().with_following(profile).last_touched_first()


def _with_cards(profile: Profile, rows: BookmarkQuerySet, now: datetime) -> BookmarkQuerySet:
    found = rows.filter(dismissed_at=None).with_content().with_following(profile).with_momentum(profile, now)
    return found.order_by("-updated_at", "-observed_at", "id")
