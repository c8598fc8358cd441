"""What a title says about itself, and the words that search keeps of it. Pure, so that a migration may use it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from catalog.search.words import STOP_WORDS, is_unbroken, stem, trigrams, words_of

# Raise it when titles are read in another way: every document is then written anew by `index_titles`.
EDITION: Final = 1
# So much of a title, folded, tells it from all others; an index entry has no room for 500 characters of any script.
KEY_LENGTH: Final = 200
MOST_PEOPLE: Final = 200
MOST_TITLE_WORDS: Final = 100
# PostgreSQL ranks by the number of places of a word; more than these add next to nothing. Names need all of theirs.
MOST_PLACES: Final = 5
MOST_NAMESAKES: Final = 100
# Where each part begins. People stand apart, so that a first name and the next surname are no name.
_PEOPLE_FROM, _TEXT_FROM, _LAST_PLACE = 200, 8_000, 16_000
# Of a middling film: words of its description, people of its cast.
MIDDLING_WORDS: Final = 44
MIDDLING_PEOPLE: Final = 5


@dataclass(frozen=True, slots=True)
class Source:
    """What a title says about itself."""

    title: str
    texts: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    shelves: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The same as long as nothing of it changes, and the way it is read."""
        return hashlib.sha256(repr((EDITION, self.title, self.texts, self.people, self.shelves)).encode()).hexdigest()[
            :32
        ]


def sources(titles: QuerySet[Any], *, people: Any, shelves: Any) -> QuerySet[Any, dict[str, Any]]:
    """Rows for `source_of`, in one statement. `people` are all credits, `shelves` all genres."""
    billed = people.filter(title=OuterRef("pk")).order_by("sort_order", "id")
    return titles.order_by("id").values(
        "id",
        "title",
        "synopsis_short",
        "synopsis_long",
        "ai_description",
        "mood_tags",
        "theme_tags",
        people=ArraySubquery(billed.values("person__name")[:MOST_PEOPLE]),
        characters=ArraySubquery(billed.values("character_name")[:MOST_PEOPLE]),
        shelves=ArraySubquery(shelves.filter(titles=OuterRef("pk")).order_by("name").values("name")),
    )


def source_of(row: dict[str, Any]) -> Source:
    """What a row of `sources` says. The short synopsis is often the beginning of the long one: once is enough."""
    short, long = row["synopsis_short"] or "", row["synopsis_long"] or ""
    texts = [long, "" if short in long else short, row["ai_description"] or "", *filter(None, row["characters"])]
    return Source(
        title=row["title"],
        texts=tuple(filter(None, texts)),
        people=tuple(dict.fromkeys(row["people"])),
        shelves=(*row["shelves"], *row["mood_tags"], *row["theme_tags"]),
    )


class _Words:
    """The lexemes of a document with their places and weights."""

    def __init__(self) -> None:
        self.places: dict[str, list[str]] = {}

    def add(self, lexeme: str, place: int, weight: str) -> None:
        places = self.places.setdefault(lexeme, [])
        if len(places) < (MOST_NAMESAKES if weight == "B" else MOST_PLACES):
            places.append(f"{place}{weight}")

    def __str__(self) -> str:
        # Lexemes hold letters, digits and signs; no quote and no backslash ever.
        return " ".join(f"'{lexeme}':{','.join(places)}" for lexeme, places in self.places.items())


def describe(source: Source) -> dict[str, Any]:
    """The columns of a `SearchDocument`. Pure: the migration that fills the table uses it, too."""
    words = _Words()
    name = words_of(source.title)[:MOST_TITLE_WORDS]
    for place, word in enumerate(name, start=1):
        _add_as_typed(words, word, place, "A")
    for place, word in _places_of_names(source.people[:MOST_PEOPLE]):
        _add_as_typed(words, word, place, "B")
    for word in chain.from_iterable(words_of(shelf) for shelf in source.shelves):
        words.add(stem(word), _TEXT_FROM, "C")
    told = [word for text in source.texts for word in words_of(text) if word not in STOP_WORDS]
    for place, word in enumerate(told, start=_TEXT_FROM):
        words.add(stem(word), min(place, _LAST_PLACE), "D")
    parts = trigrams(name)
    return {
        "folded_title": folded(name),
        "words": str(words),
        "trigrams": " ".join(f"'{part}'" for part in sorted(parts)),
        "trigram_count": max(1, len(parts)),
        "fullness": fullness(len(told), len(source.people)),
        "digest": source.digest,
    }


def folded(words: Iterable[str]) -> str:
    """A title as it is compared: its words, folded, with single blanks."""
    return " ".join(words)[:KEY_LENGTH]


def fullness(words: int, people: int) -> float:
    """0.6 to 1.5, and 1 for a middling film: well-known titles have longer descriptions and casts."""
    by_words = 1 + 0.2 * math.log((words + 10) / (MIDDLING_WORDS + 10))
    by_people = 1 + 0.2 * math.log((people + 1) / (MIDDLING_PEOPLE + 1))
    return min(1.5, max(0.6, by_words * by_people))


def _add_as_typed(words: _Words, word: str, place: int, weight: str) -> None:
    words.add(word, place, weight)
    if (root := stem(word)) != word:
        words.add(root, place, weight)
    if is_unbroken(word) and len(word) > 1:
        for letter in word:
            words.add(letter, place, weight)


def _places_of_names(people: Sequence[str]) -> Iterator[tuple[int, str]]:
    place = _PEOPLE_FROM
    for name in people:
        for word in words_of(name):
            yield place, word
            place += 1
        place += 1
