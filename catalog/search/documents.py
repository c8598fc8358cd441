"""What search keeps of each title: written whenever a title, its people or its shelves change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction

from catalog.models import Credit, Genre, SearchDocument, Title
from catalog.search.reading import describe, source_of, sources
from catalog.search.terms import refresh_terms
from common.progress import Progress, unwatched

if TYPE_CHECKING:
    from uuid import UUID

BATCH: Final = 500


def index_titles(ids: Iterable[UUID]) -> int:
    """Write the documents of these titles, in the caller's transaction if there is one; returns how many changed.

    To be called after the genres and credits are written. The titles are locked in the order of their ids before they
    are read: of two writers of a title the second one reads what the first one wrote. Unknown ids are left out. Of
    many titles, some are in memory at a time.
    """
    with transaction.atomic():
        return sum(_index(batch) for batch in _batched(sorted(set(ids))))


def index_titles_apart(ids: Iterable[UUID]) -> int:
    """The same in small transactions, which keep nobody waiting for long; not to be called within one."""
    return sum(index_titles(batch) for batch in _batched(sorted(set(ids))))


def lock_titles(ids: Iterable[UUID]) -> list[UUID]:
    """Those of the titles that are there, locked until the transaction ends, in the order in which all lock them."""
    wanted = Title.with_deleted.filter(id__in=list(ids)).order_by("id")
    return list(wanted.select_for_update(no_key=True).values_list("id", flat=True))


def _batched(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """In their order, `BATCH` at a time."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _index(ids: Sequence[UUID]) -> int:
    locked = lock_titles(ids)
    if not locked:
        return 0
    # Credits and genres just given are looked at now rather than at the end: that waits for who is just giving those
    # people another name, and then the new one is read; or they wait, and tell this title as well.
    connection.check_constraints()
    return _write(locked)


def index_catalogue(*, progress: Progress = unwatched) -> int:
    """Write the documents of all titles, then count the words afresh; returns how many documents changed.

    `progress` is called with the number of titles just done.
    """
    changed = 0
    last: UUID | None = None
    while batch := _ids_behind(last):
        changed += index_titles(batch)
        last = batch[-1]
        progress(len(batch))
    refresh_terms()
    return changed


def _ids_behind(last: UUID | None) -> list[UUID]:
    titles = Title.with_deleted.order_by("id")
    titles = titles.filter(id__gt=last) if last else titles
    return list(titles.values_list("id", flat=True)[:BATCH])


def _write(ids: Sequence[UUID]) -> int:
    written = dict(SearchDocument.objects.filter(title__in=ids).values_list("title_id", "digest"))
    rows = sources(Title.with_deleted.filter(id__in=ids), people=Credit.objects, shelves=Genre.objects)
    read = {row["id"]: source_of(row) for row in rows}
    changed = [
        SearchDocument(title_id=title_id, **describe(source))
        for title_id, source in read.items()
        if written.get(title_id) != source.digest
    ]
    columns = [field.name for field in SearchDocument._meta.concrete_fields if not field.primary_key]
    SearchDocument.objects.bulk_create(changed, update_conflicts=True, unique_fields=["title"], update_fields=columns)
    return len(changed)
