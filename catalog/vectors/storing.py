"""Writing vectors down. Titles may be removed while theirs are computed; those are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import ContentVector, SentenceVector, Title
from catalog.vectors.providers import Stamp
from catalog.vectors.providers.base import unit_rows
from catalog.vectors.texts import TitleText, fingerprint
from common.progress import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from common.audit import Report

WRITE_BATCH: Final = 500
ATTEMPTS: Final = 3
CONTENT_COLUMNS: Final = ["vector", "model", "version", "dimension", "text_hash", "updated_at"]


def store_sentences(stamp: Stamp, texts: Sequence[TitleText], vectors: NDArray[np.float32], report: Report) -> None:
    """Replace the vectors of these titles, in one transaction. `vectors` has a row for each sentence of each title."""
    before = report.get("vectors", 0)

    def write() -> None:
        there = _still_there(text.title_id for text in texts)
        contents, sentences = _rows(stamp, texts, vectors, there)
        SentenceVector.objects.filter(title_id__in=there).delete()
        SentenceVector.objects.bulk_create(sentences)
        _upsert(contents)
        report["vectors"] = before + len(contents)
        report.keep()

    _until_nobody_interferes(write)


def store_catalogue(
    stamp: Stamp, found: Sequence[tuple[UUID, str, NDArray[np.float32]]], report: Report, progress: Progress
) -> None:
    """Replace all vectors there are, in one transaction: title, text's fingerprint, vector. Zeros are not stored."""

    def write() -> None:
        begun = timezone.now()
        written = sum(
            _store_part(stamp, found[start : start + WRITE_BATCH], progress)
            for start in range(0, len(found), WRITE_BATCH)
        )
        ContentVector.objects.filter(updated_at__lt=begun).delete()
        SentenceVector.objects.all().delete()
        if written:
            report["vectors"] = written
            report.keep()

    _until_nobody_interferes(write)


def _store_part(stamp: Stamp, part: Sequence[tuple[UUID, str, NDArray[np.float32]]], progress: Progress) -> int:
    there = _still_there(title_id for title_id, _, _ in part)
    rows = [
        ContentVector(title_id=title_id, vector=vector, text_hash=text_hash, **stamp._asdict())
        for title_id, text_hash, vector in part
        if title_id in there and vector.any()
    ]
    _upsert(rows)
    progress(len(part))
    return len(rows)


def _rows(
    stamp: Stamp, texts: Sequence[TitleText], vectors: NDArray[np.float32], there: set[UUID]
) -> tuple[list[ContentVector], list[SentenceVector]]:
    """A title stands where the middle of its sentences is."""
    contents: list[ContentVector] = []
    sentences: list[SentenceVector] = []
    start = 0
    for text in texts:
        own = text.sentences()
        part = vectors[start : start + len(own)]
        start += len(own)
        if text.title_id in there:
            mark: dict[str, Any] = {"title_id": text.title_id, "text_hash": fingerprint(own), **stamp._asdict()}
            contents.append(ContentVector(vector=unit_rows(part.mean(axis=0, keepdims=True))[0], **mark))
            sentences += [SentenceVector(position=place, vector=row, **mark) for place, row in enumerate(part)]
    return contents, sentences


def _still_there(ids: Iterable[UUID]) -> set[UUID]:
    return set(Title.with_deleted.filter(id__in=list(ids)).values_list("id", flat=True))


def _upsert(rows: list[ContentVector]) -> None:
    ContentVector.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["title"], update_fields=CONTENT_COLUMNS
    )


def _until_nobody_interferes(write: Callable[[], None]) -> None:
    """Again when a title was removed between the look whether it is there and the end of the transaction."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return write()
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
    return None
