"""`manage.py import_titles FILE`: bring titles in from JSON Lines or CSV."""

from __future__ import annotations

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog import importing
from catalog.models import Title
from catalog.records import TARGETS
from catalog.title_files import TitleFileError, read_rows
from catalog.vectors import embed_catalogue
from common import audit
from common.progress import progress_bar

EXAMPLES = f"""
examples:
  manage.py import_titles films.jsonl.gz
  manage.py import_titles films.csv --map Name=title --map Released=release_year --dry-run

A row needs a title. Rows are found again by their external_id, so an import may be repeated; a title that was
deleted in the meantime is restored.
Targets: {", ".join(TARGETS)}.
"""
SHOWN_REFUSALS = 20


class Command(BaseCommand):
    """Reads the file, calls the service, shows the report."""

    help = "Bring titles in from a JSON Lines or CSV file (gzip too). Refused rows are reported by line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command line."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--map", action="append", default=[], metavar="SOURCE=TARGET", help="read TARGET from the column SOURCE"
        )
        parser.add_argument("--source", default="import", help="who gave the external ids (default: import)")
        parser.add_argument("--dry-run", action="store_true", help="try everything, keep nothing")
        parser.add_argument("--no-vectors", action="store_true", help="do not compute content vectors afterwards")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as JSON as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import. Titles and vectors together leave one entry in the audit trail."""
        path: Path = options["file"]
        renames = dict(self._renames(options["map"]))
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if not 1 <= len(options["source"]) <= 50:
            raise CommandError("--source must have 1 to 50 characters.")
        with audit.one_entry(Title, f"import_titles {path.name}"):
            self._bring_in(path, renames, options)

    def _bring_in(self, path: Path, renames: dict[str, str], options: dict[str, Any]) -> None:
        report = self._import(path, renames, options)
        self._show(report, dry_run=options["dry_run"])
        if options["report"]:
            try:
                self._write(report, options["report"])
            except OSError as error:
                raise CommandError(f"The report {options['report']} cannot be written: {error.strerror}.") from error
        if not report.wrote_nothing and not options["dry_run"] and not options["no_vectors"]:
            self._embed()
        if report.used_nothing:
            raise CommandError("No row could be used." if report.refused else "The file holds no rows.")

    @staticmethod
    def _import(path: Path, renames: dict[str, str], options: dict[str, Any]) -> importing.ImportReport:
        with progress_bar("lines") as progress:
            try:
                return importing.import_titles(
                    read_rows(path),
                    source=options["source"],
                    renames=renames,
                    dry_run=options["dry_run"],
                    progress=progress,
                )
            except (TitleFileError, importing.UnknownColumnError) as error:
                raise CommandError(str(error)) from error

    @staticmethod
    def _renames(pairs: list[str]) -> Iterator[tuple[str, str]]:
        for pair in pairs:
            source, _, target = pair.partition("=")
            if not source or target not in TARGETS:
                raise CommandError(f"--map {pair}: write SOURCE=TARGET, with a target out of {', '.join(TARGETS)}.")
            yield source, target

    def _show(self, report: importing.ImportReport, *, dry_run: bool) -> None:
        verb = "would be " if dry_run else ""
        restored = f"{report.restored} {verb}restored, " if report.restored else ""
        self.stdout.write(
            f"{report.added} {verb}added, {restored}{report.changed} {verb}changed, {report.unchanged} unchanged, "
            f"{len(report.refused)} refused."
        )
        for note, times in sorted(report.notes.items()):
            self.stdout.write(f"  {note}: {times} rows")
        for line, reason in report.refused[:SHOWN_REFUSALS]:
            self.stdout.write(f"  line {line}: {reason}")
        if (more := len(report.refused) - SHOWN_REFUSALS) > 0:
            self.stdout.write(f"  … and {more} more; --report FILE holds them all")
        if report.wrote_nothing and report.unchanged and not report.refused:
            self.stdout.write("Nothing to write: the catalogue holds all of it.")

    @staticmethod
    def _write(report: importing.ImportReport, path: Path) -> None:
        refused = [{"line": line, "reason": reason} for line, reason in report.refused]
        text = json.dumps({**report.counts(), "refused": refused, "notes": report.notes}, indent=2, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")

    def _embed(self) -> None:
        with progress_bar("vectors") as progress:
            written = embed_catalogue(progress=progress)
        self.stdout.write(f"{written} content vectors computed.")
