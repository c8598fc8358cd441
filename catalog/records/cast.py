"""People: names freed of remarks, and scraps of tables left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from catalog.models import CreditRole
from catalog.records.errors import RefusedError
from catalog.records.keys import own_id
from catalog.records.texts import clean
from catalog.records.values import Reader, in_parts

MOST_CREDITS: Final = 1_000
SCRAPS: Final = "scraps left out of the cast"
REMARKS: Final = "remarks taken off names"
REPEATS: Final = "repeated names counted once"

_IN_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
# Before the last of an enumeration; "Armand Assante" has it within.
_AND = re.compile(r"\A(?:and|&)\s+(?=\S)")
_LOOSE_END = re.compile(r"\b(?:of|by|in|on|at|with|from)$|:$")
_WRITES = re.compile(r"\((?:screen|tele)?(?:writers?|play)\)", re.IGNORECASE)
# In tables "(", "Best Actor", "nominee)" come as three names: what stands between is none.
LONGEST_ASIDE: Final = 3


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """Somebody on or behind the screen. Without a `person_id`, whoever has the name."""

    person_name: str
    role: str
    character_name: str | None = None
    person_id: UUID | None = None


def read_cast(value: Any, reader: Reader) -> tuple[CreditRecord, ...]:
    """People in billing order. Scraps such as `(voices)` are left out and repeats count once."""
    entries = in_parts(value)
    if not isinstance(entries, list):
        raise RefusedError("cast is not a list.")
    if len(entries) > MOST_CREDITS and not reader.verbatim:
        raise RefusedError(f"cast holds more than {MOST_CREDITS:,} people.")
    people = [_credit(entry, reader) for entry in (entries if reader.verbatim else _without_asides(entries, reader))]
    unique: dict[tuple[str | UUID, str], CreditRecord] = {}
    for person in filter(None, people):
        first = unique.setdefault((person.person_id or person.person_name, person.role), person)
        if first is not person:
            _check_repeat(first, person)
            reader.notes[REPEATS] += 1
    return tuple(unique.values())


def _check_repeat(first: CreditRecord, again: CreditRecord) -> None:
    if first.person_name != again.person_name:
        raise RefusedError(f"cast gives {first.person_name} and {again.person_name} the same person_id.")


def person_name(text: str, notes: Counter[str] | None = None) -> str:
    """A name without remarks in brackets; "" when what is left is no name."""
    bare = _IN_BRACKETS.sub("", text)
    name = _AND.sub("", clean(bare, Counter() if notes is None else notes)) if bare else ""
    is_name = any(letter.isalpha() for letter in name) and not set("()[]{}<>") & set(name)
    return name if is_name and len(name) <= 200 and not _LOOSE_END.search(name) else ""


def _without_asides(entries: Iterable[Any], reader: Reader) -> list[Any]:
    kept: list[Any] = []
    aside: list[Any] | None = None
    for entry in entries:
        if aside is not None and _closes(entry):
            reader.notes[SCRAPS] += len(aside) + 1
            aside = None
        elif _opens(entry) or (aside is not None and len(aside) == LONGEST_ASIDE):
            kept += aside or []
            aside = [entry]
        elif aside is not None:
            aside.append(entry)
        else:
            kept.append(entry)
    return kept + (aside or [])


def _opens(entry: Any) -> bool:
    return isinstance(entry, str) and entry.strip() == "("


def _closes(entry: Any) -> bool:
    return isinstance(entry, str) and entry.count(")") > entry.count("(")


def _credit(entry: Any, reader: Reader) -> CreditRecord | None:
    if isinstance(entry, str):
        return _from_text(entry, reader)
    if not isinstance(entry, Mapping):
        raise RefusedError("cast holds something that is neither a name nor an object.")
    role = str(entry.get("role") or CreditRole.ACTOR)
    if role not in CreditRole.values:
        raise RefusedError(f"cast holds a role other than {', '.join(CreditRole.values)}.")
    given, part = entry.get("person_name") or entry.get("name"), entry.get("character_name") or entry.get("character")
    name = _name(given, reader) if isinstance(given, str) else _scrap(reader)
    character = reader.clean(part, "character_name") if isinstance(part, str) else ""
    person_id = own_id(entry.get("person_id"), "person_id")
    return CreditRecord(name, role, character[:200] or None, person_id) if name else None


def _from_text(text: str, reader: Reader) -> CreditRecord | None:
    """A name alone; one in lower case is a word of the sentence it was taken from."""
    name = _name(text, reader)
    if name.islower() and not set(".0123456789") & set(name):
        name = _scrap(reader)
    role = CreditRole.WRITER if _WRITES.search(text) else CreditRole.ACTOR
    return CreditRecord(name, role) if name else None


def _name(given: str, reader: Reader) -> str:
    if reader.verbatim:
        name = reader.clean(given, "person_name")
        if len(name) > 200:
            raise RefusedError("person_name is longer than 200 characters.")
        return name
    name = person_name(given, reader.notes)
    if name and (_IN_BRACKETS.search(given) or _AND.match(given.lstrip())):
        reader.notes[REMARKS] += 1
    return name or _scrap(reader)


def _scrap(reader: Reader) -> str:
    reader.notes[SCRAPS] += 1
    return ""
