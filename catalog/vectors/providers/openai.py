"""The provider elsewhere: any endpoint that speaks OpenAI's `/v1/embeddings`."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import urllib3

from catalog.vectors.providers.base import EmbeddingError, Provider, Stamp, TextRefusedError, unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What every server of this kind takes at once.
BATCH: Final = 32
CONNECT_SECONDS: Final = 5
# Of one batch of documents; an operator waits, no viewer.
DOCUMENTS_SECONDS: Final = 60
LONGEST_QUERY: Final = 1_000
LARGEST_ANSWER: Final = 32 * 1024 * 1024
# How documents and queries are put to the endpoint; the model's own version nobody tells us.
VERSION: Final = "1"
TRIES_AGAIN: Final = 5
FIRST_PAUSE: Final = 0.5  # seconds, doubled each time
PASSING: Final = (429, 500, 502, 503, 504)
# What a server says of a text that it does not like; it goes on with others.
OF_THE_TEXT: Final = (400, 413, 414, 422)
READ_AT_ONCE: Final = 64 * 1024


class OpenAIProvider(Provider):
    """Understands what its model understands. Each text that is new or changed is sent there, and each query."""

    name: ClassVar[str] = "openai"
    understands_queries: ClassVar[bool] = True

    def __init__(self, *, url: str, key: str, model: str, dimension: int, query_timeout: float) -> None:
        self._url, self._key, self._model = f"{url}/embeddings", key, model
        self._dimension, self._query_timeout = dimension, query_timeout

    @property
    def stamp(self) -> Stamp:
        """What the settings say."""
        return Stamp(self._model, VERSION, self._dimension)

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """In batches. What may pass (429, 5xx, a lost connection) is tried again up to five times, ever later."""
        patience = urllib3.Retry(
            total=TRIES_AGAIN,
            status_forcelist=PASSING,
            allowed_methods=None,
            backoff_factor=FIRST_PAUSE,
            backoff_max=30,
            retry_after_max=60,
            raise_on_status=False,
            redirect=False,
        )
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=DOCUMENTS_SECONDS)
        batches = [list(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        rows = [self._ask(batch, timeout, patience, DOCUMENTS_SECONDS) for batch in batches]
        return np.concatenate(rows) if rows else np.zeros((0, self._dimension), dtype=np.float32)

    def embed_query(self, query: str) -> NDArray[np.float32]:
        """At once or not at all."""
        timeout = urllib3.Timeout(total=self._query_timeout)
        rows = self._ask([query[:LONGEST_QUERY]], timeout, urllib3.Retry(0, redirect=False), self._query_timeout)
        return np.asarray(rows[0], dtype=np.float32)

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(maxsize=4)

    def _ask(
        self, texts: list[str], timeout: urllib3.Timeout, retries: urllib3.Retry, seconds: float
    ) -> NDArray[np.float32]:
        """`seconds` is how long the answer may take once it has begun."""
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        try:
            response = self._pool.request(
                "POST", self._url, json=body, headers=headers, timeout=timeout, retries=retries, preload_content=False
            )
            with response:
                content = _read(response, time.monotonic() + seconds)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise EmbeddingError(f"The endpoint of EMBEDDING_URL does not answer ({_kind(error)}).") from None
        if response.status != HTTPStatus.OK:
            kind = TextRefusedError if response.status in OF_THE_TEXT else EmbeddingError
            raise kind(_refusal(response.status))
        return self._rows(content, len(texts))

    def _rows(self, content: bytes, expected: int) -> NDArray[np.float32]:
        try:
            entries = sorted(json.loads(content)["data"], key=lambda entry: int(entry["index"]))
            places = [int(entry["index"]) for entry in entries]
            with np.errstate(over="ignore"):
                rows = [np.asarray(entry["embedding"], dtype=np.float32) for entry in entries]
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            raise TextRefusedError("The endpoint of EMBEDDING_URL answers with something else than vectors.") from None
        if places != list(range(expected)):
            raise EmbeddingError(
                f"The endpoint of EMBEDDING_URL does not send one vector for each of the {expected} texts."
            )
        return unit_rows(np.stack([self._checked(row) for row in rows]))

    def _checked(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        if row.shape != (self._dimension,):
            raise EmbeddingError(
                f"The endpoint of EMBEDDING_URL sends vectors of {row.size} numbers, and EMBEDDING_DIMENSION is "
                f"{self._dimension}: set it to {row.size} and run `manage.py embed_titles --stale`."
            )
        with np.errstate(over="ignore", invalid="ignore"):
            has_length = np.isfinite(row @ row)
        if not has_length:
            raise TextRefusedError("The endpoint of EMBEDDING_URL sends vectors that hold something else than numbers.")
        return row


def _read(response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """All of the answer, piece by piece: a timeout of the socket begins anew with each."""
    content = bytearray()
    while piece := response.read1(READ_AT_ONCE, decode_content=True):
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise EmbeddingError(f"The endpoint of EMBEDDING_URL answers with more than {LARGEST_ANSWER:,} bytes.")
        if time.monotonic() > until:
            raise EmbeddingError("The endpoint of EMBEDDING_URL does not come to an end with its answer.")
    return bytes(content)


def _kind(error: Exception) -> str:
    """The kind of error; its text could hold what was sent."""
    cause: Any = getattr(error, "reason", None) or error
    return type(cause).__name__


def _refusal(status: int) -> str:
    hints = {
        401: " (is EMBEDDING_API_KEY right?)",
        403: " (is EMBEDDING_API_KEY right?)",
        404: " (are EMBEDDING_URL and EMBEDDING_MODEL right?)",
        429: " (it wants fewer requests; `manage.py embed_titles --stale` goes on later)",
    }
    return f"The endpoint of EMBEDDING_URL answers with status {status}{hints.get(status, '')}."
