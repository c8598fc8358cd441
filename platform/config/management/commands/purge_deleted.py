"""`manage.py purge_deleted`: remove for good what was deleted long ago."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from common.progress import progress_bar
from config.purging import PurgeReport, due, purge_deleted

DAYS: Final = 30
MOST_DAYS: Final = 36_500
EXAMPLES: Final = """
examples:
  manage.py purge_deleted --dry-run            say what would be removed
  manage.py purge_deleted                      what was deleted more than 30 days ago
  manage.py purge_deleted --older-than 7       what was deleted more than 7 days ago

Nothing that was removed comes back. Sessions that ended more than 30 days ago and counters of failed sign-ins in
which nothing happens any more are removed as well, and reminders 30 days after their programme; of the guide,
programmes that ended longer ago than GUIDE_KEEP_DAYS and their channel's catch-up window, what was removed longer ago
than GUIDE_CHANGES_DAYS, and reports of imports after 90 days. Streams are
removed 30 days after they ended, and those that were silent for a day are ended; what viewers took back or forgot is
told to apps for VIEWING_CHANGES_DAYS. Channels stay for GUIDE_CHANGES_DAYS at least, whatever --older-than says, so
that apps can be told that they are gone. Meant to be run once a night.
"""


class Command(BaseCommand):
    """Calls the service, shows the counts."""

    help = "Remove for good the titles, channels and accounts that staff deleted, and sessions that are long over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command line."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument(
            "--older-than", type=_days, default=DAYS, metavar="DAYS", help=f"deleted for so long (default: {DAYS})"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be removed and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        older_than, dry_run = timedelta(days=options["older_than"]), options["dry_run"]
        try:
            report = due(older_than=older_than) if dry_run else _purged(older_than)
        except Error as error:
            sentence = f"The database: {str(error).splitlines()[0]}. What was not removed is removed by the next run."
            raise CommandError(sentence) from error
        self._show(report, dry_run=dry_run)

    def _show(self, report: PurgeReport, *, dry_run: bool) -> None:
        counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in asdict(report).items())
        self.stdout.write(f"{'Would be removed' if dry_run else 'Removed'} for good: {counts}.")


def _purged(older_than: timedelta) -> PurgeReport:
    with progress_bar("rows", total=due(older_than=older_than).total) as progress:
        return purge_deleted(older_than=older_than, progress=progress)


def _days(text: str) -> int:
    try:
        days = int(text)
    except ValueError:
        raise ArgumentTypeError(f"a number of days is expected, not {text!r}") from None
    if not 0 <= days <= MOST_DAYS:
        raise ArgumentTypeError(f"0 to {MOST_DAYS} days are possible")
    return days
