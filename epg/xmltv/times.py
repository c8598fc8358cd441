"""The times of a guide as seconds since 1970 (UTC)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from typing import Final

# Outside these years a time is a placeholder such as 1970-01-01, or a slip of the pen.
PLAUSIBLE_YEARS: Final = range(1990, 2101)
MOST_REMEMBERED: Final = 50_000
_DAY: Final = 86_400
_EPOCH: Final = date(1970, 1, 1).toordinal()

# Hours from UTC. Names that mean different times in different countries are left out, such as IST; EST to PST
# are taken for America's, where guides with such names come from.
ZONE_HOURS: Final = {
    name: hours
    for hours, names in {
        0: "UTC UT GMT Z WET",
        1: "BST CET MET WEST",
        2: "CEST MEST EET",
        3: "EEST MSK",
        9: "JST",
        10: "AEST",
        11: "AEDT",
        12: "NZST",
        13: "NZDT",
        -4: "EDT",
        -5: "EST CDT",
        -6: "CST MDT",
        -7: "MST PDT",
        -8: "PST AKDT",
        -9: "AKST",
        -10: "HST",
    }.items()
    for name in names.split()
}
_TIME: Final = re.compile(
    r"(?P<day>[0-9]{8})"
    r"(?P<clock>(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9])(?P<second>[0-5][0-9])?"
    r"\s{0,20}(?:(?P<sign>[+-])(?P<hours>[01][0-9]|2[0-3])(?::?(?P<minutes>[0-5][0-9]))?|(?P<name>[A-Za-z]+))?)"
)


class Times:
    """Reads XMLTV times, "YYYYMMDDhhmm[ss] [zone]"; the zone is "+0100" or a name such as "CET".

    A time without one is a local time of `zone`. There the hour that occurs twice in autumn is taken for the first
    of the two, and the hour that is left out in spring is counted on from the last moment before it. A guide has few
    different days and times of day, so what they amount to is remembered, in bounded memory.
    """

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone
        self._days: dict[str, int] = {}
        self._clocks: dict[str, tuple[int, int | None]] = {}
        self._locals: dict[str, int] = {}

    def read(self, text: str) -> tuple[int, int | None]:
        """The moment in seconds since 1970, and the minutes east of UTC that were written, None if none were.

        Raises ValueError for anything else, for a zone that is unknown and for a year that is not plausible.
        """
        if text in self._locals:
            return self._locals[text], None
        try:
            seconds, offset = self._clocks[text[8:]]
            return self._days[text[:8]] + seconds, offset
        except KeyError:
            return self._read_anew(text)

    def read_stop(self, text: str, start: int) -> int:
        """The moment at which what began at `start` ends.

        In the hour that occurs twice it is the second one, if the first has not come after the start.
        """
        stop, offset = self.read(text)
        if stop <= start and offset is None:
            second = self._local(_match(text), fold=1)
            return second if second > start else stop
        return stop

    def _read_anew(self, text: str) -> tuple[int, int | None]:
        match = _match(text)
        day, clock = match["day"], match["clock"]
        if day not in self._days:
            self._days[day] = _seconds_until(day)
        offset = _offset(match)
        if offset is None and self._zone is not UTC:
            _make_room(self._locals)
            self._locals[match[0]] = self._local(match)
            return self._locals[match[0]], None
        seconds = _seconds_of_day(match) - (offset or 0) * 60
        _make_room(self._clocks)
        self._clocks[clock] = seconds, offset
        return self._days[day] + seconds, offset

    def _local(self, match: re.Match[str], fold: int = 0) -> int:
        day = date.fromordinal(_EPOCH + _seconds_until(match["day"]) // _DAY)
        clock = (int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
        return int(datetime(day.year, day.month, day.day, *clock, tzinfo=self._zone, fold=fold).timestamp())


def _match(text: str) -> re.Match[str]:
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    return match


def _seconds_until(day: str) -> int:
    """From 1970 to the beginning of a day written as "20261024"."""
    if int(day[:4]) not in PLAUSIBLE_YEARS:
        raise ValueError(day)
    return (date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal() - _EPOCH) * _DAY


def _seconds_of_day(match: re.Match[str]) -> int:
    return int(match["hour"]) * 3600 + int(match["minute"]) * 60 + int(match["second"] or 0)


def _offset(match: re.Match[str]) -> int | None:
    """Minutes east of UTC."""
    if name := match["name"]:
        return 60 * _zone_hours(name)
    if match["sign"] is None:
        return None
    minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
    return -minutes if match["sign"] == "-" else minutes


def _zone_hours(name: str) -> int:
    try:
        return ZONE_HOURS[name.upper()]
    except KeyError:
        raise ValueError(name) from None


def _make_room(remembered: dict[str, int] | dict[str, tuple[int, int | None]]) -> None:
    if len(remembered) >= MOST_REMEMBERED:
        remembered.clear()
