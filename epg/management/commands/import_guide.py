"""`manage.py import_guide SOURCE`: bring an XMLTV guide into the schedule."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from typing import IO, Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils import timezone

from common import audit
from common.progress import progress_bar
from epg.errors import GuideRefusedError
from epg.importing import GuideReport, Told, import_guide
from epg.models import Programme
from epg.sources import is_language, readable, zone_named
from epg.sources.places import is_fetched, name_of, opened, would_be_replaced
from epg.sources.report_file import report_file
from epg.sources.screen import report_lines, why_nothing_was_used
from epg.sources.shifting import whole_weeks_to_now
from epg.xmltv import covered_period

EXAMPLES: Final = """
examples:
  manage.py import_guide guide.xml.gz --dry-run
  manage.py import_guide https://guide.example/7days.xml.xz --report what-happened.jsonl
  manage.py import_guide guide.xml --zone Europe/Oslo --language no
  manage.py import_guide demo.xml.gz --shift-weeks auto
  curl https://guide.example/7days.xml | manage.py import_guide -

For each channel and the time it covers, the guide replaces the schedule. What was on before stays for as long as the
channel's catch-up window, and so do locked programmes. Viewers see the old guide or the new one, nothing between; a
guide that is refused, or an import that is stopped, changes nothing. The same guide again writes nothing.
Whether it is packed with gzip or xz is told by its content. How large it may be says GUIDE_MAX_MEGABYTES.
A guide that is fetched again and again is better a guide source: see the admin site, and manage.py refresh_guides.
"""
AUTO: Final = "auto"
MOST_WEEKS: Final = 1000
MOST_MINUTES: Final = 1440
INTERRUPTED: Final = 130


class Command(BaseCommand):
    """Opens the source, calls the service, shows the report."""

    help = "Import an XMLTV guide from a file, standard input or a web address. What is not taken is reported by line."

    def add_arguments(self, parser: CommandParser) -> None:
        """The command line."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("source", metavar="SOURCE", help="an XMLTV file, an http(s) address, or -: standard input")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
        parser.add_argument(
            "--shift-weeks",
            type=_weeks,
            default=0,
            metavar="N|auto",
            help="move the guide by N weeks, or by as many as bring the present into it",
        )
        parser.add_argument("--shift-minutes", type=_minutes, default=0, metavar="N", help="and by N minutes")
        parser.add_argument(
            "--zone", type=_zone, default=UTC, metavar="NAME", help="of times without an offset (default: UTC)"
        )
        parser.add_argument(
            "--language", type=_language, default="", metavar="CODE", help="preferred where there are texts in several"
        )
        parser.add_argument("--icons", action="store_true", help="keep the logos of channels that are created")
        parser.add_argument(
            "--no-new-channels", action="store_true", help="report channels that nobody knows instead of creating them"
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the whole report as JSON Lines as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, report, or refuse with one sentence."""
        name, report = name_of(options["source"]), GuideReport()
        if would_be_replaced(options["source"], options["report"]):
            raise CommandError(f"The report would take the place of the guide: {options['report']} is the same file.")
        try:
            with (
                audit.one_entry(Programme, f"import_guide {name}"[:200]),
                report_file(options["report"]) as (told, sums),
            ):
                self._import(name, options, told, report)
                sums(report)
        except (GuideRefusedError, Error, OSError, KeyboardInterrupt) as error:
            if report.is_written:
                self._show(report, options)
            raise _failure(error, is_written=report.is_written) from error
        self._show(report, options)

    def _show(self, report: GuideReport, options: dict[str, Any]) -> None:
        for line in report_lines(report, dry_run=options["dry_run"]):
            self.stdout.write(line)
        if report.used_nothing:
            self.stderr.write(why_nothing_was_used(report), self.style.WARNING)

    @staticmethod
    def _import(name: str, options: dict[str, Any], told: Told, report: GuideReport) -> None:
        with _opened(options["source"]) as file:
            shift = timedelta(minutes=options["shift_minutes"])
            shift += timedelta(weeks=_weeks_to_shift(file, options["shift_weeks"], shift, options["zone"]))
            with progress_bar("programmes read") as progress, progress_bar("programmes written") as written:
                import_guide(
                    stream=readable(file),
                    name=name,
                    create_channels=not options["no_new_channels"],
                    keep_icons=options["icons"],
                    shift=shift,
                    zone=options["zone"],
                    language=options["language"],
                    dry_run=options["dry_run"],
                    progress=progress,
                    written=written,
                    told=told,
                    report=report,
                )


def _failure(error: BaseException, *, is_written: bool) -> CommandError:
    """What went wrong, and what became of the guide."""
    match error:
        case KeyboardInterrupt():
            what = "the guide was imported before" if is_written else "nothing was written"
            return CommandError(f"Stopped; {what}.", returncode=INTERRUPTED)
        case Error():
            sentence = f"The database: {str(error).splitlines()[0]}." + ("" if is_written else " Nothing was written.")
        case OSError():
            sentence = f"A temporary file cannot be written: {error.strerror}."
        case _:
            sentence = str(error)
    return CommandError(f"The guide is imported, but {sentence[0].lower()}{sentence[1:]}" if is_written else sentence)


@contextmanager
def _opened(source: str) -> Iterator[IO[bytes]]:
    if not is_fetched(source):
        with opened(source) as file:
            yield file
        return
    with ExitStack() as stack:
        with progress_bar("bytes") as progress:
            file = stack.enter_context(opened(source, progress=progress))
        yield file


def _weeks_to_shift(file: IO[bytes], weeks: int | str, shift: timedelta, zone: tzinfo) -> int:
    """How many weeks to move the guide; `auto` reads the whole file for its times first."""
    if weeks != AUTO:
        return int(weeks)
    period = covered_period(readable(file), zone=zone)
    return whole_weeks_to_now((period[0] + shift, period[1] + shift), timezone.now()) if period else 0


def _weeks(text: str) -> int | str:
    return AUTO if text == AUTO else _whole_number(text, MOST_WEEKS, f"a whole number or {AUTO}", "weeks")


def _minutes(text: str) -> int:
    return _whole_number(text, MOST_MINUTES, "a whole number", "minutes")


def _whole_number(text: str, most: int, what: str, unit: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{what} is expected, not {text!r}") from None
    if abs(number) > most:
        raise argparse.ArgumentTypeError(f"at most {most} {unit} are possible")
    return number


def _zone(text: str) -> tzinfo:
    zone = zone_named(text)
    if zone is None:
        raise argparse.ArgumentTypeError(f"there is no time zone {text!r}; write one as Europe/Oslo")
    return zone


def _language(text: str) -> str:
    if text and not is_language(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no language; write it as the guide does, as no or eng")
    return text
