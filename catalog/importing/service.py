"""An import from its first row to its last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from django.db import DataError, IntegrityError, transaction

from catalog.importing.batch import Outcome, save_batch
from catalog.importing.entries import Numbered, keys_of
from catalog.importing.relations import Queue, Relations, Waiting
from catalog.importing.report import ImportReport, RowResult, Told, untold
from catalog.models import Credit, Episode, ExternalId, Genre, Person, SearchDocument, Season, Title
from catalog.records import RefusedError, TitleRecord, to_record
from catalog.search.documents import index_titles
from catalog.search.terms import refresh_terms
from catalog.title_files import BadRow, Row
from common import audit
from common.db import only_one, take_stock
from common.progress import Progress, unwatched

BATCH: Final = 500
# How common each word is, is only counted again when this many titles were written: a few change little.
MANY: Final = 100


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
    """
    stream = iter(rows)
    first = list(islice(stream, BATCH))
    _refuse_unknown_columns(first, renames or {})
    with audit.one_entry(Title, "titles imported") as trail, Queue() as queue:
        work = _Work(source, renames or {}, report or ImportReport(), trail, told, queue, dry_run=dry_run)
        for batch in chain([first], iter(lambda: list(islice(stream, BATCH)), [])):
            work.take(batch)
            progress(len(batch))
        work.finish()
    work.report.refused.sort()
    return work.report


def _refuse_unknown_columns(rows: Iterable[Row | BadRow], renames: Mapping[str, str]) -> None:
    known = {column for row in rows if isinstance(row, Row) for column in row.header or row.values}
    if known and (unknown := sorted(set(renames) - known)):
        raise UnknownColumnError(f"No row has a column {', '.join(unknown)}; there are: {', '.join(sorted(known))}.")


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
        before = self.report.counts()
        try:
            outcome = self._write(numbered)
        except (DataError, IntegrityError) as error:
            self.report.take_back(before)
            if len(numbered) == 1:
                line, record = numbered[0]
                reason = f"The database refused the row: {str(error).splitlines()[0]}."
                return [self._refused(line, reason, record.fields["title"])]
            middle = len(numbered) // 2
            return [*self._save(numbered[:middle]), *self._save(numbered[middle:])]
        self.queue.add(outcome.waiting)
        self.report.vectors_stale += outcome.vectors_stale
        return outcome.rows

    def _write(self, numbered: Sequence[Numbered]) -> Outcome:
        # Two imports at once take turns batch by batch, so that neither adds what the other is just adding.
        with only_one("title import"), transaction.atomic():
            outcome = save_batch(numbered, self.source)
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
            with only_one("title import"), transaction.atomic():
                self._relate(rows)
                self._tell()
                transaction.set_rollback(self.dry_run)
        report = self.report
        if not self.dry_run and report.added + report.restored + report.changed >= MANY:
            refresh_terms()

    def _relate(self, rows: Sequence[Waiting]) -> None:
        work = Relations(rows, self.source)
        for row in rows:
            faults = work.faults(row, self.seen if self.dry_run else ())
            self.report.unresolved += [(row.line, fault) for fault in faults]
        changed = {row.line: change for row, change in ([] if self.dry_run else work.save(rows))}
        for row in rows:
            if row.result == "unchanged" and (row.line in changed or (self.dry_run and work.would_change(row))):
                self.report.unchanged -= 1
                self.report.changed += 1
                changes = {"relations": changed[row.line]} if row.line in changed else {}
                self.told(RowResult(row.line, "changed", row.title, row.title_id, changes=changes))
