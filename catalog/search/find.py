"""What views call: a page of titles for some words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.search import hybrid
from catalog.search.keyword import keyword_hits
from catalog.search.reasons import fields_of, reason

if TYPE_CHECKING:
    from uuid import UUID

    from catalog.models import Title
    from catalog.querysets import TitleQuerySet
    from catalog.search.hybrid import Hit, Mode


@dataclass(frozen=True, slots=True)
class Found:
    """A title with what its card says about the search."""

    title: Title
    hit: Hit
    reason: str


def keyword_page(words: str, titles: TitleQuerySet, *, page: int, page_size: int) -> tuple[list[Title], int]:
    """A page of the hits among `titles`, best first, and how many hits there are (at most 1,000).

    `titles` is scoped and narrowed by the caller; its own order does not matter. Two statements.
    """
    hits = keyword_hits(words, titles)
    ids = [hit.title_id for hit in _page(hits, page, page_size)]
    return list(_read(titles, ids).values()), len(hits)


def search_page(text: str, titles: TitleQuerySet, mode: Mode, *, page: int, page_size: int) -> tuple[list[Found], Mode]:
    """A page of what was found among `titles`, and the mode that it was found by. At most four statements."""
    hits, used = hybrid.search(text, titles, mode)
    wanted = _page(hits, page, page_size)
    rows = _read(titles.annotate(**fields_of(text)), [hit.title_id for hit in wanted])
    shown = [(rows[hit.title_id], hit) for hit in wanted if hit.title_id in rows]
    return [Found(title, hit, reason(hit, title)) for title, hit in shown], used


def _page(hits: Sequence[Any], page: int, page_size: int) -> Sequence[Any]:
    return hits[(page - 1) * page_size : page * page_size]


def _read(titles: TitleQuerySet, ids: Sequence[UUID]) -> dict[UUID, Title]:
    """Those of the ids that are still there, in the order of the ids."""
    found = {title.id: title for title in titles.filter(id__in=ids).order_by()} if ids else {}
    return {title_id: found[title_id] for title_id in ids if title_id in found}
