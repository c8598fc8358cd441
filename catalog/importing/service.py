"""An import from its first row to its last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Final

from django.db import DataError, IntegrityError, transaction

from catalog.importing.attempts import patiently, why
from catalog.importing.batch import Outcome, save_batch
from catalog.importing.entries import Numbered, keys_of, lock_titles
from catalog.importing.relations import Queue, Relations, Waiting
from catalog.importing.report import ImportReport, RowResult, Told, untold
from catalog.models import Credit, Episode, ExternalId, Genre, Person, SearchDocument, Season, Title
from catalog.records import RefusedError, TitleRecord, to_record
from catalog.search.documents import index_titles
from catalog.search.terms import refresh_terms_if_outdated
from catalog.title_files import BadRow, Row
from common import audit
from common.db import only_one, take_stock
from common.progress import Progress, unwatched

BATCH: Final = 500
# What an import fills, and reads while it does.
GROWING: Final = (Title, Credit, Person, Genre, Title.genres.through, ExternalId, Season, Episode, SearchDocument)


class UnknownColumnError(Exception):
    """A column is to be renamed that the file does not have; the message is one sentence for the operator."""


def import_titles(
    rows: Iterable[Row | BadRow],
    *,
    source: str,
    renames: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress = unwatched,
    told: Told = untold,
    report: ImportReport | None = None,
) -> ImportReport:
    """Bring rows in, one transaction per 500. `source` names who gave the external ids (1–50 characters).

    A refused row is reported and the rest goes on. A title that was deleted and is in the file again is restored.
    With `dry_run` everything is tried and nothing is kept. What is written leaves one entry in the audit trail.
    `progress` is called with the number of lines just done, `told` with each row once its transaction is over;
    `report` is filled as the import goes on, for callers that may be interrupted. Raises `UnknownColumnError` before
    anything is written when a column of `renames` is in none of the first 500 rows.
    However it ends, relations of rows that are kept are saved as far as their titles are there.
    """
    stream = iter(rows)
    first = list(islice(stream, BATCH))
    report = report or ImportReport()
    report.columns = _columns(first)
    _refuse_unknown_columns(report.columns, renames or {})
    with audit.one_entry(Title, "titles imported") as trail, Queue() as queue:
        work = _Work(source, renames or {}, report, trail, told, queue, dry_run=dry_run)
        try:
            for batch in chain([first], iter(lambda: list(islice(stream, BATCH)), [])):
                work.take(batch)
                progress(len(batch))
        finally:
            work.finish()
    report.refused.sort()
    return report


def _columns(rows: Iterable[Row | BadRow]) -> list[str]:
    return sorted({column for row in rows if isinstance(row, Row) for column in row.header or row.values})


def _refuse_unknown_columns(known: Sequence[str], renames: Mapping[str, str]) -> None:
    if known and (unknown := sorted(set(renames) - set(known))):
        raise UnknownColumnError(f"No row has a column {', '.join(unknown)}; there are: {', '.join(known)}.")


@dataclass(slots=True)
class _Work:
    """One import: where its rows come from, and who is told what was done."""

    source: str
    renames: Mapping[str, str]
    report: ImportReport
    trail: audit.Report
    told: Told
    queue: Queue
    dry_run: bool
    # The hashes of all keys so far, with their lines: a tenth of what the keys would take.
    seen: dict[int, int] = field(default_factory=dict)
    # How many titles had been added when the planner was last told.
    stock: int = 0

    def take(self, batch: Sequence[Row | BadRow]) -> None:
        """Bring a batch in, and tell of its rows in the order of the file."""
        accepted: list[Numbered] = []
        results = [refusal for row in batch if (refusal := self._accept(row, accepted))]
        results += self._save(accepted)
        for row in sorted(results, key=lambda row: row.line):
            self.told(row)
        for _, record in accepted:
            self.report.note(record.notes)
            self.report.note_unread(record.unread)
        if batch:
            self.report.last_line = batch[-1].line
        self._take_stock()

    def _take_stock(self) -> None:
        """Each time there is twice as much: plans for an empty database are no use to a first import of thousands."""
        if not self.dry_run and self.report.added >= max(BATCH, 2 * self.stock):
            self.stock = self.report.added
            take_stock(*(model._meta.db_table for model in GROWING))

    def _accept(self, row: Row | BadRow, accepted: list[Numbered]) -> RowResult | None:
        if isinstance(row, BadRow):
            return self._refused(row.line, row.reason)
        try:
            record = to_record(row.values, self.renames)
            self._refuse_repeats(row.line, record)
        except RefusedError as refusal:
            return self._refused(row.line, str(refusal))
        accepted.append((row.line, record))
        return None

    def _refuse_repeats(self, line: int, record: TitleRecord) -> None:
        keys: list[object] = [*keys_of(record, self.source), *([record.title_id] if record.title_id else [])]
        for key in keys:
            first = self.seen.get(hash(key))
            if first is not None:
                escaped = " once its percent escapes are decoded" if record.written_id != record.external_id else ""
                raise RefusedError(f"The same external id stands in line {first}{escaped}.")
        self.seen |= {hash(key): line for key in keys}

    def _refused(self, line: int, reason: str, title: str | None = None) -> RowResult:
        self.report.refused.append((line, reason))
        return RowResult(line, "refused", title, reason=reason)

    def _save(self, numbered: Sequence[Numbered]) -> list[RowResult]:
        """All in one transaction; should the database refuse that, half by half, so that one row costs no other."""
        if not numbered:
            return []
        try:
            outcome = patiently(partial(self._write, numbered))
        except (DataError, IntegrityError, RefusedError) as error:
            if len(numbered) == 1:
                line, record = numbered[0]
                return [self._refused(line, why(error), record.fields["title"])]
            middle = len(numbered) // 2
            return [*self._save(numbered[:middle]), *self._save(numbered[middle:])]
        self.queue.add(outcome.waiting)
        self.report.vectors_stale += outcome.vectors_stale
        for notes in outcome.notes:
            self.report.note(notes)
        return outcome.rows

    def _write(self, numbered: Sequence[Numbered]) -> Outcome:
        # Two imports at once take turns batch by batch, so that neither adds what the other is just adding.
        with self.report.or_as_before(), only_one("title import"), transaction.atomic():
            outcome = save_batch(numbered, self.source, self.seen)
            self.report.count(outcome.rows)
            if not self.dry_run:
                index_titles(outcome.touched)
            self._tell()
            transaction.set_rollback(self.dry_run)
        return outcome

    def _tell(self) -> None:
        """Put into the audit trail what has been written so far: the next batch may never come to its end."""
        if not self.dry_run and not self.report.wrote_nothing:
            self.trail.update({"source": self.source, **self.report.counts()})
            self.trail.keep()

    def finish(self) -> None:
        """Save the relations that waited for titles later in the file."""
        for rows in self.queue.batches(BATCH):
            for row in patiently(partial(self._relate_all, rows)):
                self.told(row)
        if not self.dry_run:
            # An import that was killed left its words uncounted, and this one may find nothing else to do.
            refresh_terms_if_outdated()

    def _relate_all(self, rows: Sequence[Waiting]) -> list[RowResult]:
        with self.report.or_as_before(), only_one("title import"), transaction.atomic():
            changed = self._relate(rows)
            self._tell()
            transaction.set_rollback(self.dry_run)
        return changed

    def _relate(self, rows: Sequence[Waiting]) -> list[RowResult]:
        lock_titles(row.title_id for row in rows)
        work = Relations(rows, self.source)
        for row in rows:
            faults = work.faults(row, self.seen if self.dry_run else ())
            self.report.unresolved += [(row.line, fault) for fault in faults]
            if self.report.first_waiting is None and work.lacks_one(row):
                self.report.first_waiting = row.line
        saved = {row.line: change for row, change in ([] if self.dry_run else work.save(rows))}
        unchanged = [row for row in rows if row.result == "unchanged"]
        changed = [row for row in unchanged if row.line in saved or (self.dry_run and work.would_change(row))]
        self.report.unchanged -= len(changed)
        self.report.changed += len(changed)
        return [
            RowResult(row.line, "changed", row.title, row.title_id, changes=_change(saved.get(row.line)))
            for row in changed
        ]


def _change(relations: tuple[list[str], list[str]] | None) -> dict[str, tuple[list[str], list[str]]]:
    return {} if relations is None else {"relations": relations}
