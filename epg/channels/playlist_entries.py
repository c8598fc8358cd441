"""One entry of a playlist, before anybody knows whether it is a channel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from epg.xmltv import clean

_FILM_PATH: Final = re.compile(r"^/(?:movie|series)/|\.(?:mp4|mkv|avi|mov)$", re.IGNORECASE)
_NO_GENRE: Final = "undefined"


@dataclass(slots=True)
class Entry:
    """An #EXTINF line, until its address comes."""

    line: int
    duration: float
    attributes: dict[str, str]
    title: str
    group: str = ""
    options: bool = False

    @property
    def name(self) -> str:
        """As the entry calls itself."""
        return clean(self.title) or clean(self.of("tvg-name")) or clean(self.of("tvg-id"))

    def of(self, *names: str) -> str:
        """The first of these attributes that says something."""
        return next((self.attributes[name] for name in names if self.attributes.get(name)), "")


def why_no_channel(entry: Entry, address: str) -> tuple[str, str] | None:
    """Why it is no television channel: kind and sentence; None for one that is."""
    if not entry.name:
        return "no_name", "It has no name."
    if entry.of("radio").casefold() in ("true", "1", "yes"):
        return "radio", "It is a radio station; only television channels are kept."
    if entry.duration > 0:
        return "film", "It has a length, as films have; only channels are kept."
    if _looks_like_film(address):
        return "film", "Its address is a film's or an episode's; only channels are kept."
    return None


def _looks_like_film(address: str) -> bool:
    try:
        return _FILM_PATH.search(urlsplit(address.partition("|")[0]).path) is not None
    except ValueError:
        return False


def genre_of(entry: Entry) -> str | None:
    """The first group that says something: several are divided by semicolons."""
    groups = (clean(group) for group in (entry.of("group-title") or entry.group).split(";"))
    return next((group for group in groups if group and group.casefold() != _NO_GENRE), None)
