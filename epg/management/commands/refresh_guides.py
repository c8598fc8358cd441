"""`manage.py refresh_guides`: fetch and import the guides of the sources, those that have changed."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection

from common import audit
from common.progress import progress_bar
from epg.errors import GuideRefusedError
from epg.models import GuideSource, Programme, RefreshResult
from epg.sources import Refreshed, RefreshRunningError, refresh
from epg.sources.screen import counts_line

EXAMPLES: Final = """
examples:
  manage.py refresh_guides                     every active source
  manage.py refresh_guides "My broadcaster"    this one, active or not
  manage.py refresh_guides --dry-run           say what would change and change nothing
  manage.py refresh_guides --force             also what has not changed at its source

Sources are set up in the admin site: an address, whether it is believed more than others, what it calls the channels.
Each is asked whether its guide has changed since the last time; only then is it fetched and imported. One that fails
leaves its guide as it was, and the others go on. Meant to be run by a timer, such as cron: one line per source, and
exit code 1 if any of them failed. A source that another run is at is left to that.
"""
INTERRUPTED: Final = 130


class Command(BaseCommand):
    """Calls the service for each source, shows how it went."""

    help = "Fetch the guides of the sources and import those that have changed."

    def add_arguments(self, parser: CommandParser) -> None:
        """The command line."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("names", nargs="*", metavar="NAME", help="a source; without any, every active one")
        parser.add_argument("--all", action="store_true", help="those that are not active, too")
        parser.add_argument("--force", action="store_true", help="fetch and import what has not changed, too")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """All of them, also when one fails."""
        try:
            sources = _chosen(options["names"], take_all=options["all"])
        except Error as error:
            raise CommandError(f"{_fault(error)} Nothing was written.") from error
        if not sources:
            self.stdout.write("There is no guide source to refresh; they are set up in the admin site.")
        try:
            failed = [source for source in sources if not self._refresh(source, options)]
        except KeyboardInterrupt:
            sentence = "Stopped; the guide that was being imported is as it was, or all of it is imported."
            raise CommandError(sentence, returncode=INTERRUPTED) from None
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was written.")
        if failed:
            raise CommandError(f"{len(failed)} of {len(sources)} sources failed.")

    def _refresh(self, source: GuideSource, options: dict[str, Any]) -> bool:
        """Whether it went well; with a line that tells how."""
        try:
            with (
                audit.one_entry(Programme, f"refresh_guides {source.name}"),
                progress_bar("programmes read") as progress,
                progress_bar("programmes written") as written,
            ):
                refreshed = refresh(
                    source_id=source.pk,
                    force=options["force"],
                    dry_run=options["dry_run"],
                    progress=progress,
                    written=written,
                )
        except RefreshRunningError as error:
            self.stdout.write(f"{source.name}: {error}")
            return True
        except GuideRefusedError as error:
            refreshed = Refreshed(RefreshResult.FAILED, error=str(error))
        except Error as error:
            # The next source begins with a connection of its own.
            connection.close_if_unusable_or_obsolete()
            refreshed = Refreshed(RefreshResult.FAILED, error=_fault(error))
        self.stdout.write(f"{source.name}: {_told(refreshed)}")
        return refreshed.result != RefreshResult.FAILED


def _chosen(names: Sequence[str], *, take_all: bool) -> list[GuideSource]:
    """The most believed first, so that others only fill what it leaves."""
    sources = GuideSource.objects.all()
    if not names:
        return list(sources if take_all else sources.filter(is_active=True))
    known = {source.name: source for source in sources}
    if unknown := [name for name in names if name not in known]:
        there = ", ".join(sorted(known)) or "none"
        raise CommandError(f"There is no guide source called {unknown[0]}. There are: {there}.")
    return [source for source in sources if source.name in names]


def _fault(error: Error) -> str:
    return f"The database: {str(error).splitlines()[0]}."


def _told(refreshed: Refreshed) -> str:
    if refreshed.result == RefreshResult.FAILED:
        return f"failed: {refreshed.error}"
    if refreshed.report is None:
        return "unchanged at the source."
    return f"imported: {counts_line(refreshed.report)}."
