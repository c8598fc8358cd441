"""CSV files as rows: bytes in, dictionaries out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from epg.channels.records import LONGEST_LINE, ChannelsRefusedError
from epg.channels.texts import decoded
from epg.channels.values import quoted

# Spreadsheets of countries with a decimal comma write semicolons.
_DELIMITERS: Final = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file with their line numbers; the header is line 1. Texts are stripped, missing cells are ""."""

    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    encoding: str = "UTF-8"

    def has(self, columns: Collection[str]) -> bool:
        """Whether all of these are there."""
        return set(columns) <= set(self.columns)


def read_table(content: bytes) -> Table:
    """A whole CSV with a header. Raises `ChannelsRefusedError` for what is none."""
    text, encoding = decoded(content)
    delimiter = _delimiter(text.partition("\n")[0])
    # Strict: a quote that nobody closes would otherwise take in the rest of the file.
    lines = _numbered(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    _, header = next(lines, (1, []))
    columns = tuple(name.strip().casefold() for name in header)
    _check(columns)
    return Table(columns, list(_rows(lines, columns)), encoding)


def _delimiter(header: str) -> str:
    """What divides the header into the most names; a comma, if that does not tell."""
    return max(_DELIMITERS, key=lambda one: header.count(one))


def _check(columns: tuple[str, ...]) -> None:
    # Those without a name are what spreadsheets leave at the end of a line.
    twice = [name for name, times in Counter(name for name in columns if name).items() if times > 1]
    if twice:
        raise ChannelsRefusedError(f"The CSV has more than one column called {', '.join(map(quoted, twice))}.")


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins on. Raises `ChannelsRefusedError` for what is no row."""
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ChannelsRefusedError(f"Line {line} is no CSV: {error}.") from None


def _rows(lines: Iterable[tuple[int, list[str]]], columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that hold anything."""
    for line, cells in lines:
        if any(len(cell) > LONGEST_LINE for cell in cells):
            raise ChannelsRefusedError(f"Line {line} has a cell of more than {LONGEST_LINE // 1024} KB.")
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(columns) - len(cells))]
            yield line, {name: cell.strip() for name, cell in zip(columns, padded, strict=False) if name}
