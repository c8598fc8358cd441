"""A guide whose times are shifted as a whole: the mark of a wrong time zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from epg.importing.schedule import HOUR, Slot
from epg.importing.stored import Stored

# So many programmes at least, and such a share of them, have to agree before anybody is told.
FEWEST: Final = 10
MOST_OF_THEM: Final = 0.9
FEW_OF_THEM: Final = 0.5
LOOKED_AT: Final = 50
STEP: Final = HOUR // 2
FARTHEST: Final = 14 * HOUR


def shift_between(rows: Sequence[Stored], slots: Sequence[Slot], now: float) -> int | None:
    """By how many seconds the guide has moved nearly everything that is still to come; None if it has not.

    Only whole and half hours up to 14 count: nobody reschedules a channel like that, but software takes one time zone
    for another.
    """
    titles = {row.start: row.title for row in rows if row.start > now}
    coming = [slot for slot in slots if slot.start > now]
    if min(len(titles), len(coming)) < FEWEST or _share(titles, coming, 0) >= FEW_OF_THEM:
        return None
    shares = {shift: _share(titles, coming, shift) for shift in _candidates(titles, coming)}
    best = max(shares, key=lambda shift: shares[shift], default=0)
    return best if shares.get(best, 0) >= MOST_OF_THEM else None


def _candidates(titles: Mapping[float, str], slots: Sequence[Slot]) -> list[int]:
    """The shifts that bring some of the programmes to their titles."""
    found = Counter(
        shift
        for slot in slots[:: max(len(slots) // LOOKED_AT, 1)]
        for shift in range(-FARTHEST, FARTHEST + 1, STEP)
        if shift and titles.get(slot.start - shift) == slot.title
    )
    return [shift for shift, _times in found.most_common(FEWEST)]


def _share(titles: Mapping[float, str], slots: Sequence[Slot], shift: int) -> float:
    """Of the programmes that have something where they would have been, how many are the same."""
    met = [titles[slot.start - shift] == slot.title for slot in slots if slot.start - shift in titles]
    return sum(met) / len(met) if len(met) >= FEWEST else 0.0
