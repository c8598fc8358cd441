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
from django.db.models import Count, F, Func, QuerySet, TextField

from catalog.models import SearchDocument, SearchTerm

# Rarer words are not listed: they are all but unknown.
LEAST_LISTED: Final = 4
MOST_LISTED: Final = 60_000
# A catalogue that was never counted is taken for one of this size; nothing hangs on it.
SMALL: Final = 1_000
KEPT_SECONDS: Final = 300
TRIGRAM: Final = "~"
# Under these no word is listed: how many titles there were, and the number of this counting.
ALL, EDITION = "", "#"
BATCH: Final = 2_000
# Counts of fewer or more titles than there are, by more than this share, are out of date.
DRIFT: Final = 0.1
# Who searches among titles that nobody counted reads so many of them, and guesses the rest.
SAMPLE: Final = 1_000


@dataclass(frozen=True)
class Vocabulary:
    """The common words with the number of titles that have them."""

    documents: int
    counts: Mapping[str, int]
    words: list[str] = field(default_factory=list)
    # Of the counting that it was read from; None for an estimate.
    edition: int | None = None

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
            self.vocabulary = _read(self.vocabulary)
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


def refresh_terms_if_outdated() -> bool:
    """Count afresh where nobody did, or there were far more or fewer titles then; whether that was necessary.

    Otherwise two quick looks.
    """
    if not _is_outdated(_stored(ALL), SearchDocument.objects.count()):
        return False
    refresh_terms()
    return True


def refresh_terms(documents: Any = SearchDocument.objects, terms: Any = SearchTerm.objects) -> int:
    """Count the words of all documents afresh; returns how many words are common enough to be listed.

    One transaction; searches go on with the old counts meanwhile. A migration hands in its own tables.
    """
    with transaction.atomic(using=terms.db):
        counts = _counts_of(documents.all())
        _store(terms, counts)
    forget_vocabulary()
    return len(counts) - 1


def _counts_of(documents: QuerySet[Any]) -> dict[str, int]:
    counts = {ALL: documents.count()}
    counts |= dict(_counted(documents, "words"))
    return counts | {TRIGRAM + part: count for part, count in _counted(documents, "trigrams")}


def _counted(documents: QuerySet[Any], column: str) -> Iterator[tuple[str, int]]:
    lexemes = Func(F(column), function="tsvector_to_array")
    each = Func(lexemes, function="unnest", output_field=TextField())
    each.set_returning = True
    counted = documents.order_by().values(lexeme=each).annotate(documents=Count("*"))
    common: Any = counted.filter(documents__gte=LEAST_LISTED).order_by("-documents")
    yield from common.values_list("lexeme", "documents")[:MOST_LISTED].iterator()


def _store(terms: Any, counts: Mapping[str, int]) -> None:
    known = dict(terms.order_by("term").select_for_update().values_list("term", "documents"))
    edition = known.pop(EDITION, 0)
    gone = known.keys() - counts.keys()
    changed = {term: count for term, count in counts.items() if known.get(term) != count}
    if edition and not (gone or changed):
        return
    terms.filter(term__in=gone).delete()
    changed[EDITION] = edition + 1
    rows = [terms.model(term=term, documents=count) for term, count in sorted(changed.items())]
    terms.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["term"], update_fields=["documents"]
    )


def _stored(term: str) -> int | None:
    return SearchTerm.objects.filter(term=term).values_list("documents", flat=True).first()


def _is_outdated(counted: int | None, there: int) -> bool:
    return there > 0 if counted is None else abs(there - counted) > DRIFT * max(there, counted)


def _read(known: Vocabulary | None) -> Vocabulary:
    """What is stored, unless that is known; an estimate where what is stored is out of date."""
    heads = dict(SearchTerm.objects.filter(term__in=[ALL, EDITION]).values_list("term", "documents"))
    counted, edition = heads.get(ALL), heads.get(EDITION)
    there = SearchDocument.objects.count()
    if _is_outdated(counted, there) and (counted or 0) < SAMPLE:
        return _estimate(there)
    if known and edition is not None and known.edition == edition:
        return known
    counts = dict(SearchTerm.objects.exclude(term__in=[ALL, EDITION]).values_list("term", "documents"))
    return _vocabulary(counted or 0, counts, edition)


def _estimate(there: int) -> Vocabulary:
    """From some of the documents: their ids are random. Nothing is written, for somebody waits for an answer."""
    some = SearchDocument.objects.order_by("pk").values("pk")[:SAMPLE]
    counts = _counts_of(SearchDocument.objects.filter(pk__in=some))
    share = max(1.0, there / max(1, counts.pop(ALL)))
    return _vocabulary(there, {term: round(count * share) for term, count in counts.items()}, None)


def _vocabulary(documents: int, counts: Mapping[str, int], edition: int | None) -> Vocabulary:
    return Vocabulary(documents, counts, sorted(word for word in counts if not word.startswith(TRIGRAM)), edition)
