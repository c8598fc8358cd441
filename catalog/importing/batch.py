"""The rows of one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from catalog.importing.entries import Numbered, match
from catalog.importing.fields import save_keys, save_titles, touch
from catalog.importing.people import save_credits
from catalog.importing.relations import Waiting, save_relations
from catalog.importing.report import RowResult
from catalog.importing.series import save_seasons
from catalog.importing.shelves import save_collections, save_genres


@dataclass(slots=True)
class Outcome:
    """What became of the rows of a batch, and which titles must be indexed for search."""

    rows: list[RowResult]
    waiting: list[Waiting] = field(default_factory=list)
    touched: list[UUID] = field(default_factory=list)
    vectors_stale: int = 0
    notes: list[Counter[str]] = field(default_factory=list)


def save_batch(numbered: Sequence[Numbered], source: str, seen: MutableMapping[int, int]) -> Outcome:
    """Write what differs, in the caller's transaction. The stored titles are locked before anything is read of them.

    Raises `RefusedError` for a row that contradicts what is stored beside its title.
    """
    entries, refused = match(numbered, source, seen)
    save_titles(entries)
    save_keys(entries, source)
    save_genres(entries)
    save_credits(entries)
    save_seasons(entries)
    save_collections(entries)
    waiting = save_relations(entries, source)
    written = [entry for entry in entries if entry.result != "unchanged"]
    touch(written)
    return Outcome(
        rows=sorted([*refused, *(entry.told() for entry in entries)], key=lambda row: row.line),
        waiting=waiting,
        touched=[entry.title.id for entry in written],
        vectors_stale=sum(entry.says_something_else for entry in written),
        notes=[entry.notes for entry in entries if entry.notes],
    )
