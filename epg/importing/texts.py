"""Texts of a guide in columns that hold less, and as the report quotes them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, cast

from django.db.models import Model

LONGEST_QUOTE: Final = 60
END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC).timestamp()


@cache
def length_of(model: type[Model], name: str) -> int:
    """How many characters a text field holds."""
    return cast("int", cast("Any", model._meta.get_field(name)).max_length)


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` characters: cut after a word where there is one, marked with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if not text[limit - 1].isspace():
        words = head.rpartition(" ")[0]
        head = words if len(words) > limit // 2 else _whole_characters(head, text)
    return head.rstrip(" ,;:–-") + "…"


def _whole_characters(head: str, text: str) -> str:
    """Without a last letter whose accents were cut off."""
    while head and unicodedata.combining(text[len(head)]):
        head = head[:-1]
    return head


def quoted(text: str) -> str:
    """A title within a sentence."""
    return f"“{cut(text, LONGEST_QUOTE)}”"


def moment(seconds: float) -> datetime:
    """A moment from seconds since 1970, in UTC; what a calendar cannot hold is its last moment.

    A programme may end then, as one without an end: as a float, its last microsecond is the year 10000.
    """
    return datetime.fromtimestamp(seconds, UTC) if seconds < END_OF_TIME else datetime.max.replace(tzinfo=UTC)


def clock_of(seconds: float) -> str:
    """A moment within a sentence, as "24 Oct 06:00"; UTC, as all times of the guide."""
    return f"{moment(seconds):%d %b %H:%M}"
