"""Where a title stands: genres, collections, other titles, and what others call it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from catalog.models import RelationKind
from catalog.records.errors import RefusedError
from catalog.records.keys import one_key, own_id
from catalog.records.values import LARGEST, Reader, from_json, in_parts, objects, one_of

MOST_SHELVES: Final = 100
LONGEST_SOURCE: Final = 50
_SLUG: Final = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class GenreRecord:
    """A genre; without a slug, the one its name makes."""

    name: str
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class CollectionRecord:
    """A place in a collection, which is found by its slug or name. Without a position, the one it has, or the end."""

    name: str | None
    slug: str | None = None
    position: int | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An external id; without a source, of the one the import is told to be from."""

    source: str | None
    value: str


@dataclass(frozen=True, slots=True)
class RelationRecord:
    """Another title that is the sequel (prequel, remake, spin-off) of this one, by our id or by another's."""

    kind: str
    target: UUID | Key


def read_genres(value: Any, reader: Reader) -> tuple[GenreRecord, ...]:
    """Genres as names, or as objects with `name` and `slug`. Raises `RefusedError`."""
    entries = in_parts(value)
    if not (isinstance(entries, list) and entries and all(isinstance(entry, Mapping) for entry in entries)):
        return tuple(GenreRecord(name) for name in reader.words(entries, "genres"))
    if len(entries) > MOST_SHELVES:
        raise RefusedError(f"genres holds more than {MOST_SHELVES} words.")
    return tuple(dict.fromkeys(_genre(entry, reader) for entry in entries))


def _genre(entry: Mapping[str, Any], reader: Reader) -> GenreRecord:
    name = reader.text(entry.get("name"), "genre name", 50)
    if not name:
        raise RefusedError("genres holds one without a name.")
    return GenreRecord(name, _slug(entry.get("slug"), "genre slug", 50, reader))


def _slug(value: Any, name: str, longest: int, reader: Reader) -> str | None:
    """The part of an address; that of a name in another alphabet has its letters."""
    slug = reader.text(value, name, longest)
    if slug and not reader.verbatim and not _SLUG.fullmatch(slug):
        raise RefusedError(f"The {name} {slug} holds something other than letters, digits, - and _.")
    return slug


def read_collections(value: Any, reader: Reader) -> tuple[CollectionRecord, ...]:
    """Collections as names, or as objects with `slug` or `name`, and `position`. Raises `RefusedError`."""
    entries = in_parts(value)
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise RefusedError("collections is not a list.")
    if len(entries) > MOST_SHELVES:
        raise RefusedError(f"collections holds more than {MOST_SHELVES} entries.")
    named = [{"name": entry} if isinstance(entry, str) else entry for entry in entries]
    places = [_collection(entry, reader) for entry in named if entry != {"name": ""}]
    names = [place.slug or place.name for place in places]
    if len(set(names)) < len(names):
        raise RefusedError("A collection occurs twice.")
    return tuple(places)


def _collection(entry: Any, reader: Reader) -> CollectionRecord:
    if not isinstance(entry, Mapping):
        raise RefusedError("collections holds something that is neither a name nor an object.")
    name = reader.text(entry.get("name"), "collection name", 100)
    slug = _slug(entry.get("slug"), "collection slug", 100, reader)
    if not name and not slug:
        raise RefusedError("collections holds one without a name.")
    position = reader.number(entry.get("position"), "position", 0, LARGEST)
    return CollectionRecord(name, slug, position, reader.text(entry.get("description"), "collection description"))


def read_keys(value: Any, reader: Reader) -> tuple[Key, ...]:
    """External ids as a list of `{source, value}` or as `{source: value}`. Raises `RefusedError`."""
    found = from_json(value, "external_ids") if isinstance(value, str) else value
    pairs = list(_pairs(found or []))
    if len(pairs) > MOST_SHELVES:
        raise RefusedError(f"external_ids holds more than {MOST_SHELVES} entries.")
    return tuple(dict.fromkeys(_key(source, key, reader) for source, key in pairs))


def _pairs(found: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(found, Mapping):
        yield from found.items()
    else:
        for entry in objects(found, "external_ids", MOST_SHELVES):
            yield entry.get("source"), entry.get("value")


def _key(source: Any, value: Any, reader: Reader) -> Key:
    named = None if source is None else one_key(source, "source", reader, longest=LONGEST_SOURCE)
    return Key(named, one_key(value, "external_ids", reader))


def read_relations(value: Any, reader: Reader) -> tuple[RelationRecord, ...]:
    """Other titles, each with its `relation` and `title_id`, or `external_id` and `source`. Raises `RefusedError`."""
    relations = tuple(_relation(entry, reader) for entry in objects(value, "relations", MOST_SHELVES))
    targets = [relation.target for relation in relations]
    if len(set(targets)) < len(targets):
        raise RefusedError("relations holds the same title twice.")
    return relations


def _relation(entry: Mapping[str, Any], reader: Reader) -> RelationRecord:
    kind = one_of(entry.get("relation") or entry.get("kind") or "", "relation", RelationKind.values)
    title_id = own_id(entry.get("title_id"), "title_id of a relation")
    if title_id:
        return RelationRecord(kind, title_id)
    if entry.get("external_id") is None:
        raise RefusedError("relations holds one without title_id or external_id.")
    return RelationRecord(kind, _key(entry.get("source"), entry["external_id"], reader))
