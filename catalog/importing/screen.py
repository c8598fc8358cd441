"""The report of an import as an operator reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from catalog.importing.report import ImportReport, RowResult

SHOWN: Final = 20
SHOWN_CHANGES: Final = 6
LONGEST_VALUE: Final = 60
MORE: Final = "  … and {0:,} more; --report FILE holds them all"


class FirstRows:
    """The first rows that change something; the others are only counted."""

    def __init__(self, *, are_kept: bool) -> None:
        self._room = SHOWN if are_kept else 0
        self.rows: list[RowResult] = []
        self.left_out = 0

    def take(self, row: RowResult) -> None:
        """Keep it, if there is room and something to show."""
        if row.result in {"unchanged", "refused"}:
            return
        if len(self.rows) < self._room:
            self.rows.append(row)
        else:
            self.left_out += 1


def summary_lines(report: ImportReport, shown: FirstRows, *, dry_run: bool) -> Iterator[str]:
    """Counts first, then what was cleaned, what would change, and what was refused."""
    verb = "would be " if dry_run else ""
    restored = f"{report.restored} {verb}restored, " if report.restored else ""
    yield (
        f"{report.added} {verb}added, {restored}{report.changed} {verb}changed, {report.unchanged} unchanged, "
        f"{len(report.refused)} refused."
    )
    for note, found in report.all_notes().items():
        times = f" ({found['times']:,} times)" if found["times"] != found["rows"] else ""
        yield f"  {note}: {found['rows']:,} rows{times}"
    if dry_run:
        yield from _difference(shown)
    yield from _first([f"  line {line}: {reason}" for line, reason in report.refused])
    yield from _first([f"  line {line}: {reason}" for line, reason in report.unresolved])
    if report.wrote_nothing and report.unchanged and not report.refused:
        yield "Nothing to write: the catalogue holds all of it."


def _first(lines: list[str]) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield MORE.format(len(lines) - SHOWN)


def _difference(shown: FirstRows) -> Iterator[str]:
    for row in shown.rows:
        yield f"  line {row.line}: {row.title} would be {row.result}"
        for name in list(row.changes)[:SHOWN_CHANGES]:
            before, after = row.changes[name]
            yield f"      {name}: {_short(before)} → {_short(after)}"
        if len(row.changes) > SHOWN_CHANGES:
            yield f"      … and {len(row.changes) - SHOWN_CHANGES} more"
    if shown.left_out:
        yield MORE.format(shown.left_out)


def _short(value: Any) -> str:
    text = "nothing" if value is None or value == [] else ", ".join(value) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
