"""What an import did, in numbers and row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID

from catalog.records.errors import TITLE_MISSING

Result = Literal["added", "restored", "changed", "unchanged", "refused"]
COUNTS: Final[tuple[Result, ...]] = ("added", "restored", "changed", "unchanged")


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of a row. `changes` has before and after by the names of our fields; of a new title it is empty."""

    line: int
    result: Result
    title: str | None = None
    title_id: UUID | None = None
    reason: str | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """With what there is to say only."""
        changes = {name: {"from": before, "to": after} for name, (before, after) in self.changes.items()}
        facts = {"title_id": self.title_id and str(self.title_id), "title": self.title, "reason": self.reason}
        said = {name: value for name, value in facts.items() if value is not None}
        return {"line": self.line, "result": self.result, **said, **({"changes": changes} if changes else {})}


Told = Callable[[RowResult], None]


# Names of unknown columns that are kept; a file may make them up row by row.
MOST_UNREAD: Final = 50
SHOWN_UNREAD: Final = 20
LONGEST_COLUMN: Final = 60


def untold(_row: RowResult) -> None:
    """For callers that only count."""


@dataclass(slots=True)
class ImportReport:
    """What an import did. `refused` holds (line, reason) pairs in the order of the file.

    `restored` counts titles that had been deleted, whether or not the file changed them as well. `notes` counts the
    rows in which something was cleaned, `times` how often; `unresolved` holds (line, sentence) pairs of relations to
    titles that are neither in the file nor stored. `vectors_stale` counts the titles whose vectors are to be computed.
    `columns` are those of the first rows, `unread` the fields that meant nothing with the number of rows that had them.
    """

    added: int = 0
    restored: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    unresolved: list[tuple[int, str]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)
    vectors_stale: int = 0
    last_line: int = 0
    # The first row of which a relation could not be saved: its other end may come later in the file.
    first_waiting: int | None = None
    columns: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    with_unread: int = 0

    @property
    def wrote_nothing(self) -> bool:
        """Whether no row led to a change."""
        return not self.added and not self.restored and not self.changed

    @property
    def used_nothing(self) -> bool:
        """Whether there was no row that could be used at all."""
        return self.wrote_nothing and not self.unchanged

    @property
    def done_until(self) -> int:
        """The last line of those that need not be read again."""
        return self.last_line if self.first_waiting is None else min(self.last_line, self.first_waiting - 1)

    @property
    def no_row_has_a_title(self) -> bool:
        """Whether that is why nothing could be used."""
        reasons = {reason for _, reason in self.refused}
        return self.used_nothing and reasons == {TITLE_MISSING}

    def counts(self) -> dict[str, int]:
        """How many rows met with what."""
        return {**{name: getattr(self, name) for name in COUNTS}, "refused": len(self.refused)}

    def count(self, rows: Iterable[RowResult]) -> None:
        """Count what was done. The refused ones are listed instead."""
        for row in rows:
            if row.result == "refused":
                self.refused.append((row.line, row.reason or ""))
            else:
                setattr(self, row.result, getattr(self, row.result) + 1)

    @contextmanager
    def or_as_before(self) -> Iterator[None]:
        """Count as before a block that fails: its transaction came to nothing."""
        before, unresolved, first_waiting = self.counts(), len(self.unresolved), self.first_waiting
        try:
            yield
        except BaseException:
            for name in COUNTS:
                setattr(self, name, before[name])
            del self.refused[before["refused"] :], self.unresolved[unresolved:]
            self.first_waiting = first_waiting
            raise

    def note(self, notes: Counter[str]) -> None:
        """Count what was cleaned in a row."""
        self.notes.update(set(notes))
        self.times.update(notes)

    def note_unread(self, columns: Iterable[str]) -> None:
        """Count fields of a row that mean nothing to us."""
        columns = [name for name in columns if name in self.unread or len(self.unread) < MOST_UNREAD]
        self.unread.update(columns)
        self.with_unread += bool(columns)

    def all_notes(self) -> dict[str, dict[str, int]]:
        """What was cleaned and what was not read, by sentences: in how many rows, and how often."""
        notes = {note: {"rows": self.notes[note], "times": self.times[note]} for note in sorted(self.notes)}
        if self.unread:
            shown = [name.strip()[:LONGEST_COLUMN] or "one without a name" for name in sorted(self.unread)]
            more = ", …" if len(shown) > SHOWN_UNREAD else ""
            sentence = f"columns not read: {', '.join(shown[:SHOWN_UNREAD])}{more}"
            notes[sentence] = {"rows": self.with_unread, "times": self.unread.total()}
        return notes

    def summary(self) -> dict[str, Any]:
        """Everything but the rows, for JSON."""
        return {
            **self.counts(),
            "last_line": self.last_line,
            "vectors_stale": self.vectors_stale,
            "notes": self.all_notes(),
            "unresolved": [{"line": line, "reason": reason} for line, reason in self.unresolved],
        }
