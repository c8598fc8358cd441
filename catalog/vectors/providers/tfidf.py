"""The provider that needs no download: the words of this catalogue, compared with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from catalog.vectors.providers.base import EmbeddingError, Provider, Stamp, unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSIONS: Final = 128
LARGEST_VOCABULARY: Final = 40_000
SMALL_CATALOGUE: Final = 1_000


class TfidfProvider(Provider):
    """Weighs words by TF-IDF and keeps the strongest directions (latent semantic analysis, Deerwester et al. 1990).

    The catalogue's mean is taken off, because what all titles share says nothing about any of them. It finds titles
    that are alike and does not understand a query: a few words lie near nothing. Vectors of two computations cannot
    be compared, so it is given all titles at once.
    """

    name: ClassVar[str] = "tfidf"
    understands_queries: ClassVar[bool] = False

    @property
    def stamp(self) -> Stamp:
        """Always the same."""
        return Stamp(f"tfidf-svd-{DIMENSIONS}", "1", DIMENSIONS)

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each text of the catalogue."""
        return vectors_of(texts)

    def embed_query(self, query: str) -> NDArray[np.float32]:
        """Never."""
        raise EmbeddingError("The vectors of tfidf compare titles with each other, not with a query.")


def vectors_of(texts: Sequence[str]) -> NDArray[np.float32]:
    """One row of unit length per text, `(len(texts), DIMENSIONS) float32`; zeros where a text says nothing."""
    from catalog.vectors.providers.lsa import strongest_directions, word_weights

    result = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    # A word of one title in thousands tells nothing about its likeness to the others.
    rarest = 2 if len(texts) >= SMALL_CATALOGUE else 1
    weights = word_weights(texts, rarest=rarest, largest_vocabulary=LARGEST_VOCABULARY)
    kept = min(DIMENSIONS, weights.shape[0] - 1, weights.shape[1] - 1)
    if kept < 1:
        return result
    rows = strongest_directions(weights, kept)
    said_something = weights.getnnz(axis=1) > 0
    rows -= rows[said_something].mean(axis=0)
    known = said_something & (np.linalg.norm(rows, axis=1) > 1e-5)
    result[known, : rows.shape[1]] = unit_rows(rows[known])
    return result
