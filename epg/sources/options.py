"""How a guide is to be read: the words that operators and editors write."""

from __future__ import annotations

import re
from typing import Final
from zoneinfo import ZoneInfo

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,6})?")


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone with this name of the IANA list, as Europe/Oslo; None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such file, no name of a file, a folder
        return None


def is_language(text: str) -> bool:
    """Whether it looks like a language as guides write it: no, eng, pt-BR."""
    return _LANGUAGE.fullmatch(text) is not None
