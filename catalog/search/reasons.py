"""Why a title was found, in a few words for its card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from catalog.search import keyword
from catalog.search.matching import Rank

if TYPE_CHECKING:
    from catalog.models import Title
    from catalog.search.hybrid import Hit

TITLE, CAST, DESCRIPTION = "Title match", "Cast match", "Description match"
# By contract 2.2 in three steps; a cosine of 0.2 is the least there is.
CLOSENESS: Final = ((0.6, "Very close theme"), (0.4, "Close theme"), (0.2, "Related theme"))
SEPARATOR: Final = " · "
# Weights D, C, B, A: what is told and the shelves; the people; the title.
FIELDS: Final = {"in_title": "{0,0,0,1}", "in_cast": "{0,0,1,0}", "in_text": "{1,1,0,0}"}


def fields_of(text: str) -> dict[str, Rank]:
    """Annotations of titles: how much of the query is in each field."""
    parts = keyword.parts_of(text)
    return {name: Rank("search_document__words", parts, weights) for name, weights in FIELDS.items()}


def reason(hit: Hit, title: Title) -> str:
    """The field that matched, and how close the theme is."""
    return SEPARATOR.join(filter(None, [_field(hit, title), _closeness(hit.similarity)]))


def _field(hit: Hit, title: Any) -> str | None:
    if hit.keyword is None:
        return None
    in_title, in_cast, in_text = (getattr(title, field) or 0.0 for field in FIELDS)
    if hit.keyword.is_close or in_title > max(in_cast, in_text):
        return TITLE
    return CAST if in_cast > in_text else DESCRIPTION


def _closeness(similarity: float | None) -> str | None:
    if similarity is None:
        return None
    return next((label for least, label in CLOSENESS if similarity > least), CLOSENESS[-1][1])
