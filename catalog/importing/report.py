"""What an import did, in numbers and row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID

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


def untold(_row: RowResult) -> None:
    """For callers that only count."""


@dataclass(slots=True)
class ImportReport:
    """What an import did. `refused` holds (line, reason) pairs in the order of the file.

    `restored` counts titles that had been deleted, whether or not the file changed them as well. `notes` counts the
    rows in which something was cleaned, `times` how often; `unresolved` holds (line, sentence) pairs of relations to
    titles that are neither in the file nor stored. `vectors_stale` counts the titles whose vectors are to be computed.
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

    @property
    def wrote_nothing(self) -> bool:
        """Whether no row led to a change."""
        return not self.added and not self.restored and not self.changed

    @property
    def used_nothing(self) -> bool:
        """Whether there was no row that could be used at all."""
        return self.wrote_nothing and not self.unchanged

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

    def take_back(self, before: Mapping[str, int]) -> None:
        """Count as before a transaction that came to nothing."""
        for name in COUNTS:
            setattr(self, name, before[name])
        del self.refused[before["refused"] :]

    def note(self, notes: Counter[str]) -> None:
        """Count what was cleaned in a row."""
        self.notes.update(set(notes))
        self.times.update(notes)

    def summary(self) -> dict[str, Any]:
        """Everything but the rows, for JSON."""
        return {
            **self.counts(),
            "last_line": self.last_line,
            "vectors_stale": self.vectors_stale,
            "notes": {note: {"rows": self.notes[note], "times": self.times[note]} for note in sorted(self.notes)},
            "unresolved": [{"line": line, "reason": reason} for line, reason in self.unresolved],
        }
