"""A provider that understands queries as far as it knows the words: a stand-in for a real model in the tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from catalog.vectors.providers import EmbeddingError, Provider, Stamp
from catalog.vectors.providers.base import unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


class WordProvider(Provider):
    """Each word has an axis of its own, so the cosine of two texts tells how many words they share.

    It remembers what it was asked, and fails where it is told to.
    """

    name: ClassVar[str] = "words"
    understands_queries: ClassVar[bool] = True

    def __init__(self, *, model: str = "words", version: str = "1", dimension: int = 200) -> None:
        self._stamp = Stamp(model, version, dimension)
        self._axes: dict[str, int] = {}
        self.documents: list[str] = []
        self.queries: list[str] = []
        self.fails_at: str | None = None

    @property
    def stamp(self) -> Stamp:
        return self._stamp

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.fails_at and any(self.fails_at in text for text in texts):
            raise EmbeddingError("The provider of the tests was told to fail.")
        self.documents += texts
        return self._rows(texts)

    def embed_query(self, query: str) -> NDArray[np.float32]:
        self.queries.append(query)
        if self.fails_at:
            raise EmbeddingError("The provider of the tests was told to fail.")
        (row,) = self._rows([query])
        return np.asarray(row, dtype=np.float32)

    def _rows(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self._stamp.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.casefold()):
                row[self._axes.setdefault(word, len(self._axes)) % len(row)] += 1
        return unit_rows(rows)
