"""A whole row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from catalog.models import TitleStatus, TitleType
from catalog.records.cast import CreditRecord, read_cast
from catalog.records.errors import TITLE_MISSING, RefusedError
from catalog.records.keys import main_key, own_id
from catalog.records.names import MOMENTS, NUMBERS, TAGS, TEXTS, in_our_words
from catalog.records.series import SeasonRecord, read_seasons
from catalog.records.shelves import (
    CollectionRecord,
    GenreRecord,
    Key,
    RelationRecord,
    read_collections,
    read_genres,
    read_keys,
    read_relations,
)
from catalog.records.texts import first_sentence
from catalog.records.values import LARGEST, Reader, metadata, moment, one_of, yes_or_no
from catalog.title_files import EXPORT_MARK

WIDEST: Mapping[str, tuple[int, int]] = {"release_year": (0, 32_767), "duration_minutes": (0, LARGEST)}


@dataclass(frozen=True, slots=True)
class TitleRecord:
    """A title. `fields` holds only what the source spoke of, so that the rest stays untouched; so do the others."""

    # What it is found again by, "" when title_id or external_ids do that; and the same as the file writes it.
    external_id: str
    fields: dict[str, Any]
    written_id: str = field(default="", compare=False)
    title_id: UUID | None = None
    external_ids: tuple[Key, ...] = ()
    genres: tuple[GenreRecord, ...] | None = None
    credits: tuple[CreditRecord, ...] | None = None
    seasons: tuple[SeasonRecord, ...] | None = None
    relations: tuple[RelationRecord, ...] | None = None
    collections: tuple[CollectionRecord, ...] | None = None
    # Names in `fields` that we made up because the source left them out; they never replace what is stored.
    guessed: frozenset[str] = frozenset()
    # What was cleaned away, and how often.
    notes: Counter[str] = field(default_factory=Counter, compare=False)
    # Fields of the row that mean nothing to us.
    unread: tuple[str, ...] = field(default=(), compare=False)


def to_record(values: Mapping[str, Any], renames: Mapping[str, str]) -> TitleRecord:
    """Make a record of a row. `renames` maps the source's names to ours. Raises `RefusedError`."""
    known, unread = in_our_words({name: value for name, value in values.items() if name != EXPORT_MARK}, renames)
    reader = Reader(verbatim=str(values.get(EXPORT_MARK) or "") == "1")
    fields, guessed = _fields(known, reader)
    title_id = own_id(known.get("title_id"), "title_id")
    external_ids = read_keys(known.get("external_ids"), reader)
    external_id, written_id = main_key(known.get("external_id"), reader)
    if not (external_id or external_ids or title_id):
        external_id = f"{fields['title'][:480]} ({fields.get('release_year') or 'no year'})"
    return TitleRecord(
        external_id=external_id,
        written_id=written_id or external_id,
        title_id=title_id,
        external_ids=external_ids,
        fields=fields,
        genres=read_genres(known["genres"], reader) if "genres" in known else None,
        credits=read_cast(known["cast"] or [], reader) if "cast" in known else None,
        seasons=read_seasons(known["seasons"], reader) if "seasons" in known else None,
        relations=read_relations(known["relations"], reader) if "relations" in known else None,
        collections=read_collections(known["collections"], reader) if "collections" in known else None,
        guessed=guessed,
        notes=reader.notes,
        unread=tuple(unread),
    )


def _fields(known: Mapping[str, Any], reader: Reader) -> tuple[dict[str, Any], frozenset[str]]:
    """The columns of a title, and the names of those that are only guesses."""
    fields: dict[str, Any] = {name: reader.text(known[name], name, TEXTS[name]) for name in TEXTS if name in known}
    if not fields.get("title"):
        raise RefusedError(TITLE_MISSING)
    limits = WIDEST if reader.verbatim else NUMBERS
    fields |= {name: reader.number(known[name], name, *limits[name]) for name in NUMBERS if name in known}
    fields |= {name: reader.words(known[name], name) for name in TAGS if name in known}
    fields |= _life_cycle(known)
    if "metadata" in known:
        fields["metadata"] = metadata(known["metadata"])
    if "is_featured" in known:
        fields["is_featured"] = yes_or_no(known["is_featured"], "is_featured")
    fields["title_type"], is_guess = _title_type(known)
    guesses = {"title_type"} if is_guess else set()
    if fields.get("synopsis_long") and not fields.get("synopsis_short") and not reader.verbatim:
        fields["synopsis_short"] = first_sentence(fields["synopsis_long"])
        guesses.add("synopsis_short")
    return fields, frozenset(guesses)


def _life_cycle(known: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: moment(known[name], name) for name in MOMENTS if name in known}
    check_availability(fields.get("available_from"), fields.get("available_until"))
    if known.get("status"):
        fields["status"] = one_of(known["status"], "status", TitleStatus.values)
    if created_at := moment(known.get("created_at"), "created_at"):
        fields["created_at"] = created_at
    return fields


def check_availability(begin: datetime | None, end: datetime | None) -> None:
    """Raise `RefusedError` for a time that is over before it begins."""
    if begin and end and end <= begin:
        raise RefusedError("available_until is not after available_from.")


def _title_type(known: Mapping[str, Any]) -> tuple[str, bool]:
    """The type, and whether it is only a guess."""
    given = str(known.get("title_type") or "").strip().lower()
    if not given:
        return (TitleType.SERIES, False) if known.get("seasons") else (TitleType.MOVIE, True)
    if given in {"film", "feature"}:
        return TitleType.MOVIE, False
    if given not in TitleType.values:
        raise RefusedError("title_type must be movie or series.")
    return given, False
