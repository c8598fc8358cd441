"""Files of titles: bytes in, numbered rows out, no database. JSON Lines (RFC 4180's cousin, one object a line) and CSV.

Compression is told by the first bytes, the format by the name, or by the first character when the name does
not say it.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Final, cast

STANDARD_INPUT: Final = Path("-")
# Spreadsheets of countries with a decimal comma write semicolons.
DELIMITERS: Final = (",", ";", "\t")
GZIP_MAGIC: Final = b"\x1f\x8b"
Peekable = gzip.GzipFile | io.BufferedReader | io.BytesIO
LONGEST_LINE: Final = 5_000_000
# The column that says: `export_titles` wrote this row, and its texts are as they were stored.
EXPORT_MARK: Final = "marquee_export"
# A spreadsheet runs what begins so as a formula; an export puts an apostrophe before it, and before an apostrophe.
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")

# The module's own measure is 128 KB, less than the cell of a series with hundreds of episodes.
csv.field_size_limit(LONGEST_LINE)


class TitleFileError(Exception):
    """The file as a whole cannot be read; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file; `line` counts from 1, in a CSV the header is line 1. `header` is a CSV's."""

    line: int
    values: dict[str, Any]
    header: Collection[str] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that could not be read, and why."""

    line: int
    reason: str


def read_rows(path: Path) -> Iterator[Row | BadRow]:
    """The rows of a file (`-`: of standard input), one at a time. Raises `TitleFileError`."""
    try:
        with _open(path) as stream:
            yield from rows_in(stream, is_csv=_is_csv(path, stream))
    except (OSError, EOFError, zlib.error) as error:
        reason = str(getattr(error, "strerror", None) or error).rstrip(".")
        raise TitleFileError(f"{name_of(path)} cannot be read: {reason}.") from error


def name_of(path: Path) -> str:
    """For people."""
    return "Standard input" if path == STANDARD_INPUT else path.name


def rows_in(stream: Peekable, *, is_csv: bool) -> Iterator[Row | BadRow]:
    """The rows of what is open already. Raises `TitleFileError`, and what reading raises."""
    return _csv_rows(stream) if is_csv else _json_rows(stream)


@contextmanager
def _open(path: Path) -> Iterator[gzip.GzipFile | io.BufferedReader]:
    if path == STANDARD_INPUT and sys.stdin is None:
        raise TitleFileError("Standard input is closed.")
    with nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else path.open("rb") as file:
        stream = cast("io.BufferedReader", file)
        if stream.peek(2).startswith(GZIP_MAGIC):
            with gzip.GzipFile(fileobj=stream) as inside:
                yield inside
        else:
            yield stream


def _is_csv(path: Path, stream: gzip.GzipFile | io.BufferedReader) -> bool:
    suffixes = {suffix.lower() for suffix in path.suffixes}
    if suffixes & {".jsonl", ".ndjson", ".json"}:
        return False
    if ".csv" in suffixes:
        return True
    return not stream.peek(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")


def _json_rows(stream: Peekable) -> Iterator[Row | BadRow]:
    for number, line in enumerate(_lines(stream), start=1):
        if line is None:
            yield BadRow(number, f"The line is longer than {LONGEST_LINE:,} bytes.")
        elif line.strip(b"\xef\xbb\xbf \r\n\t"):
            yield _json_row(number, line)


def _lines(stream: Peekable) -> Iterator[bytes | None]:
    """The lines; None stands for one that is too long to be held in memory."""
    while line := stream.readline(LONGEST_LINE):
        too_long = len(line) == LONGEST_LINE and not line.endswith(b"\n")
        rest = line
        while too_long and rest and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE)
        yield None if too_long else line


def _json_row(number: int, line: bytes) -> Row | BadRow:
    try:
        values = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return BadRow(number, "The line is not UTF-8.")
    except (ValueError, RecursionError) as error:  # ValueError alone: a number of thousands of digits
        reason = getattr(error, "msg", "nested too deep" if isinstance(error, RecursionError) else "a number too long")
        return BadRow(number, f"The line is not JSON: {reason}.")
    if not isinstance(values, dict):
        return BadRow(number, "The line is not a JSON object.")
    return Row(number, values)


def _csv_rows(stream: Peekable) -> Iterator[Row | BadRow]:
    # Line by line, so that what stands before an unreadable line is still read.
    lines = (line.decode("utf-8") for line in _without_mark(stream))
    reader: csv.DictReader[str] = csv.DictReader([])
    try:
        first = next(lines, "")
        reader = csv.DictReader(chain([first], lines), delimiter=_delimiter(first))
        _check_header(reader.fieldnames or ())
        for values in reader:
            yield _csv_row(reader.line_num, values)
    except UnicodeDecodeError:
        yield BadRow(reader.line_num + 1, "The file is not UTF-8 from here on; the rest was not read.")
    except csv.Error as error:
        yield BadRow(reader.line_num, f"The line is not CSV, the rest was not read: {error}.")


def _delimiter(header: str) -> str:
    """What divides it into the most names; a comma, if that does not tell."""
    return max(DELIMITERS, key=lambda one: len(next(csv.reader([header], delimiter=one), [])))


def _check_header(names: Sequence[str]) -> None:
    if not names:
        raise TitleFileError("The CSV has no header line.")
    # Those without a name are what spreadsheets leave at the end of a line.
    counted = Counter(name.strip().lower() for name in names if name.strip())
    if twice := [name for name, times in counted.items() if times > 1]:
        raise TitleFileError(f"The CSV has more than one column called {', '.join(twice)}.")


def _without_mark(stream: Peekable) -> Iterator[bytes]:
    for number, line in enumerate(_lines(stream)):
        if line is None:
            raise csv.Error(f"it is longer than {LONGEST_LINE:,} bytes")
        yield line if number else line.removeprefix(b"\xef\xbb\xbf")


def _csv_row(line: int, values: dict[str | Any, str | Any]) -> Row | BadRow:
    if None in values:
        return BadRow(line, "The line has more fields than the header.")
    if None in values.values():
        return BadRow(line, "The line has fewer fields than the header.")
    # An empty field of a CSV says nothing, rather than "make it empty".
    said = {name: value for name, value in values.items() if value.strip()}
    if EXPORT_MARK in said:
        said = {name: value.removeprefix("'") for name, value in said.items()}
    return Row(line, said, values.keys())
