"""Writing one channel's schedule, so that clients and reminders hear of it as they should."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from os import urandom
from time import time_ns
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection

from common import audit
from common.db import copy_in
from epg.importing.columns import SAID, json_of
from epg.importing.differences import IMPORTED, Change
from epg.importing.films import Films
from epg.importing.schedule import Slot
from epg.importing.stored import Stored
from epg.importing.texts import moment
from epg.models import Programme, RemovedProgramme, leaves_trace
from epg.reminders import let_go, reattach

ROWS_PER_STATEMENT: Final = 2000
# What an upsert writes; the origin is written with what comes from there.
WRITTEN: Final = (*(name.removesuffix("_id") for name in IMPORTED), "guide_digest", "source", "changed_at")

_OWN_COLUMNS: Final = ("id", "start_time", "end_time", "catalogue_title_id", "guide_digest")
_COLUMNS_BY_ALL: Final = ("channel_id", "source_id", "changed_at")

T = TypeVar("T")


def remove(rows: Sequence[Stored], channel_id: UUID, at: datetime) -> None:
    """Take programmes off; their reminders stay, and whoever asks what changed is told."""
    for some in _batches(rows):
        let_go(some)
        RemovedProgramme.objects.bulk_create(
            RemovedProgramme(
                programme_id=row.id,
                channel_id=channel_id,
                start_time=moment(row.start),
                end_time=moment(row.stop),
                age_rating=row.age_rating,
                removed_at=at,
            )
            for row in some
        )
        audit.delete_unrecorded(Programme.objects.filter(id__in=[row.id for row in some]))


def change(changes: Sequence[Change], at: datetime) -> None:
    """Write what differs, in one statement: programmes may change places, and the constraint judges at its end.

    An upsert of known ids: plain rows, where `bulk_update` would build a CASE for every field. Where only the origin
    is new, viewers see nothing of it, and no change is told.
    """
    for one in changes:
        if one.before:
            one.programme.changed_at = at
    Programme.objects.bulk_create(
        [one.programme for one in changes], update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )
    traces = [RemovedProgramme.of(one.was) for one in changes if leaves_trace(one.was, one.programme)]
    for trace in traces:
        trace.removed_at = at
    RemovedProgramme.objects.bulk_create(traces, batch_size=ROWS_PER_STATEMENT)


def add(slots: Sequence[Slot], channel_id: UUID, source_id: UUID | None, films: Films, at: datetime) -> None:
    """Put new programmes into places that are free by now; lost reminders find theirs again."""
    ids = [next_id() for _slot in slots]
    by_all = (channel_id, source_id, at, *_defaults().values())
    copy_in(
        Programme,
        (*_OWN_COLUMNS, *SAID, *_COLUMNS_BY_ALL, *_defaults()),
        (
            (
                programme_id,
                moment(slot.start),
                moment(slot.stop),
                films.find(slot.programme),
                slot.digest,
                *json_of(slot.said),
                *by_all,
            )
            for programme_id, slot in zip(ids, slots, strict=True)
        ),
    )
    reattach([channel_id], added=set(ids))


def next_id() -> UUID:
    """A UUID of version 7 (RFC 9562): ids made one after another lie together in the index.

    With random ones, every row of a large guide writes a page of its own there, and the log gets twice as long.
    """
    milliseconds, chance = time_ns() // 1_000_000, int.from_bytes(urandom(10))
    return UUID(int=milliseconds << 80 | 7 << 76 | (chance >> 62 & 0xFFF) << 64 | 2 << 62 | chance & 2**62 - 1)


def _defaults() -> dict[str, Any]:
    """The columns that no guide speaks of, with what they begin with."""
    told = {*_OWN_COLUMNS, *SAID, *_COLUMNS_BY_ALL}
    others = [field for field in Programme._meta.concrete_fields if field.attname not in told]
    return {field.attname: field.get_db_prep_save(field.get_default(), connection) for field in others}


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, ROWS_PER_STATEMENT)):
        yield batch
