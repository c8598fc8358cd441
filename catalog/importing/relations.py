"""Relations between titles. A row may name a title that comes later in the file, so some wait until its end."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, Final, Self
from uuid import UUID

from catalog.importing.entries import Entry, stored_targets
from catalog.importing.report import Result
from catalog.models import TitleRelation
from catalog.records import Key, RelationRecord
from common import audit

# What waits for the end lies in memory up to this size, and in a temporary file beyond it.
MEMORY: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """The relations of one row."""

    line: int
    result: Result
    title: str
    title_id: UUID
    relations: tuple[RelationRecord, ...]

    def as_line(self) -> str:
        """For the temporary file."""
        relations = [[relation.kind, _written(relation.target)] for relation in self.relations]
        return json.dumps([self.line, self.result, self.title, str(self.title_id), relations]) + "\n"

    @classmethod
    def of_line(cls, line: str) -> Waiting:
        """From the temporary file."""
        number, result, title, title_id, relations = json.loads(line)
        read = tuple(RelationRecord(kind, _read(target)) for kind, target in relations)
        return cls(number, result, title, UUID(title_id), read)


def _written(target: UUID | Key) -> str | list[str | None]:
    return str(target) if isinstance(target, UUID) else [target.source, target.value]


def _read(written: Any) -> UUID | Key:
    return UUID(written) if isinstance(written, str) else Key(*written)


class Queue:
    """Rows whose relations wait for the end of the file; to be used in a `with`."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=MEMORY, mode="w+", encoding="utf-8")  # noqa: SIM115 - see __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def add(self, waiting: Iterable[Waiting]) -> None:
        """Put them at the end."""
        self._file.writelines(one.as_line() for one in waiting)

    def batches(self, size: int) -> Iterator[list[Waiting]]:
        """All of them, from the first on."""
        self._file.seek(0)
        rows = map(Waiting.of_line, self._file)
        yield from iter(lambda: list(islice(rows, size)), [])


def save_relations(entries: Iterable[Entry], source: str) -> list[Waiting]:
    """Save the relations whose titles are all there; returns the rows that have to wait."""
    speaking = [entry for entry in entries if entry.record.relations is not None]
    if not speaking:
        return []
    rows = {entry.line: entry for entry in speaking}
    work = Relations([_waiting(entry) for entry in speaking], source)
    waiting = {one.line for one in work.rows if work.faults(one)}
    ready = [one for one in work.rows if one.line not in waiting]
    for one, change in work.save(ready):
        rows[one.line].change("relations", *change)
    return [_waiting(rows[line]) for line in sorted(waiting)]


def _waiting(entry: Entry) -> Waiting:
    return Waiting(entry.line, entry.result, entry.title.title, entry.title.id, entry.record.relations or ())


class Relations:
    """The relations of some rows, side by side with what is stored of them; three statements."""

    def __init__(self, rows: Sequence[Waiting], source: str) -> None:
        self.rows, self.source = rows, source
        self._found = stored_targets((one.target for row in rows for one in row.relations), source)
        self._stored: dict[UUID, dict[UUID, str]] = defaultdict(dict)
        relations = TitleRelation.objects.filter(title_id__in=[row.title_id for row in rows])
        for title_id, related_id, kind in relations.values_list("title_id", "related_id", "kind"):
            self._stored[title_id][related_id] = kind

    def faults(self, row: Waiting, elsewhere: Container[int] = ()) -> list[str]:
        """A sentence for each title that is neither stored nor, by the hash of its key, `elsewhere`."""
        sentences = []
        for key in (self._key(one.target) for one in row.relations):
            if self._found.get(key) == row.title_id:
                sentences.append("A title is no relation of itself.")
            elif key not in self._found and hash(key) not in elsewhere:
                name = key if isinstance(key, UUID) else ":".join(key)
                sentences.append(f"There is no title {name} to be related to.")
        return sentences

    def lacks_one(self, row: Waiting) -> bool:
        """Whether a title is not stored."""
        return any(self._key(one.target) not in self._found for one in row.relations)

    def would_change(self, row: Waiting) -> bool:
        """Whether a row says something else than what is stored, titles that are not stored included."""
        wanted = {self._found.get(self._key(one.target)): one.kind for one in row.relations}
        return wanted != self._stored[row.title_id]

    def save(self, rows: Iterable[Waiting]) -> list[tuple[Waiting, tuple[list[str], list[str]]]]:
        """Replace the relations of the rows that differ; returns those with before and after."""
        fresh, changed = [], []
        for row in rows:
            before, wanted = self._stored[row.title_id], self._wanted(row)
            if wanted != before:
                changed.append((row, (_shown(before), _shown(wanted))))
                fresh += [
                    TitleRelation(title_id=row.title_id, related_id=one, kind=kind) for one, kind in wanted.items()
                ]
        if changed:
            ids = [row.title_id for row, _ in changed]
            audit.delete_unrecorded(TitleRelation.objects.filter(title_id__in=ids))
            TitleRelation.objects.bulk_create(fresh)
        return changed

    def _wanted(self, row: Waiting) -> dict[UUID, str]:
        found = ((self._found.get(self._key(one.target)), one.kind) for one in row.relations)
        return {one: kind for one, kind in found if one is not None and one != row.title_id}

    def _key(self, target: UUID | Key) -> UUID | tuple[str, str]:
        return target if isinstance(target, UUID) else (target.source or self.source, target.value)


def _shown(relations: Mapping[UUID, str]) -> list[str]:
    return sorted(f"{kind} {related_id}" for related_id, kind in relations.items())
