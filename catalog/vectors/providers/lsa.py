"""Latent semantic analysis (Deerwester et al. 1990) in little memory: weights of words, and their strongest directions.

A library for machine learning would do the same in fewer lines here and 60 MB more for each process that imports it.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse import csr_matrix

from catalog.search.words import STOP_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORD: Final = re.compile(r"\w\w+")
# So many directions more than are kept, and so many rounds: the strongest come out exactly (Halko et al. 2011).
SPARE: Final = 10
ROUNDS: Final = 5


def word_weights(texts: Sequence[str], *, rarest: int, largest_vocabulary: int) -> Any:
    """TF-IDF, a row of length 1 (or of zeros) for each text: (1 + ln tf) · (1 + ln((1 + n) / (1 + df))).

    Words in fewer than `rarest` texts do not count, and of the others only the most frequent ones.
    """
    counts = _word_counts(texts)
    in_texts = np.bincount(counts.indices, minlength=counts.shape[1])
    frequent = np.asarray(counts.sum(axis=0)).ravel().argsort(kind="stable")[::-1]
    kept = np.sort([word for word in frequent.tolist() if in_texts[word] >= rarest][:largest_vocabulary])
    weights = counts[:, kept.astype(np.intp)]
    weights.data = 1 + np.log(weights.data)
    rarity = (1 + np.log((1 + len(texts)) / (1 + in_texts[kept.astype(np.intp)]))).astype(np.float32)
    weights.data *= rarity[weights.indices]
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    weights.data /= np.repeat(lengths, np.diff(weights.indptr))
    return weights


def _word_counts(texts: Sequence[str]) -> Any:
    numbers: dict[str, int] = {}
    words, times, ends = array("i"), array("f"), array("i", [0])
    for text in texts:
        for word, count in Counter(_words(text)).items():
            words.append(numbers.setdefault(word, len(numbers)))
            times.append(count)
        ends.append(len(words))
    shape = (len(texts), len(numbers))
    return csr_matrix((np.asarray(times), np.asarray(words), np.asarray(ends)), shape=shape, dtype=np.float32)


def _words(text: str) -> list[str]:
    plain = text.lower()
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return [word for word in _WORD.findall(plain) if word not in STOP_WORDS]


def strongest_directions(weights: Any, count: int) -> NDArray[np.float32]:
    """Where each row stands along the strongest directions, at most `count`: left vectors × singular values."""
    width = min(count + SPARE, *weights.shape)
    base: NDArray[np.float32] = np.random.default_rng(0).standard_normal((weights.shape[1], width), dtype=np.float32)
    across = weights.T.tocsr()
    base = _orthonormal(weights @ base)
    for _ in range(ROUNDS):
        base = _orthonormal(weights @ _orthonormal(across @ base))
    small = across @ base
    strengths, turn = np.linalg.eigh(small.T @ small)
    best = strengths.argsort()[::-1][:count]
    return np.asarray(base @ (turn[:, best] * np.sqrt(np.maximum(strengths[best], 0))), dtype=np.float32)


def _orthonormal(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """A base of what the columns span, by their Gram matrix: QR would take several copies in double precision."""
    strengths, turn = np.linalg.eigh(columns.T @ columns)
    there = strengths > 1e-6 * strengths[-1]
    return np.asarray(columns @ (turn[:, there] / np.sqrt(strengths[there])), dtype=np.float32)
