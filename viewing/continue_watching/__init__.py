"""Continue watching: what a profile is in the middle of, most likely to be resumed first (contract 2.4).

Beside what is unfinished, a series stays in the row from one episode to the next: when the last thing somebody did
with it was to finish an episode, its card shows the episode that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from viewing.continue_watching.candidates import (
    cards,
    cards_looking_further,
    newest_unfinished,
    paused_series,
    paused_unfinished,
    shown_of,
)
from viewing.continue_watching.items import Following, Item
from viewing.continue_watching.scores import Occasion, by_score
from viewing.models import Bookmark

if TYPE_CHECKING:
    from accounts.models import Profile

__all__ = ["Following", "Item", "Occasion", "continue_watching", "paused"]

PAUSED_LIMIT: Final = 100


def continue_watching(*, profile: Profile, occasion: Occasion, limit: int) -> list[Item]:
    """The newest `limit` items, best score first.

    Three statements whatever the history.
    """
    now = occasion.now
    newest = list(newest_unfinished(profile, now, limit).values_list("pk", flat=True))
    found = list(shown_of(profile, newest, now))
    if len(newest) == limit and not set(newest) <= set(found):
        rows = cards_looking_further(profile, found, now, limit)
    else:
        rows = cards(profile, found, now)
    return by_score(list(islice(_items(list(rows)), limit)), occasion)


def paused(*, profile: Profile, now: datetime) -> list[Item]:
    """What was dismissed or left alone for 30 days, the last first; at most 100.

    A series that was left between two episodes shows the next one, as it did in the row. Two statements.
    """
    unfinished = [Item(bookmark) for bookmark in paused_unfinished(profile, now)[:PAUSED_LIMIT]]
    series = paused_series(profile, now)[:PAUSED_LIMIT]
    moved_on = [Item(ended, moved_to=Following.read(ended.following[0])) for ended in series]
    return sorted([*unfinished, *moved_on], key=lambda item: item.touched_at, reverse=True)[:PAUSED_LIMIT]


def _items(rows: Iterable[Bookmark]) -> Iterator[Item]:
    """Cards of what is unfinished, and of series whose newest episode is finished: those show the next one."""
    under_way = {row.content_id for row in rows if not row.completed}
    for row in rows:
        following = [Following.read(found) for found in row.following]
        first, second = [*following, None, None][:2]
        if not row.completed:
            yield Item(row, next_episode=first)
        elif first and first.id not in under_way:
            yield Item(row, next_episode=second, moved_to=first)
