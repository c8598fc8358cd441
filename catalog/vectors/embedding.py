"""Computing vectors and storing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from catalog.models import Title
from catalog.vectors import storing
from catalog.vectors.index import keep_index
from catalog.vectors.providers import EmbeddingError, Provider, current
from catalog.vectors.texts import TitleText, fingerprint, read_texts
from common import audit, db
from common.progress import Progress, unwatched

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from common.audit import Report

READ_AT_ONCE: Final = 500  # titles
SENTENCES_AT_ONCE: Final = 256
SHOWN_LETTERS: Final = 60


def embed_catalogue(*, stale: bool = False, progress: Progress = unwatched) -> int:
    """Compute the vectors of every title, or with `stale` only where they are missing or out of date; returns how many.

    A provider that understands queries works through the titles in batches, each stored for good: who was stopped
    goes on with `stale`. A provider that compares words computes all anew, in one transaction, if any is stale.
    Deleted titles have vectors, too: a restored one is to be near its like at once. `progress` is called with numbers
    of titles. Only one process is at it at a time. Raises `EmbeddingError`.
    """
    provider = current()
    work = _embed_in_batches if provider.understands_queries else _embed_as_a_whole
    with db.only_one("embed titles"), audit.one_entry(Title, "content vectors computed") as report:
        work(provider, stale, progress, report)
        keep_index(provider.stamp)
        return int(report.get("vectors", 0))


def is_stale(text: TitleText, provider: Provider) -> bool:
    """Whether its vector is missing, of another model, or of another text."""
    return text.stored_stamp != provider.stamp or text.stored_hash != fingerprint(text.for_provider(provider))


def can_have_vector(text: TitleText, provider: Provider) -> bool:
    """Whether there is anything to compute it of."""
    return provider.understands_queries or text.says_something()


def _embed_in_batches(provider: Provider, stale: bool, progress: Progress, report: Report) -> None:
    for page in _pages():
        chosen = [text for text in page if not stale or is_stale(text, provider)]
        progress(len(page) - len(chosen))
        for group in _groups(chosen):
            sentences = [sentence for text in group for sentence in text.sentences()]
            vectors = provider.embed_documents(sentences)
            _refuse_zeros(sentences, vectors)
            storing.store_sentences(provider.stamp, group, vectors, report)
            progress(len(group))


def _refuse_zeros(sentences: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """Zeros are near nothing, and stored they would pass for good."""
    nothing = [sentence for sentence, vector in zip(sentences, vectors, strict=True) if not vector.any()]
    if nothing:
        raise EmbeddingError(
            f"The provider gives only zeros for {len(nothing)} of {len(sentences)} texts, first for "
            f"“{nothing[0][:SHOWN_LETTERS]}”: that is no vector, and nothing of these was stored."
        )


def _groups(texts: Sequence[TitleText]) -> Iterator[list[TitleText]]:
    """As many titles at once as have about `SENTENCES_AT_ONCE` sentences."""
    group: list[TitleText] = []
    size = 0
    for text in texts:
        group.append(text)
        size += len(text.sentences())
        if size >= SENTENCES_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group


def _embed_as_a_whole(provider: Provider, stale: bool, progress: Progress, report: Report) -> None:
    ids: list[UUID] = []
    texts: list[str] = []
    is_needed = not stale
    for page in _pages():
        is_needed = is_needed or any(is_stale(text, provider) and can_have_vector(text, provider) for text in page)
        ids += [text.title_id for text in page]
        texts += [text.words() for text in page]
    if is_needed:
        hashes = [fingerprint([text]) for text in texts]
        vectors = provider.embed_documents(texts)
        storing.store_catalogue(provider.stamp, list(zip(ids, hashes, vectors, strict=True)), report, progress)
    else:
        progress(len(ids))


def _pages() -> Iterator[list[TitleText]]:
    """All titles by id, as they are when their turn comes."""
    page = read_texts(after=None, limit=READ_AT_ONCE)
    while page:
        yield page
        page = read_texts(after=page[-1].title_id, limit=READ_AT_ONCE)
