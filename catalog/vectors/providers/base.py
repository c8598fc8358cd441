"""What every provider of vectors offers."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class EmbeddingError(Exception):
    """A provider cannot compute. The message is one sentence for the operator, and holds no secret."""


class TextRefusedError(EmbeddingError):
    """A provider cannot compute the vector of this text; that says nothing about others."""


class Stamp(NamedTuple):
    """Whose computation a vector is; only vectors with the same stamp can be compared."""

    model: str
    version: str
    dimension: int

    @property
    def digest(self) -> str:
        """For names of indexes and keys of the cache, which take no model's name."""
        return hashlib.blake2b(repr(tuple(self)).encode(), digest_size=8).hexdigest()

    def __str__(self) -> str:
        """For people."""
        return f"{self.model} ({self.dimension} numbers, version {self.version})"


class Provider(ABC):
    """Makes vectors of texts. Rows have unit length, or are zeros where a text says nothing."""

    name: ClassVar[str]
    # Whether a query's vector lies near the texts that answer it. Such a provider is given sentences, batch by batch;
    # another one the words of all titles at once, for it compares them with each other.
    understands_queries: ClassVar[bool]

    @property
    @abstractmethod
    def stamp(self) -> Stamp:
        """What it marks its vectors with. Raises `EmbeddingError`."""

    @abstractmethod
    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """`(len(texts), dimension) float32`, in the order of the texts. Raises `EmbeddingError`."""

    @abstractmethod
    def embed_query(self, query: str) -> NDArray[np.float32]:
        """`(dimension,) float32`. Quick or not at all: somebody waits. Raises `EmbeddingError`."""


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same directions with length 1; zeros stay zeros."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)
