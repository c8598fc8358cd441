"""`manage.py evaluate_search FILE`: how often search finds what labelled queries want."""

from __future__ import annotations

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.search.evaluation import Evaluation, Score, evaluate
from catalog.search.hybrid import MODES
from common.progress import progress_bar

EXAMPLES = """
example:
  manage.py evaluate_search queries.jsonl --mode all --json scores.json

A line of the file is an object with `query`, `kind` (any word; rows are grouped by it) and the one title wanted:
  {"query": "rat who wants to cook", "kind": "descriptive", "external_id": "Ratatouille_(film)"}
  {"query": "the godfahter", "kind": "typo", "title": "The Godfather", "year": 1972}
`href` is read like external_id. success@1 and success@10 say how often it was the first answer, or among the first
ten; MRR is the mean of 1 / its rank. Guests' view of the whole catalogue is asked.
"""
SHOWN_UNUSABLE = 20


class Command(BaseCommand):
    """Reads the file, calls the service, shows a table."""

    help = "Print success@1, success@10 and MRR of search for each kind of labelled query and each mode."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command line."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("file", type=Path, metavar="FILE", help="labelled queries as JSON Lines")
        parser.add_argument("--mode", choices=[*MODES, "all"], default="all", help="what to measure (default: all)")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the scores as JSON as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        modes = MODES if options["mode"] == "all" else (options["mode"],)
        lines = self._read(options["file"])
        with progress_bar("queries", total=len(lines)) as progress:
            result = evaluate(lines, modes=modes, progress=progress)
        self._show(result)
        if options["json"]:
            self._write(result, options["json"])
        if not result.scores:
            raise CommandError("No query could be used.")

    @staticmethod
    def _read(path: Path) -> list[str]:
        try:
            return path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise CommandError(f"{path} cannot be read: {reason}.") from error

    def _show(self, result: Evaluation) -> None:
        if result.scores:
            self.stdout.write(f"{'kind':<22} {'mode':<9} {'n':>5} {'success@1':>10} {'success@10':>11} {'MRR':>6}")
        for score in result.scores:
            self.stdout.write(_row(score))
        for mode in sorted(result.fell_back):
            self.stdout.write(f"{mode}: answered by keywords where vectors could not tell (see EMBEDDING_PROVIDER).")
        for line, reason in result.unusable[:SHOWN_UNUSABLE]:
            self.stderr.write(f"line {line}: {reason}")
        if (more := len(result.unusable) - SHOWN_UNUSABLE) > 0:
            self.stderr.write(f"… and {more} more; --json FILE holds them all")

    @staticmethod
    def _write(result: Evaluation, path: Path) -> None:
        text = json.dumps(result.as_json(), indent=2, ensure_ascii=False)
        try:
            path.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def _row(score: Score) -> str:
    measured = f"{score.success_at_1:>10.3f} {score.success_at_10:>11.3f} {score.mrr:>6.3f}"
    return f"{score.kind:<22} {score.mode:<9} {score.queries:>5} {measured}"
