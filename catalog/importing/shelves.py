"""Genres and collections."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, Q
from django.utils.text import slugify

from catalog.importing.entries import Entry
from catalog.models import Collection, CollectionItem, Genre, Title
from catalog.records import CollectionRecord, GenreRecord, RefusedError
from common import audit


def genre_slug(name: str) -> str:
    """The slug of a genre; a name in another alphabet keeps its letters."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return slugify(name, allow_unicode=not plain.isascii())[:50] or hashlib.sha256(name.encode()).hexdigest()[:12]


def save_genres(entries: Iterable[Entry]) -> None:
    """Give each title the genres of its row, where the row speaks of genres."""
    speaking = [entry for entry in entries if entry.record.genres is not None]
    genres = _genres({genre for entry in speaking for genre in entry.record.genres or ()})
    through = Title.genres.through
    stored: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    known = [entry.title.id for entry in speaking if not entry.is_new]
    links = through.objects.filter(title_id__in=known).values_list("title_id", "genre_id", "genre__name")
    for title_id, genre_id, name in links if known else ():
        stored[title_id][genre_id] = name
    taken_from, rows = [], []
    for entry in speaking:
        meant = [_meant(genres, genre) for genre in entry.record.genres or ()]
        wanted = {genre.id: genre.name for genre in meant}
        before = stored[entry.title.id]
        if set(wanted) != set(before):
            entry.change("genres", sorted(before.values()), sorted(wanted.values()))
            taken_from += [entry.title.id] if before else []
            rows += [through(title_id=entry.title.id, genre_id=genre_id) for genre_id in sorted(wanted)]
    if taken_from:
        through.objects.filter(title_id__in=taken_from).delete()
    through.objects.bulk_create(rows)


def _meant(genres: Mapping[str, Genre], record: GenreRecord) -> Genre:
    genre = genres.get(_place(record))
    if genre is None:
        raise RefusedError(f"The genre {record.name} cannot be made: its name or slug belongs to another one.")
    return genre


def _place(genre: GenreRecord) -> str:
    return genre.slug or genre_slug(genre.name)


def _genres(records: Iterable[GenreRecord]) -> dict[str, Genre]:
    """Genres by the slug that a row gives or its name makes; unknown ones are made.

    An editor may have given a genre a slug of its own, or another name: either one finds it.
    """
    by_slug = {_place(record): record.name for record in sorted(records, key=lambda record: record.name)}
    if not by_slug:
        return {}
    wanted = Q(slug__in=by_slug) | Q(name__in=by_slug.values())
    genres = list(Genre.objects.filter(wanted))
    known = {place for genre in genres for place in (genre.slug, genre_slug(genre.name))}
    taken = {genre.name for genre in genres}
    missing = [slug for slug in by_slug if slug not in known and by_slug[slug] not in taken]
    if missing:
        # Staff may make the same genre at this moment, and either one will do.
        Genre.objects.bulk_create((Genre(slug=slug, name=by_slug[slug]) for slug in missing), ignore_conflicts=True)
        genres = list(Genre.objects.filter(wanted))
    by_name = {genre.name: genre for genre in genres}
    found = {genre_slug(genre.name): genre for genre in genres} | {genre.slug: genre for genre in genres}
    return {slug: by_name[name] for slug, name in by_slug.items() if name in by_name} | {
        slug: genre for slug, genre in found.items() if slug in by_slug
    }


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a title stands in a collection."""

    collection_id: UUID
    position: int


def save_collections(entries: Iterable[Entry]) -> None:
    """Put each title into the collections of its row, and no others, where the row speaks of collections."""
    speaking = [entry for entry in entries if entry.record.collections is not None]
    if not speaking:
        return
    shelf = _Shelf(record for entry in speaking for record in entry.record.collections or ())
    stored: dict[UUID, dict[UUID, tuple[int, str]]] = defaultdict(dict)
    items = CollectionItem.objects.filter(title_id__in=[entry.title.id for entry in speaking if not entry.is_new])
    for title_id, one, position, name in items.values_list("title_id", "collection_id", "position", "collection__name"):
        stored[title_id][one] = (position, name)
    taken_from, rows = [], []
    for entry in speaking:
        before = stored[entry.title.id]
        wanted = [shelf.place(record, before) for record in entry.record.collections or ()]
        if len({one.collection_id for one in wanted}) < len(wanted):
            raise RefusedError("A collection occurs twice, by its name and by its slug.")
        if {one.collection_id: one.position for one in wanted} != {one: place for one, (place, _) in before.items()}:
            entry.change("collections", sorted(name for _, name in before.values()), shelf.names(wanted))
            taken_from.append(entry.title.id)
            rows += [_item(entry.title.id, place) for place in wanted]
    if taken_from:
        audit.delete_unrecorded(CollectionItem.objects.filter(title_id__in=taken_from))
    CollectionItem.objects.bulk_create(rows)


def _item(title_id: UUID, place: _Place) -> CollectionItem:
    return CollectionItem(title_id=title_id, collection_id=place.collection_id, position=place.position)


class _Shelf:
    """The collections that the rows of a batch name; unknown ones are made."""

    def __init__(self, records: Iterable[CollectionRecord]) -> None:
        # Of two rows, the one that has the name as well makes it.
        by_slug = {_slug(record): record for record in sorted(records, key=lambda record: bool(record.name))}
        names = [record.name for record in by_slug.values() if record.name]
        wanted = Q(slug__in=by_slug) | Q(name__in=names)
        found = list(Collection.objects.filter(wanted)) if by_slug else []
        known = {collection.slug for collection in found} | {collection.name for collection in found}
        missing = [record for slug, record in by_slug.items() if slug not in known and record.name not in known]
        if missing:
            Collection.objects.bulk_create(map(_new_collection, missing), ignore_conflicts=True)
            found = list(Collection.objects.filter(wanted))
        self._found = {collection.name: collection for collection in found}
        self._found |= {collection.slug: collection for collection in found}
        ends = Collection.objects.filter(id__in=[one.id for one in found]).values_list("id", Max("items__position"))
        self._ends: dict[Any, int | None] = dict(ends) if found else {}

    def place(self, record: CollectionRecord, before: dict[UUID, tuple[int, str]]) -> _Place:
        """The place of the row; else the one the title has; else the end."""
        collection = self._found.get(_slug(record)) or self._found.get(record.name or "")
        if collection is None:
            taken = record.name or record.slug
            raise RefusedError(f"The collection {_slug(record)} cannot be made: another one has the name {taken}.")
        if record.position is not None:
            return _Place(collection.id, record.position)
        if collection.id in before:
            return _Place(collection.id, before[collection.id][0])
        end = self._ends.get(collection.id)
        self._ends[collection.id] = 0 if end is None else end + 1
        return _Place(collection.id, self._ends[collection.id] or 0)

    def names(self, places: Sequence[_Place]) -> list[str]:
        """For the report."""
        ids = {place.collection_id for place in places}
        return sorted({one.name for one in self._found.values() if one.id in ids})


def _slug(record: CollectionRecord) -> str:
    return record.slug or genre_slug(record.name or "")


def _new_collection(record: CollectionRecord) -> Collection:
    slug = _slug(record)
    return Collection(slug=slug, name=record.name or slug, description=record.description)
