"""`manage.py import_titles FILE`: bring titles in from JSON Lines or CSV."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from catalog import importing
from catalog.importing import ImportReport, RowResult
from catalog.importing.report_file import report_file
from catalog.importing.screen import FirstRows, summary_lines
from catalog.models import Title
from catalog.records import TARGETS
from catalog.title_files import STANDARD_INPUT, BadRow, Row, TitleFileError, name_of, read_rows
from catalog.vectors import embed_catalogue
from catalog.vectors.providers import EmbeddingError
from common import audit
from common.files import is_same_file
from common.progress import progress_bar

EXAMPLES = f"""
examples:
  manage.py import_titles films.jsonl.gz
  manage.py import_titles films.csv --map Name=title --map Released=release_year --dry-run
  manage.py import_titles films.csv --dry-run --report what-would-change.json
  curl https://example.com/films.jsonl.gz | manage.py import_titles -

A row needs a title. Rows are found again by their external_id, so an import may be repeated; a title that was
deleted in the meantime is restored. Each 500 rows are kept as they are done: an import that was stopped is run again,
and what is done is recognised (or left out with --from-line, as the last sentence of the stopped one says; relations
of the lines left out are not looked at again).
Targets: {", ".join(TARGETS)}.
"""
INTERRUPTED = 130


class Command(BaseCommand):
    """Reads the file, calls the service, shows the report."""

    help = "Bring titles in from a JSON Lines or CSV file (gzip too). Refused rows are reported by line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command line."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("file", type=Path, metavar="FILE", help="JSON Lines or CSV, gzip or not; -: standard input")
        parser.add_argument(
            "--map", action="append", default=[], metavar="SOURCE=TARGET", help="read TARGET from the column SOURCE"
        )
        parser.add_argument("--source", default="import", help="who gave the external ids (default: import)")
        parser.add_argument("--dry-run", action="store_true", help="try everything, keep nothing, tell what would be")
        parser.add_argument("--from-line", type=int, default=1, metavar="N", help="leave out the lines before this one")
        parser.add_argument("--no-vectors", action="store_true", help="do not compute content vectors afterwards")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the whole report as JSON as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import. Titles and vectors together leave one entry in the audit trail."""
        path: Path = options["file"]
        renames = dict(self._renames(options["map"]))
        if path != STANDARD_INPUT and not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if options["report"] and is_same_file(options["report"], 0 if path == STANDARD_INPUT else str(path)):
            raise CommandError(f"The report would take the place of the titles: {options['report']} is the same file.")
        if not 1 <= len(options["source"]) <= 50:
            raise CommandError("--source must have 1 to 50 characters.")
        with audit.one_entry(Title, f"import_titles {name_of(path)}"):
            self._bring_in(path, renames, options)

    def _bring_in(self, path: Path, renames: dict[str, str], options: dict[str, Any]) -> None:
        report, shown = ImportReport(), FirstRows(are_kept=options["dry_run"])
        try:
            self._import(path, renames, options, report, shown)
        except KeyboardInterrupt:
            self._show(report, shown, options)
            raise CommandError(self._where_it_stopped(report, options), returncode=INTERRUPTED) from None
        except (TitleFileError, OperationalError, InterfaceError) as error:
            if report.last_line:
                self._show(report, shown, options)
            raise CommandError(f"{_cause(error)} {self._where_it_stopped(report, options)}") from error
        self._show(report, shown, options)
        if not report.wrote_nothing and not options["dry_run"] and not options["no_vectors"]:
            self._embed()
        if report.used_nothing:
            raise CommandError(_why_nothing_was_used(report))

    @staticmethod
    def _import(
        path: Path, renames: dict[str, str], options: dict[str, Any], report: ImportReport, shown: FirstRows
    ) -> None:
        def told(row: RowResult) -> None:
            write(row)
            shown.take(row)

        try:
            with report_file(options["report"], report) as write, progress_bar("lines") as progress:
                importing.import_titles(
                    _from_line(options["from_line"], path),
                    source=options["source"],
                    renames=renames,
                    dry_run=options["dry_run"],
                    progress=progress,
                    told=told,
                    report=report,
                )
        except importing.UnknownColumnError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            what = options["report"] or "A temporary file"
            raise CommandError(f"{what} cannot be written: {error.strerror}.") from error

    @staticmethod
    def _where_it_stopped(report: ImportReport, options: dict[str, Any]) -> str:
        if not report.last_line:
            return "Stopped before the first rows were done; nothing was kept."
        if options["dry_run"]:
            return f"Stopped; the lines up to {report.last_line} were tried, and nothing was kept."
        if report.done_until < report.last_line:
            return (
                f"Stopped; the lines up to {report.last_line} are done, but from line {report.first_waiting} on some "
                "are related to titles that are not there yet. Run it again, "
                f"with --from-line {report.done_until + 1} to leave out what is wholly done."
            )
        return (
            f"Stopped; the lines up to {report.last_line} are done. Run it again, "
            f"with --from-line {report.last_line + 1} to leave them out."
        )

    @staticmethod
    def _renames(pairs: list[str]) -> Iterator[tuple[str, str]]:
        for pair in pairs:
            source, _, target = pair.partition("=")
            if not source or target not in TARGETS:
                raise CommandError(f"--map {pair}: write SOURCE=TARGET, with a target out of {', '.join(TARGETS)}.")
            yield source, target

    def _show(self, report: ImportReport, shown: FirstRows, options: dict[str, Any]) -> None:
        for line in summary_lines(report, shown, dry_run=options["dry_run"]):
            self.stdout.write(line)

    def _embed(self) -> None:
        try:
            with progress_bar("vectors") as progress:
                written = embed_catalogue(stale=True, progress=progress)
        except EmbeddingError as error:
            raise CommandError(
                f"The titles are imported, their vectors are not computed: {error} `manage.py embed_titles --stale` "
                "does it later."
            ) from None
        self.stdout.write(f"{written} content vectors computed.")


def _cause(error: Exception) -> str:
    return str(error) if isinstance(error, TitleFileError) else f"The database: {str(error).splitlines()[0]}."


def _why_nothing_was_used(report: ImportReport) -> str:
    if not report.refused:
        return "The file holds no rows."
    if report.no_row_has_a_title and report.columns:
        columns = ", ".join(name[:60] for name in report.columns[:30])
        return f"No row could be used: none has a title. The columns are {columns}; --map COLUMN=title names the one."
    return "No row could be used."


def _from_line(first: int, path: Path) -> Iterator[Row | BadRow]:
    return (row for row in read_rows(path) if row.line >= first)
