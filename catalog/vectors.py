"""Content vectors: where each title stands by what it is about.

This provider reads the words of a title (synopsis, genres, tags, people), weighs them by TF-IDF and keeps the
strongest `DIMENSIONS` directions (latent semantic analysis: truncated SVD, Deerwester et al. 1990). The
catalogue's mean is taken off, because what all titles share says nothing about any of them. It needs no
download and finds titles that are alike; it does not understand a query.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from django.db import transaction
from django.db.models import Prefetch

from catalog.models import ContentVector, Credit, Title
from common import audit
from common.progress import Progress, unwatched

if TYPE_CHECKING:
    from uuid import UUID

    from numpy.typing import NDArray

DIMENSIONS: Final = 128
PROVIDER: Final = f"tfidf-svd-{DIMENSIONS}"
LARGEST_VOCABULARY: Final = 40_000
SMALL_CATALOGUE: Final = 1_000
WRITE_BATCH: Final = 1_000
BILLED_PEOPLE: Final = 6


def embed_catalogue(*, progress: Progress = unwatched) -> int:
    """Compute the vector of every title afresh and store them in one transaction; returns how many.

    Deleted titles have theirs, too: vectors of two computations cannot be compared, and a restored title is to be
    near its like at once. `progress` is called with the number of rows just written. A title without any words gets
    no vector.
    """
    ids, texts = _read_texts()
    vectors = vectors_of(texts)
    rows = [
        ContentVector(title_id=title_id, vector=vector, provider=PROVIDER)
        for title_id, vector in zip(ids, vectors, strict=True)
        if vector.any()
    ]
    with transaction.atomic(), audit.one_entry(Title, "content vectors computed") as report:
        # Titles may have been removed while their vectors were computed.
        remaining = set(Title.with_deleted.values_list("id", flat=True))
        rows = [row for row in rows if row.title_id in remaining]
        ContentVector.objects.exclude(title_id__in=[row.title_id for row in rows]).delete()
        for batch in _batches(rows):
            ContentVector.objects.bulk_create(
                batch,
                update_conflicts=True,
                unique_fields=["title"],
                update_fields=["vector", "provider", "updated_at"],
            )
            progress(len(batch))
        if rows:
            report["vectors"] = len(rows)
    return len(rows)


def vectors_of(texts: Sequence[str]) -> NDArray[np.float32]:
    """One row of unit length per text, `(len(texts), DIMENSIONS) float32`; zeros where a text says nothing."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    result = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    vectorizer = TfidfVectorizer(
        stop_words="english",
        sublinear_tf=True,
        strip_accents="unicode",
        # A word of one title in thousands tells nothing about its likeness to the others.
        min_df=2 if len(texts) >= SMALL_CATALOGUE else 1,
        max_features=LARGEST_VOCABULARY,
    )
    try:
        weights = vectorizer.fit_transform(texts)
    except ValueError:  # not a single word in all the texts
        return result
    kept = min(DIMENSIONS, weights.shape[0] - 1, weights.shape[1] - 1)
    if kept < 1:
        return result
    with np.errstate(invalid="ignore"):  # the share of an explained variance of nought
        dense = TruncatedSVD(n_components=kept, random_state=0).fit_transform(weights)
    said_something = weights.getnnz(axis=1) > 0
    dense -= dense[said_something].mean(axis=0)
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    known = said_something & (lengths[:, 0] > 1e-9)
    result[known, :kept] = dense[known] / lengths[known]
    return result


def text_of(title: Title) -> str:
    """What the vector is made of. A genre or a person's name counts as one word; a theme shares the synopses' words.

    Moods are left out: where only some titles carry them, they make those alike for carrying any.
    """
    words = [title.title, title.synopsis_short or "", title.synopsis_long or "", *title.theme_tags]
    people = [credit.person.name for credit in list(title.credits.all())[:BILLED_PEOPLE]]
    return " ".join([*words, *(_one_word(label) for label in [*title.genre_names, *people])])


def _one_word(label: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in label.lower())


def _read_texts() -> tuple[list[UUID], list[str]]:
    people = Prefetch("credits", Credit.objects.select_related("person"))
    titles = Title.with_deleted.order_by("id").prefetch_related("genres", people)
    pairs = [(title.id, text_of(title)) for title in titles.iterator(chunk_size=2_000)]
    return [title_id for title_id, _ in pairs], [text for _, text in pairs]


def _batches(rows: Sequence[ContentVector]) -> Iterator[Sequence[ContentVector]]:
    for start in range(0, len(rows), WRITE_BATCH):
        yield rows[start : start + WRITE_BATCH]
