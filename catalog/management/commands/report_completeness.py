"""`manage.py report_completeness`: what the titles of the catalogue lack."""

from __future__ import annotations

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.completeness import MEANINGS, Completeness, count_missing, count_stale, incomplete
from catalog.models import Title, TitleStatus
from catalog.vectors.providers import EmbeddingError
from common.progress import progress_bar

EXAMPLES = """
examples:
  manage.py report_completeness --status published
  manage.py report_completeness --missing synopsis --missing poster --limit 20
  manage.py report_completeness --json > completeness.json
"""


class Command(BaseCommand):
    """Shows a table of counts, or the titles themselves."""

    help = "Count the titles that lack a synopsis, a picture, a rating, a vector and more; deleted ones are left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command line."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("--missing", action="append", choices=list(MEANINGS), help="list the titles that lack this")
        parser.add_argument("--limit", type=int, default=100, metavar="N", help="of those, at most so many (100)")
        parser.add_argument("--status", choices=TitleStatus.values, action="append", help="only these titles")
        parser.add_argument("--json", action="store_true", help="the same as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or list."""
        titles = Title.objects.all()
        if options["status"]:
            titles = titles.filter(status__in=options["status"])
        if options["missing"]:
            self._list(incomplete(titles, options["missing"]), options)
        else:
            self._count(count_missing(titles), options)

    def _list(self, titles: Any, options: dict[str, Any]) -> None:
        total, shown = titles.count(), titles[: options["limit"]]
        if options["json"]:
            rows = [{"id": str(title.id), "title": title.title, "release_year": title.release_year} for title in shown]
            self.stdout.write(json.dumps({"total": total, "titles": rows}, indent=2, ensure_ascii=False))
            return
        for title in shown:
            self.stdout.write(f"{title.id}  {title}")
        self.stdout.write(f"{total:,} titles lack {' and '.join(options['missing'])}.")

    def _count(self, counted: Completeness, options: dict[str, Any]) -> None:
        try:
            with progress_bar("vectors", Title.with_deleted.count()) as progress:
                stale = count_stale(progress=progress)
        except EmbeddingError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            facts = {"total": counted.total, "missing": dict(counted.missing), "vectors_to_compute": stale}
            self.stdout.write(json.dumps(facts, indent=2))
            return
        self.stdout.write(f"{counted.total:,} titles, of which lack:")
        for name, number in counted.missing.items():
            self.stdout.write(f"  {name:18}{number:>8,}  {counted.share(name):>6.1%}  {MEANINGS[name]}")
        self.stdout.write(
            f"{stale:,} vectors are missing, of another model, or out of date, those of deleted titles included; "
            "manage.py embed_titles --stale computes them."
        )
