"""`manage.py export_titles [FILE]`: take titles out, as JSON Lines or CSV."""

from __future__ import annotations

import gzip
import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError

from catalog.exporting import FORMATS, export_rows
from catalog.models import Title, TitleStatus
from common.files import written_whole
from common.progress import progress_bar

EXAMPLES = """
examples:
  manage.py export_titles catalogue.jsonl.gz
  manage.py export_titles catalogue.csv --status published
  manage.py export_titles - --format csv | head

Deleted titles are left out. `manage.py import_titles` makes the same titles of the file, ids included.
"""


class Command(BaseCommand):
    """Opens the file, calls the service, says how many."""

    help = "Take titles out as JSON Lines or CSV (gzip too), with everything that hangs on them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command line."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="where to (default: -, the output)")
        parser.add_argument("--format", choices=sorted(FORMATS), help="default: as FILE is called, else jsonl")
        parser.add_argument("--gzip", action="store_true", help="compress (default: when FILE ends in .gz)")
        parser.add_argument("--status", choices=TitleStatus.values, action="append", help="only these titles")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        titles = Title.objects.all()
        if options["status"]:
            titles = titles.filter(status__in=options["status"])
        suffixes = Path(options["file"]).suffixes
        write = FORMATS[options["format"] or ("csv" if ".csv" in suffixes else "jsonl")]
        is_compressed = options["gzip"] or suffixes[-1:] == [".gz"]
        try:
            with _opened(options["file"], is_compressed) as file, progress_bar("titles", titles.count()) as progress:
                written = write(export_rows(titles, progress=progress), file)
        except BrokenPipeError:
            _hush()
            raise CommandError("Whoever reads the output has closed it before its end.") from None
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{written} titles written.", self.style.SUCCESS)


@contextmanager
def _opened(name: str, is_compressed: bool) -> Iterator[IO[bytes]]:
    with _raw(name) as raw:
        if not is_compressed:
            yield raw
            return
        # Without the time of day in its header, the same titles make the same file.
        with gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as file:
            yield cast("IO[bytes]", file)


@contextmanager
def _raw(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with written_whole(Path(name)) as file:
            yield file


def _hush() -> None:
    """Python would complain once more when it flushes what nobody reads."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
