"""What others call a title."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID

from catalog.records.errors import RefusedError
from catalog.records.texts import check_storable, clean
from catalog.records.values import Reader

LONGEST_KEY: Final = 500
DECODED: Final = "percent-escaped keys decoded"
SECTIONS: Final = "keys with a #section kept as they are"
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


def decoded_key(key: str) -> str:
    """The key without percent escapes (`Uncle_Tom%27s_Cabin`); as it is where they spell no text."""
    if not _ESCAPE.search(key):
        return key
    try:
        plain = unquote(key, errors="strict")
    except UnicodeDecodeError:
        return key
    return plain if plain.isprintable() and plain.strip() else key


def main_key(value: Any, reader: Reader) -> tuple[str, str]:
    """What the row is found again by, and the same as the file writes it; "" and "" without one."""
    if isinstance(value, bool | float | list | dict):
        raise RefusedError("external_id is not a text.")
    written = one_key("" if value is None else str(value), "external_id", reader, may_be_empty=True)
    plain = written if reader.verbatim else decoded_key(written)
    if plain != written:
        reader.notes[DECODED] += 1
    if "#" in plain[1:]:
        reader.notes[SECTIONS] += 1
    return plain, written


def one_key(value: Any, name: str, reader: Reader, *, longest: int = LONGEST_KEY, may_be_empty: bool = False) -> str:
    """A key or the name of a source. Raises `RefusedError`."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise RefusedError(f"{name} is not a text.")
    is_stored = reader.verbatim and isinstance(value, str)
    key = check_storable(str(value), name) if is_stored else clean(str(value), reader.notes, is_name=True)
    if not key and not may_be_empty:
        raise RefusedError(f"{name} is empty.")
    if len(key) > longest:
        raise RefusedError(f"{name} is longer than {longest} characters.")
    return key


def own_id(value: Any, name: str) -> UUID | None:
    """An id that Marquee gave. Raises `RefusedError`."""
    if value is None or value == "":
        return None
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise RefusedError(f"{name} is not a UUID.") from None
