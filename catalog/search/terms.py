"""How common each word is. Rare words tell titles apart, and they are looked up first."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, Func, TextField

from catalog.models import SearchDocument, SearchTerm

# Rarer words are not listed: they are all but unknown.
LEAST_LISTED: Final = 4
MOST_LISTED: Final = 60_000
# A catalogue that was never counted is taken for one of this size; nothing hangs on it.
SMALL: Final = 1_000
KEPT_SECONDS: Final = 300
TRIGRAM: Final = "~"
BATCH: Final = 2_000


@dataclass(frozen=True)
class Vocabulary:
    """The common words with the number of titles that have them."""

    documents: int
    counts: Mapping[str, int]
    words: list[str] = field(default_factory=list)

    def count(self, word: str) -> int:
        """In how many titles it occurs, at least 1."""
        return self.counts.get(word, 1)

    def count_beginning(self, prefix: str) -> int:
        """At most so many titles have a word that begins so."""
        behind = islice(self.words, bisect_left(self.words, prefix), None)
        total = 1
        for word in behind:
            if not word.startswith(prefix):
                break
            total += self.counts[word]
        return total

    def rarity(self, count: int) -> float:
        """The inverse document frequency, as BM25 has it: above 0, and the larger the rarer."""
        documents = self.documents or SMALL
        count = min(count, documents)
        return math.log(1 + (documents - count + 0.5) / (count + 0.5))


class _Kept:
    """The vocabulary as this process knows it: read once, and again after some minutes."""

    def __init__(self) -> None:
        self.vocabulary: Vocabulary | None = None
        self.until = 0.0

    def get(self) -> Vocabulary:
        if self.vocabulary is None or time.monotonic() > self.until:
            self.vocabulary = _read()
            self.until = time.monotonic() + KEPT_SECONDS
        return self.vocabulary

    def forget(self) -> None:
        self.vocabulary = None


_kept = _Kept()


def vocabulary() -> Vocabulary:
    """How common words are, at most five minutes ago."""
    return _kept.get()


def forget_vocabulary() -> None:
    """Read it afresh the next time; for this process only."""
    _kept.forget()


def refresh_terms() -> int:
    """Count the words of all documents afresh; returns how many words are common enough to be listed.

    One transaction; searches go on with the old counts meanwhile.
    """
    with transaction.atomic():
        counts = {"": SearchDocument.objects.count()}
        counts |= dict(_counted("words"))
        counts |= {TRIGRAM + part: count for part, count in _counted("trigrams")}
        _store(counts)
    forget_vocabulary()
    return len(counts) - 1


def _counted(column: str) -> Iterator[tuple[str, int]]:
    lexemes = Func(F(column), function="tsvector_to_array")
    each = Func(lexemes, function="unnest", output_field=TextField())
    each.set_returning = True
    counted = SearchDocument.objects.order_by().values(lexeme=each).annotate(documents=Count("*"))
    common: Any = counted.filter(documents__gte=LEAST_LISTED).order_by("-documents")
    yield from common.values_list("lexeme", "documents")[:MOST_LISTED].iterator()


def _store(counts: Mapping[str, int]) -> None:
    known = dict(SearchTerm.objects.order_by("term").select_for_update().values_list("term", "documents"))
    SearchTerm.objects.filter(term__in=known.keys() - counts.keys()).delete()
    changed = [
        SearchTerm(term=term, documents=count) for term, count in sorted(counts.items()) if known.get(term) != count
    ]
    SearchTerm.objects.bulk_create(
        changed, batch_size=BATCH, update_conflicts=True, unique_fields=["term"], update_fields=["documents"]
    )


def _read() -> Vocabulary:
    counts = dict(SearchTerm.objects.values_list("term", "documents"))
    documents = counts.pop("", 0)
    return Vocabulary(documents, counts, sorted(word for word in counts if not word.startswith(TRIGRAM)))
