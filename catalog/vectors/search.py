"""Finding titles by what a query means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from pgvector.django import MaxInnerProduct

from catalog.models import SentenceVector
from catalog.vectors.index import INDEX_FROM, fixed_length
from catalog.vectors.providers import EmbeddingError, Stamp, current
from catalog.vectors.query_vectors import query_vector, say_once_a_minute
from common import db
from common.memory import recall, remember

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from catalog.querysets import TitleQuerySet

# A smaller cosine is chance (contract 2.2).
NEAR_ENOUGH: Final = 0.2
# So many of one title's sentences may be among the nearest, on average, before the index is asked for too few.
ROWS_PER_TITLE: Final = 3
# With fewer rows asked for, the index looks less far and misses more: 150 found .66 of the wanted films, 600 and the
# exact scan .71.
FEWEST_ROWS: Final = 600
SECONDS_COUNT_HOLDS: Final = 60


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A title, and the cosine between the query and the nearest of its sentences, from 0.2 to 1."""

    title_id: UUID
    similarity: float


def nearest_titles(query: str, titles: TitleQuerySet, limit: int) -> list[Neighbour] | None:
    """Those of `titles` that say what the query means, nearest first.

    None where that cannot be told, and keywords have to do: the provider does not understand queries, no title has a
    vector of its model, or it does not answer.
    """
    provider = current()
    if not provider.understands_queries:
        return None
    try:
        stamp = provider.stamp
    except EmbeddingError as error:
        say_once_a_minute(str(error))
        return None
    there = _sentences_there(stamp)
    vector = query_vector(provider, query) if there else None
    if vector is None:
        return None
    sentences = SentenceVector.objects.filter(**stamp._asdict(), title__in=titles.order_by().values("pk"))
    found = _by_index(sentences, stamp, vector, limit) if there >= INDEX_FROM else None
    return _by_reading_all(sentences, vector, limit) if found is None else found


def _sentences_there(stamp: Stamp) -> int:
    """How many there are of this model, counted no further than matters, and once a minute."""
    key = f"sentences-there:{stamp.digest}"
    known = recall(key)
    if known is None:
        known = SentenceVector.objects.filter(**stamp._asdict())[:INDEX_FROM].count()
        if known:
            remember(key, known, SECONDS_COUNT_HOLDS)
        else:
            say_once_a_minute(f"no title has a vector of {stamp} yet; run `manage.py embed_titles --stale`")
    return int(known)


def _by_reading_all(sentences: Any, vector: NDArray[np.float32], limit: int) -> list[Neighbour]:
    """Exact. All rows have unit length, so the inner product is the cosine; PostgreSQL has it negative."""
    nearest = sentences.values("title_id").annotate(distance=Min(MaxInnerProduct("vector", vector)))
    rows = nearest.filter(distance__lte=-NEAR_ENOUGH).order_by("distance", "title_id")
    return [Neighbour(title_id, -distance) for title_id, distance in rows.values_list("title_id", "distance")[:limit]]


def _by_index(sentences: Any, stamp: Stamp, vector: NDArray[np.float32], limit: int) -> list[Neighbour] | None:
    """The same by the index, nearly; None when it gave too few rows to fill the page, although there may be more."""
    wanted = max(limit * ROWS_PER_TITLE, FEWEST_ROWS)
    nearest = sentences.annotate(distance=MaxInnerProduct(fixed_length(stamp), vector)).order_by("distance")
    with transaction.atomic(savepoint=False):
        db.search_index_patiently()
        rows = list(nearest.values_list("title_id", "distance")[:wanted])
    best: dict[UUID, float] = {}
    for title_id, distance in rows:
        best[title_id] = max(-distance, best.get(title_id, -1.0))
    is_cut_off = len(best) < limit and all(-distance >= NEAR_ENOUGH for _, distance in rows)
    if is_cut_off:
        return None
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return [Neighbour(title_id, cosine) for title_id, cosine in ranked[:limit] if cosine >= NEAR_ENOUGH]
