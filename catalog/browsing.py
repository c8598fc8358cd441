"""Narrowing and ordering the catalogue by what a query asks for (contract 2.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from catalog.querysets import TitleQuerySet

if TYPE_CHECKING:
    from accounts.models import Profile

Word = Callable[..., Any]

# What a query may narrow by, and the word for it; what is left empty narrows nothing.
FILTERS: Final[Mapping[str, Word]] = {
    "genre": TitleQuerySet.of_genre,
    "type": TitleQuerySet.of_type,
    "year_from": TitleQuerySet.released_since,
    "year_to": TitleQuerySet.released_until,
    "country": TitleQuerySet.from_country,
    "language": TitleQuerySet.in_language,
    "maturity": TitleQuerySet.rated_up_to,
    "mood": TitleQuerySet.of_mood,
    "collection": TitleQuerySet.of_collection,
}
SORTS: Final[Mapping[str, Word]] = {
    "title": TitleQuerySet.alphabetical,
    "newest": TitleQuerySet.newest_first,
    "year": TitleQuerySet.latest_first,
}


def narrowed(profile: Profile | None, query: Mapping[str, Any]) -> TitleQuerySet:
    """What this profile may see of what the query asks for, in no order yet."""
    from catalog.models import Title

    titles: Any = Title.objects.visible_to(profile)
    for name, word in FILTERS.items():
        if (value := query.get(name)) not in (None, ""):
            titles = word(titles, value)
    return titles  # type: ignore[no-any-return]


def in_order(titles: TitleQuerySet, query: Mapping[str, Any]) -> TitleQuerySet:
    """By `sort`; without one a collection keeps the order its editors gave it, and the rest runs from A to Z."""
    if sort := query.get("sort"):
        return SORTS[sort](titles)  # type: ignore[no-any-return]
    return titles.in_editorial_order() if query.get("collection") else titles.alphabetical()
