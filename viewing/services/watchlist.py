"""Keeping titles for later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from catalog.models import Title
from catalog.services import title_for
from common.constraints import is_inserted
from viewing.models import RemovalKind, WatchlistItem
from viewing.removals import removed

if TYPE_CHECKING:
    from accounts.models import Profile

BATCH: Final = 500


def keep_title(*, profile: Profile, title_id: UUID) -> WatchlistItem:
    """Put a title on the watchlist; doing it twice changes nothing.

    Raises `TitleNotFoundError` or `TitleNotSuitableError`.
    """
    title = title_for(profile, title_id)
    kept = WatchlistItem.objects.filter(profile=profile, title=title).select_related("title")
    if item := kept.first():
        return item
    added = WatchlistItem(profile=profile, title=title)
    if is_inserted(added, unless="watchlist_once"):
        return added
    # Where it is dropped at this moment, it was added nevertheless.
    return kept.first() or added


@transaction.atomic
def drop_title(*, profile: Profile, title_id: UUID) -> None:
    """Take a title off the watchlist, on show or not: it must not come back with the title. May be repeated."""
    kept = WatchlistItem.objects.filter(profile=profile, title__in=Title.with_deleted.named_by(title_id))
    found = dict(kept.select_for_update().values_list("pk", "title_id"))
    WatchlistItem.objects.filter(pk__in=found).delete()
    removed(profile, RemovalKind.WATCHLIST, *found.values())


@transaction.atomic
def put_in_order(*, profile: Profile, title_ids: Sequence[UUID]) -> None:
    """Put these titles first, in this order; the others stay behind them as they were. Others' ids are left alone.

    What is hidden now keeps its place among the others. The same order again changes nothing.
    """
    # Always locked in the same order, so that two who move at once wait for each other and no more.
    kept = WatchlistItem.objects.filter(profile=profile).order_by("pk").select_for_update()
    wanted = {title_id: place for place, title_id in enumerate(title_ids)}
    items = sorted(kept, key=lambda item: (wanted.get(item.title_id, len(wanted)), *item.order))
    moved = []
    for place, item in enumerate(items, start=1):
        if item.place != place:
            item.place, item.changed_at = place, timezone.now()
            moved.append(item)
    WatchlistItem.objects.bulk_update(moved, ["place", "changed_at"], batch_size=BATCH)
