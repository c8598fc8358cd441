"""The attributes of a playlist's line: `tvg-id="one.demo" group-title='News' tvg-chno=1`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import Final

_NAME: Final = re.compile(r"([\w.-]+)\s*=\s*")
_BARE: Final = re.compile(r"[^\s,]*")
_BLANKS: Final = re.compile(r"\s*")
# No pattern goes back over what it has read: a line may be made to be slow.
# A quote ends a value if the end, a comma or another attribute comes next: names hold quotes, too.
_CLOSING: Final = {quote: re.compile(rf"{quote}(?=\s*+(?:,|$|(?<=\s)[\w.-]++\s*+=))") for quote in ('"', "'")}
# Where another attribute begins inside of a value, the value was not closed.
_NEXT: Final = re.compile(r"""(?<!["'\s])["'\s]++(?=[\w.-]++\s*+=\s*+["'])""")


def read_attributes(text: str) -> tuple[dict[str, str], str]:
    """The attributes by name in small letters, and what stands behind the comma that ends them.

    A value is in double or single quotes or bare. One that is not closed ends where the next attribute begins, or at
    the comma. Of an attribute that is there twice the first counts.
    """
    line = _Line(text)
    found: dict[str, str] = {}
    position = _end(_BLANKS, text, 0)
    while position < len(text) and text[position] != ",":
        if name := _NAME.match(text, position):
            value, position = line.value_at(name.end())
            found.setdefault(name[1].casefold(), value.strip())
        else:
            position = max(_end(_BARE, text, position), position + 1)
        position = _end(_BLANKS, text, position)
    return found, text[position + 1 :]


class _Line:
    """A line with the places where values may end, found once: a line of nothing but quotes must not take long."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.closings = {
            quote: [match.start() for match in closing.finditer(text)] if quote in text else []
            for quote, closing in _CLOSING.items()
        }
        breaks = [match.span() for match in _NEXT.finditer(text)]
        self.break_starts = [start for start, _ in breaks]
        self.break_ends = [end for _, end in breaks]

    def value_at(self, start: int) -> tuple[str, int]:
        """The value that begins there, and where to go on."""
        quote = self.text[start : start + 1]
        if quote not in self.closings or not quote:
            end = _end(_BARE, self.text, start)
            return self.text[start:end], end
        closed = _first(self.closings[quote], start + 1)
        end = closed if closed is not None else self._comma(start)
        place = bisect_right(self.break_ends, start + 1)
        if place < len(self.break_ends) and self.break_ends[place] <= end:
            stop = max(self.break_starts[place], start + 1)
            return self.text[start + 1 : stop], self.break_ends[place]
        return self.text[start + 1 : end], end if closed is None else end + 1

    def _comma(self, start: int) -> int:
        comma = self.text.find(",", start)
        return len(self.text) if comma < 0 else comma


def _first(places: list[int], start: int) -> int | None:
    """The first of these places that is not before `start`."""
    index = bisect_left(places, start)
    return places[index] if index < len(places) else None


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start
