"""A profile's taste: the centre of what it has watched and liked (contract 2.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

import numpy as np

from catalog.models import ContentVector
from catalog.vectors import of_current_model
from catalog.visibility import on_show
from viewing.models import Bookmark, Rating, WatchlistItem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from accounts.models import Profile

NEWEST_BOOKMARKS: Final = 200
LIKE_WEIGHT: Final = 2


@dataclass(frozen=True, slots=True)
class Taste:
    """What a profile is drawn to, and what it has touched already.

    `centroid` is `(DIMENSIONS,) float32`; None when nothing the profile watched or liked has a vector.
    """

    centroid: NDArray[np.float32] | None
    touched: frozenset[UUID]


def taste_of(profile: Profile) -> Taste:
    """Read it from bookmarks, thumbs and watchlist; four statements."""
    watched, thumbs = list(_watched(profile)), _thumbs(profile)
    kept = WatchlistItem.objects.of(profile).values_list("title_id", flat=True)
    return Taste(centroid=_centroid(_weights(watched, thumbs)), touched=frozenset({*watched, *thumbs, *kept}))


def centroid_of(profile: Profile) -> NDArray[np.float32] | None:
    """Its centroid alone; three statements."""
    return _centroid(_weights(list(_watched(profile)), _thumbs(profile)))


def _weights(watched: Sequence[UUID], thumbs: Mapping[UUID, int]) -> Counter[UUID]:
    weights = Counter(watched[:NEWEST_BOOKMARKS])
    for title_id, thumb in thumbs.items():
        if thumb > 0:
            weights[title_id] += LIKE_WEIGHT
        else:
            del weights[title_id]
    return weights


def _thumbs(profile: Profile) -> dict[UUID, int]:
    return dict(Rating.objects.of(profile).values_list("title_id", "rating"))


def _watched(profile: Profile) -> dict[UUID, None]:
    """Titles with a bookmark, newest first, each once; an episode counts for its series."""
    rows = Bookmark.objects.of(profile).filter(on_show(prefix="title__"), title__isnull=False).order_by("-updated_at")
    return dict.fromkeys(title_id for title_id in rows.values_list("title_id", flat=True) if title_id)


def _centroid(weights: Counter[UUID]) -> NDArray[np.float32] | None:
    rows = ContentVector.objects.filter(of_current_model(), title_id__in=weights).values_list("title_id", "vector")
    vectors = {title_id: np.asarray(vector, dtype=np.float32) for title_id, vector in rows}
    if not vectors:
        return None
    stacked = np.stack(list(vectors.values()))
    centroid = np.average(stacked, axis=0, weights=[weights[title_id] for title_id in vectors])
    return centroid.astype(np.float32) if centroid.any() else None
