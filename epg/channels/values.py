"""What formats have in common: how a number, a window, an address or a mark in a name is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from common.web_addresses import is_web_address
from epg.numbers import LARGEST_NUMBER
from epg.places import country_code, language_code

if TYPE_CHECKING:
    from epg.channels.records import ChannelList

LONGEST_ADDRESS: Final = 500
LONGEST_WINDOW_HOURS: Final = 366 * 24
# Lines of the picture from which it is called high definition.
HD_LINES: Final = 720

_QUALITY: Final = re.compile(r"\s*[(\[](\d{3,4})[pi](?:\d{2})?[)\]]", re.IGNORECASE)
# Letters in circles with which playlists mark standard definition, geo-blocking and the like; and their notes.
_MARKS: Final = re.compile(r"\s*(?:[\u24b6-\u24e9]|\[(?:geo-blocked|not 24/7|offline)\])\ufe0f?", re.IGNORECASE)
_STANDARD_MARK: Final = "\u24c8"
_SHARP: Final = re.compile(r"\b(?:HD|FHD|UHD|4K|8K)\b")
_PLAIN: Final = re.compile(r"\bSD\b")


def name_and_sharpness(text: str) -> tuple[str, bool | None]:
    """A name without its marks, and whether they say that the picture is in high definition.

    "One (1080i) [Geo-blocked]" is "One" and True; HD stays, as it is part of many a channel's name.
    """
    quality = _QUALITY.search(text)
    name = " ".join(_MARKS.sub("", _QUALITY.sub("", text)).split()) or text.strip()
    if quality:
        return name, int(quality[1]) >= HD_LINES
    if _STANDARD_MARK in text or _PLAIN.search(text):
        return name, False
    return name, True if _SHARP.search(text) else None


def whole_number(text: str) -> int | None:
    """A channel number: from 1 up to what the database holds; None for anything else."""
    number = int(text) if re.fullmatch("[0-9]{1,10}", text) else 0
    return number if 1 <= number <= LARGEST_NUMBER else None


def hours_of_days(text: str) -> int | None:
    """A catch-up window in hours for one in days, "0.5" is 12; None for what is none, or longer than a year."""
    try:
        days = Decimal(text)
    except InvalidOperation:
        return None
    if not days.is_finite() or not 0 <= days <= LONGEST_WINDOW_HOURS // 24:
        return None
    return int(days * 24)


def is_remote_address(text: str) -> bool:
    """Whether clients can follow it: http or https to a host, not longer than is stored."""
    return len(text) <= LONGEST_ADDRESS and not text.startswith("/") and is_web_address(text) and _has_a_host(text)


def _has_a_host(text: str) -> bool:
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:  # as "http://[::1" is
        return False


def read_country(text: str, line: int, name: str, found: ChannelList) -> str | None:
    """The first country of a list; what is none is noted."""
    first = re.split("[;,]", text)[0].strip()
    code = country_code(first) if first else None
    if first and code is None:
        found.note(line, name, "country", f"{quoted(first)} is no country code of ISO 3166; it is left out.")
    return code


def read_languages(texts: Iterable[str], line: int, name: str, found: ChannelList) -> tuple[str, ...]:
    """The languages in their order, each once; what is none is noted."""
    codes: dict[str, None] = {}
    for text in (text.strip() for text in texts):
        if code := language_code(text) if text else None:
            codes[code] = None
        elif text:
            found.note(line, name, "language", f"{quoted(text)} is no known language; it is left out.")
    return tuple(codes)


def read_logo(text: str, line: int, name: str, found: ChannelList, *, may_be_a_path: bool = False) -> str | None:
    """The address of a picture; what nobody can follow is noted. A path is one of this host, where it may be one."""
    text = text.strip()
    if not text or is_remote_address(text):
        return text or None
    if may_be_a_path and len(text) <= LONGEST_ADDRESS and text.startswith("/") and is_web_address(text):
        return text
    found.note(line, name, "logo", f"{quoted(text)} is no address of a picture; it is left out.")
    return None


def quoted(text: str) -> str:
    """A piece of a file for a sentence: short, and without what would act on a terminal."""
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:80])
    return f'"{shown}…"' if len(text) > len(shown) else f'"{shown}"'
