"""`manage.py import_channels SOURCE [SOURCE ...]`: bring channels in from playlists and CSV."""

from __future__ import annotations

from argparse import BooleanOptionalAction, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, IntegrityError
from django.utils import timezone

from common import audit
from common.progress import progress_bar
from epg.channels import ChannelList, ChannelReport, ChannelsRefusedError, import_channels, read_source
from epg.channels.csv_files import COLUMNS
from epg.channels.screen import report_lines, write_report
from epg.models import Channel
from epg.sources.places import name_of, would_be_replaced

EXAMPLES = f"""
examples:
  manage.py import_channels playlist.m3u --dry-run
  manage.py import_channels channels.csv playlist.m3u --report what-happened.jsonl
  manage.py import_channels https://tv.example/playlist.m3u
  curl https://tv.example/playlist.m3u | manage.py import_channels -

A playlist's entry is a channel with tvg-id as its external id, tvg-chno as its number, the first group of group-title
(or #EXTGRP) as its genre, tvg-country, tvg-language, and catchup-days, tvg-rec or timeshift as its catch-up window.
Its address is kept if it is http or https; options for players are not. Films (with a length) and radio stations are
left out.

A CSV is either one table with a name and any of the columns
{", ".join(COLUMNS[1:6])},
{", ".join(COLUMNS[6:])} (lists divided by semicolons),
or the channels.csv of github.com/iptv-org/database, read along with the feeds.csv, logos.csv, guide-ids.csv and
categories.csv beside it; there, closed channels are left out, and their ids go to those that replaced them.

A channel is found again by an external id, then by its name if only one has it, and changed only where the file says
something else: an import may be repeated. A number that another channel has is replaced by the next free one. A
channel that was deleted in the meantime is restored, as import_guide does; --no-new-channels leaves it deleted. All
files are read first; if one cannot be used, or anything fails, nothing is written.
"""
INTERRUPTED = 130


class Command(BaseCommand):
    """Reads the files, calls the service, shows the report."""

    help = "Bring channels in from M3U playlists or CSV files (gzip too). What is left out is reported by line."

    def add_arguments(self, parser: CommandParser) -> None:
        """The command line."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument(
            "sources",
            nargs="+",
            metavar="SOURCE",
            help="an .m3u or .csv file, an http(s) address, or -: standard input",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
        parser.add_argument(
            "--no-new-channels", action="store_true", help="only change channels that are there; add and restore none"
        )
        parser.add_argument(
            "--logos",
            action=BooleanOptionalAction,
            default=None,
            help="take the addresses of logos, which viewers' devices then load from others' hosts "
            "(default: from a CSV of your own, and from nothing else)",
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the whole report as JSON Lines as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, report, or refuse with one sentence."""
        if options["report"] and not options["report"].absolute().parent.is_dir():
            raise CommandError(f"The report {options['report']} cannot be written: there is no such folder.")
        _refuse_report_over_source(options["sources"], options["report"])
        lists = [_read(source) for source in options["sources"]]
        with audit.one_entry(Channel, f"import_channels {', '.join(one.name for one in lists)}"[:200]):
            report = self._import(lists, options)
        for line in report_lines(report, dry_run=options["dry_run"]):
            self.stdout.write(line)
        if options["report"]:
            _write(report, options["report"])
        if report.used_nothing:
            raise CommandError("No channel of it could be used.")

    @staticmethod
    def _import(lists: Sequence[ChannelList], options: dict[str, Any]) -> ChannelReport:
        with progress_bar("channels", total=sum(len(one.channels) for one in lists)) as progress:
            try:
                return import_channels(
                    lists,
                    create_channels=not options["no_new_channels"],
                    keep_logos=options["logos"],
                    dry_run=options["dry_run"],
                    progress=progress,
                )
            except IntegrityError:
                raise CommandError("The channels were changed by others meanwhile; nothing was written.") from None
            except Error as error:
                raise CommandError(f"The database: {str(error).splitlines()[0]}. Nothing was written.") from error
            except KeyboardInterrupt:
                raise CommandError("Stopped; nothing was written.", returncode=INTERRUPTED) from None


def _refuse_report_over_source(sources: Sequence[str], report: Path | None) -> None:
    for source in sources:
        if would_be_replaced(source, report):
            raise CommandError(f"The report would take the place of what is imported: {report} is the same file.")


def _read(source: str) -> ChannelList:
    try:
        with progress_bar("bytes") as progress:
            return read_source(source, today=timezone.now().date(), progress=progress)
    except ChannelsRefusedError as refusal:
        raise CommandError(f"{name_of(source)}: {refusal} Nothing was written.") from None


def _write(report: ChannelReport, path: Path) -> None:
    try:
        write_report(report, path)
    except OSError as error:
        raise CommandError(f"All is done, but the report {path} cannot be written: {error.strerror}.") from None
