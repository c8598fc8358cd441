"""The vector of a query: computed once, remembered for an hour, and not asked for while the provider is down."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Final

import numpy as np

from catalog.vectors.providers import EmbeddingError, Provider
from catalog.vectors.providers.base import TextRefusedError
from common.memory import recall, remember

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

REMEMBERED_SECONDS: Final = 3_600
# So long a provider that failed is left alone, or every search would wait for it in vain.
PAUSE_SECONDS: Final = 10
SECONDS_BETWEEN_LINES: Final = 60


def query_vector(provider: Provider, query: str) -> NDArray[np.float32] | None:
    """`(dimension,) float32` of unit length; None for an empty query, and while the provider does not answer."""
    folded = " ".join(query.split()).casefold()
    if not folded:
        return None
    digest = hashlib.blake2b(f"{provider.stamp.digest} {folded}".encode("utf-8", "replace"), digest_size=16)
    key = f"query-vector:{digest.hexdigest()}"
    known = recall(key)
    if known is not None:
        return np.frombuffer(known, dtype=np.float32)
    vector = _asked(provider, folded)
    if vector is not None:
        remember(key, vector.tobytes(), REMEMBERED_SECONDS)
    return vector


def _asked(provider: Provider, folded: str) -> NDArray[np.float32] | None:
    pause = f"embedding-pause:{provider.name}"
    if recall(pause):
        return None
    try:
        vector = provider.embed_query(folded)
    except TextRefusedError as error:  # others may well be answered
        say_once_a_minute(str(error))
        return None
    except EmbeddingError as error:
        remember(pause, True, PAUSE_SECONDS)
        say_once_a_minute(str(error))
        return None
    return vector if vector.any() else None


def say_once_a_minute(reason: str) -> None:
    """Why vectors are of no use at present."""
    if remember(
        f"embedding-told:{hashlib.blake2b(reason.encode(), digest_size=8).hexdigest()}", True, SECONDS_BETWEEN_LINES
    ):
        logger.error("vectors are of no use at present, search goes by keywords: %s", reason)
