"""Season and episode numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_XMLTV_NS: Final = re.compile(r"([0-9]{0,9})(?:/[0-9]*)?\.([0-9]{0,9})(?:/[0-9]*)?(?:\.[0-9/]*)?")
_ON_SCREEN: Final = re.compile(
    r"(?:\bS(?:eason|eries)?[ .]*([0-9]{1,9}))?[ ,.:/-]*(?:\bE|(?<=[0-9])E)(?:p(?:isode)?)?[ .]*([0-9]{1,9})\b"
    r"|\bS(?:eason|eries)?[ .]*([0-9]{1,9})\b",
    re.IGNORECASE,
)
# Nobody needs more characters for this, and the patterns are not made for megabytes of dots.
LONGEST_NUMBERING: Final = 100


def first_numbering(numbers: Iterable[tuple[str | None, str]]) -> tuple[int | None, int | None]:
    """What the (system, text) pairs of a programme tell; `xmltv_ns` has a defined meaning and goes first."""
    for system, text in sorted(numbers, key=lambda number: number[0] != "xmltv_ns"):
        found = parse_episode((system or "")[:LONGEST_NUMBERING], text[:LONGEST_NUMBERING])
        if found != (None, None):
            return found
    return None, None


@lru_cache(maxsize=4096)
def parse_episode(system: str | None, text: str) -> tuple[int | None, int | None]:
    """Season and episode, counted from one, as far as an <episode-num> tells; "onscreen" is the DTD's default system.

    "1.9.0/2" in `xmltv_ns` counts from zero and is season 2, episode 10; "S2 E10" is the same on screen.
    """
    if system == "xmltv_ns" and (match := _XMLTV_NS.fullmatch("".join(text.split()))):
        season, episode = match.groups()
        return (int(season) + 1 if season else None), (int(episode) + 1 if episode else None)
    if system in (None, "", "onscreen", "xmltv_ns") and (match := _ON_SCREEN.search(text)):
        season, episode = match[1] or match[3], match[2]
        return (int(season) if season else None), (int(episode) if episode else None)
    return None, None
