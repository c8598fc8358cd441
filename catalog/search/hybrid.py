"""Keywords and meaning together: two lists of hits become one."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from catalog.search.keyword import KeywordHit, keyword_hits
from catalog.vectors.search import Neighbour, nearest_titles

if TYPE_CHECKING:
    from uuid import UUID

    from catalog.querysets import TitleQuerySet

logger = logging.getLogger(__name__)

Mode = Literal["hybrid", "keyword", "semantic"]
MODES: Final[tuple[Mode, ...]] = ("hybrid", "keyword", "semantic")
# Shorter queries mean nothing yet (contract 2.2).
SHORTEST_MEANING: Final = 3
MOST_NEIGHBOURS: Final = 200
# Reciprocal rank fusion (Cormack et al. 2009), k by contract 2.2. A title in both lists, however far down, outweighs
# the first of one; so only the beginnings of the lists are fused, and the rest follows in its order.
RRF_K: Final = 60
FUSED: Final = 40
# A title (nearly) as it was asked for, or all that was asked for in one title: no guess at a meaning comes before it.
SURE_BY_TITLE: Final = 0.75
SURE_BY_WORDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A title that was found; `keyword` and `similarity` say how, and one of them is there."""

    title_id: UUID
    keyword: KeywordHit | None
    similarity: float | None

    @property
    def match_type(self) -> Literal["keyword", "semantic", "both"]:
        """How it was found (contract 1.8)."""
        if self.keyword is None:
            return "semantic"
        return "keyword" if self.similarity is None else "both"


def search(text: str, titles: TitleQuerySet, mode: Mode) -> tuple[list[Hit], Mode]:
    """The hits among `titles`, best first, and the mode that they were found by.

    That is "keyword" where the text is too short to mean anything, and where the vectors cannot tell.
    """
    near = _neighbours(text, titles) if mode != "keyword" else None
    if near is None:
        return [Hit(hit.title_id, hit, None) for hit in keyword_hits(text, titles)], "keyword"
    if mode == "semantic":
        return [Hit(neighbour.title_id, None, neighbour.similarity) for neighbour in near], mode
    return merge(keyword_hits(text, titles), near), mode


def merge(words: Sequence[KeywordHit], near: Sequence[Neighbour]) -> list[Hit]:
    """What is surely meant, then both lists fused, then what is left of the keywords, then of the neighbours."""
    by_words = {hit.title_id: hit for hit in words}
    by_meaning = {neighbour.title_id: neighbour.similarity for neighbour in near}
    sure = [hit.title_id for hit in words if is_sure(hit)]
    fused = fuse([by_words, by_meaning])
    order = dict.fromkeys([*sure, *fused, *by_words, *by_meaning])
    return [Hit(title_id, by_words.get(title_id), by_meaning.get(title_id)) for title_id in order]


def is_sure(hit: KeywordHit) -> bool:
    """Whether the words leave little doubt."""
    return hit.score >= (SURE_BY_TITLE if hit.is_close else SURE_BY_WORDS) and (hit.is_close or hit.is_whole)


def fuse(lists: Sequence[Iterable[UUID]]) -> list[UUID]:
    """Reciprocal rank fusion of the beginnings; of equals the one that came first in the first list."""
    scores: dict[UUID, float] = defaultdict(float)
    for ranking in lists:
        for rank, title_id in enumerate(islice(ranking, FUSED), start=1):
            scores[title_id] += 1 / (RRF_K + rank)
    return sorted(scores, key=lambda title_id: -scores[title_id])


def _neighbours(text: str, titles: TitleQuerySet) -> list[Neighbour] | None:
    if len(text.strip()) < SHORTEST_MEANING:
        return None
    near = nearest_titles(text, titles, MOST_NEIGHBOURS)
    if near is None:
        logger.debug("Vectors cannot tell what a query means; keywords answer it.")
    return near
