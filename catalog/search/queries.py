"""A query as search understands it: its words with their rarity, its trigrams, and what rows are looked up by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, TypeVar

from catalog.search.matching import beginning_with, quoted
from catalog.search.reading import folded
from catalog.search.terms import TRIGRAM, Vocabulary
from catalog.search.words import STOP_WORDS, is_unbroken, stem, telling, trigrams, words_of

# What is longer is cut: who pastes a page finds what its beginning finds.
MOST_WORDS: Final = 40
MOST_TRIGRAMS: Final = 64
MOST_NAME_WORDS: Final = 5
SHORTEST_BEGINNING: Final = 3
# So many rows are looked at because of their words, and because of their trigrams: the rarest ones come first, so that
# the answer hardly depends on the rest, and the effort not on the size of the catalogue.
ROWS_BY_WORDS: Final = 1_000
ROWS_BY_TRIGRAMS: Final = 1_500
# The rarest one alone may have so many. Where it has more, some of them have to do.
ROWS_AT_MOST: Final = 3_000
# A title that has half of the trigrams lacks all of these with a chance of less than one in a hundred.
TRIGRAMS_LOOKED_UP: Final = 7

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query: its stem, in how many titles it is, its share of what the query says (0 to 1)."""

    stem: str
    count: int
    weight: float
    # The last word as it was typed, where it is no known word and so perhaps the beginning of one.
    beginning: str | None = None

    @property
    def forms(self) -> list[str]:
        """What of it may be found."""
        if self.beginning is None:
            return [quoted(self.stem)]
        # As PostgreSQL ranks, the beginning would be taken for the same word as an equal stem.
        same = self.stem == self.beginning
        return [beginning_with(self.beginning)] if same else [quoted(self.stem), beginning_with(self.beginning)]


@dataclass(frozen=True, slots=True)
class Query:
    """A query, ready to be asked."""

    title: str
    words: Sequence[Word]
    # The whole query read as somebody's name, and whether its last word may go on.
    name: Sequence[str]
    may_go_on: bool
    trigrams: Sequence[str]
    # What rows are looked up by.
    rare_words: Sequence[Word]
    rare_trigrams: Sequence[str]
    # Whether nobody counted words yet, so that there may be many more rows than that.
    is_uncounted: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is a word."""
        return not self.title

    @property
    def common_word(self) -> Word | None:
        """The rarest word, where even that is in too many titles to look at all of them."""
        return None if self.rare_words else min(self.words, key=lambda word: word.count, default=None)


def read(text: str, vocabulary: Vocabulary) -> Query:
    """Understand what somebody typed."""
    typed = words_of(text)[:MOST_WORDS]
    words = _weighed(typed, vocabulary)
    parts = sorted(trigrams(typed))[:MOST_TRIGRAMS]
    rare = _rarest(words, lambda word: word.count, ROWS_BY_WORDS)
    return Query(
        title=folded(typed),
        words=words,
        name=typed if len(typed) <= MOST_NAME_WORDS else (),
        may_go_on=len(typed) > 1 or _may_go_on(typed),
        trigrams=parts,
        rare_words=rare,
        rare_trigrams=_rarest_half(parts, lambda part: vocabulary.count(TRIGRAM + part)),
        is_uncounted=vocabulary.documents == 0,
    )


def _weighed(typed: Sequence[str], vocabulary: Vocabulary) -> list[Word]:
    stems = dict.fromkeys(stem(word) for word in telling(typed))
    last = typed[-1] if _may_go_on(typed) and stem(typed[-1]) not in vocabulary.counts else None
    counts = {each: vocabulary.count(each) for each in stems}
    if last:
        counts[stem(last)] = vocabulary.count_beginning(last)
    rarities = {each: vocabulary.rarity(count) for each, count in counts.items()}
    whole = sum(rarities.values())
    return [
        Word(each, counts[each], rarity / whole, last if last and each == stem(last) else None)
        for each, rarity in rarities.items()
    ]


def _may_go_on(typed: Sequence[str]) -> bool:
    last = typed[-1] if typed else ""
    return len(last) >= SHORTEST_BEGINNING and not is_unbroken(last) and last not in STOP_WORDS


def _rarest_half(parts: Sequence[str], count: Callable[[str], int]) -> list[str]:
    """Who shares half of the trigrams has one of these: one more than the other half."""
    rarest = sorted(parts, key=count)[: len(parts) // 2 + 1]
    # Those that hardly any title has cost nothing, and a slip of the finger makes them.
    known = [part for part in rarest if count(part) > 1][:TRIGRAMS_LOOKED_UP]
    return [part for part in rarest if count(part) <= 1] + _rarest(known, count, ROWS_BY_TRIGRAMS)


def _rarest(things: Iterable[Thing], count: Callable[[Thing], int], rows: int) -> list[Thing]:
    """As many as have so many rows together; the first one in any case, unless it is far too common."""
    ordered = sorted(things, key=count)
    totals = accumulate(map(count, ordered))
    kept = [thing for thing, total in zip(ordered, totals, strict=True) if total <= rows]
    return kept or [thing for thing in ordered[:1] if count(thing) <= ROWS_AT_MOST]
