"""Reading the values of one row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError

from catalog.records.errors import RefusedError
from catalog.records.texts import check_storable, clean, is_blank
from common.metadata import validate_metadata
from common.web_addresses import is_web_address, names_another_scheme

MOST_WORDS: Final = 100
YES: Final = {"true", "yes", "y", "1"}
NO: Final = {"false", "no", "n", "0", ""}
# A database keeps others as well, but Python cannot read all of them.
YEARS: Final = range(1900, 3000)
LARGEST: Final = 2**31 - 1
# Sentences, of which nothing may be left; everything else is a name.
PROSE: Final = {
    "synopsis_short",
    "synopsis_long",
    "ai_description",
    "season synopsis",
    "episode synopsis",
    "collection description",
}


@dataclass(slots=True)
class Reader:
    """Reads values, and notes what it cleaned away. Of a row that `export_titles` wrote, nothing is cleaned."""

    verbatim: bool = False
    notes: Counter[str] = field(default_factory=Counter)

    def text(self, value: Any, name: str, longest: int | None = None) -> str | None:
        """A text, None for an empty one."""
        if value is None:
            return None
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise RefusedError(f"{name} is not a text.")
        text = self._address(str(value), name) if name.endswith("_url") else self.clean(str(value), name)
        if longest and len(text) > longest:
            raise RefusedError(f"{name} is longer than {longest} characters.")
        return text or None

    def clean(self, text: str, name: str) -> str:
        """The text as it is to be stored."""
        if self.verbatim:
            return check_storable(text, name)
        text = clean(text, self.notes, is_name=name not in PROSE)
        return "" if is_blank(text) else text

    def _address(self, text: str, name: str) -> str:
        """Entities and markup are left alone: `&copy=1` is part of an address."""
        text = check_storable(text, name) if self.verbatim else text.strip()
        # An export brings back what was stored before there was the rule, but nothing that a browser would run.
        is_good = not names_another_scheme(text) if self.verbatim else is_web_address(text)
        if text and not is_good:
            raise RefusedError(f"{name} is no web address.")
        return text

    def number(self, value: Any, name: str, smallest: int, largest: int) -> int | None:
        """A whole number, None for an empty one."""
        if value is None or value == "":
            return None
        try:
            number = int(value) if isinstance(value, int) else float(value)
        except (TypeError, ValueError, OverflowError):
            raise RefusedError(f"{name} is not a whole number.") from None
        if number != number // 1:
            raise RefusedError(f"{name} is not a whole number.")
        if not smallest <= number <= largest:
            raise RefusedError(f"{name} must lie between {smallest} and {largest}.")
        return int(number)

    def required_number(self, value: Any, name: str, largest: int = 32_000) -> int:
        """A whole number from 0."""
        number = self.number(value, name, 0, largest)
        if number is None:
            raise RefusedError(f"{name} is missing.")
        return number

    def words(self, value: Any, name: str) -> list[str]:
        """A list of short texts: a list, its JSON, or a text with semicolons (commas where it has none)."""
        value = in_parts(value)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise RefusedError(f"{name} is not a list of texts.")
        words = [word for word in (self.clean(word, name) for word in value) if word]
        if any(len(word) > 50 for word in words):
            raise RefusedError(f"{name} holds a word longer than 50 characters.")
        if len(words) > MOST_WORDS and not self.verbatim:
            raise RefusedError(f"{name} holds more than {MOST_WORDS} words.")
        return words if self.verbatim else list(dict.fromkeys(words))


def yes_or_no(value: Any, name: str) -> bool:
    """A tick, in the spellings of spreadsheets. Raises `RefusedError`."""
    if isinstance(value, bool):
        return value
    word = "" if value is None else str(value).strip().lower()
    if word not in YES | NO:
        raise RefusedError(f"{name} is neither true nor false.")
    return word in YES


def one_of(value: Any, name: str, choices: list[str]) -> str:
    """One of a few words, in any case. Raises `RefusedError`."""
    word = str(value).strip().lower().replace("-", "_").replace(" ", "_")
    if word not in choices:
        raise RefusedError(f"{name} must be {', '.join(choices[:-1])} or {choices[-1]}.")
    return word


def moment(value: Any, name: str) -> datetime | None:
    """A time as ISO 8601 writes it, UTC where it names no zone; None for an empty one. Raises `RefusedError`."""
    if value is None or value == "":
        return None
    try:
        time = datetime.fromisoformat(value.strip())
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, AttributeError, OverflowError):
        raise RefusedError(f"{name} is no time in ISO 8601, as 2026-05-17T20:00:00Z.") from None
    if time.year not in YEARS:
        raise RefusedError(f"{name} must lie between the years {YEARS[0]} and {YEARS[-1]}.")
    return time


def metadata(value: Any) -> dict[str, Any]:
    """A JSON object within the limits of `common.metadata`. Raises `RefusedError`."""
    found: Any = from_json(value, "metadata") if isinstance(value, str) else value
    try:
        validate_metadata({} if found is None else found)
    except ValidationError as error:
        raise RefusedError(f"metadata: {error.message}") from None
    return found or {}


def from_json(text: str, name: str) -> Any:
    """What a cell of a CSV holds; None for an empty one. Raises `RefusedError`."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise RefusedError(f"{name} is not JSON.") from None


def in_parts(value: Any) -> Any:
    """A list from a cell of a CSV: JSON, or texts with semicolons (commas where there are none) between them."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            pass  # a text that only begins like a list
    return value.split(";" if ";" in value else ",")


def objects(value: Any, name: str, most: int) -> list[Mapping[str, Any]]:
    """A list of objects, or its JSON. Raises `RefusedError`."""
    if isinstance(value, str):
        value = from_json(value, name)
    value = [] if value is None else value
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise RefusedError(f"{name} is not a list of objects.")
    if len(value) > most:
        raise RefusedError(f"{name} holds more than {most:,} entries.")
    return value
