"""The age rating of a programme."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from lxml import etree

from epg.ratings import strictest
from epg.xmltv.texts import text_of

# Of the name of a system, of a value, and of both together.
LONGEST_RATING: Final = 100


def age_rating(elements: Sequence[etree._Element]) -> tuple[str | None, str | None]:
    """Of all <rating> elements the step of the maturity ladder, and the rating as written; see `epg.ratings`."""
    ratings = [((element.get("system") or "")[:LONGEST_RATING], _value(element)) for element in elements]
    return _remembered(tuple(ratings)) if ratings else (None, None)


def _value(rating: etree._Element) -> str:
    """What stands in <value>; before 2002 it was the text of <rating> itself."""
    is_usual = len(rating) == 1 and rating[0].tag == "value"
    return text_of(rating[0] if is_usual else rating)[:LONGEST_RATING]


@lru_cache(maxsize=1024)
def _remembered(ratings: tuple[tuple[str, str], ...]) -> tuple[str | None, str | None]:
    step, original = strictest([(system, value) for system, value in ratings if value])
    return step, original[:LONGEST_RATING] if original else None
