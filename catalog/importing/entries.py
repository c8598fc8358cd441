"""Rows side by side with what is stored of them: which title a row means, and which rows cannot be meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from catalog.importing.report import Result, RowResult
from catalog.models import Episode, ExternalId, Season, Title
from catalog.records import Key, RefusedError, TitleRecord
from catalog.records.title import check_availability

Numbered = tuple[int, TitleRecord]
# What vectors are made of; a change of it makes them stale.
TEXTS: Final = {"title", "synopsis_short", "synopsis_long", "theme_tags", "genres", "cast"}


@dataclass(slots=True)
class Entry:
    """A row on its way into the catalogue, and the title it means: a stored one, or a new one."""

    line: int
    record: TitleRecord
    title: Title
    is_new: bool
    was_deleted: bool = False
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    # Those of the record are for all attempts to save it, these for this one.
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def result(self) -> Result:
        """What becomes of the row."""
        if self.is_new:
            return "added"
        if self.was_deleted:
            return "restored"
        return "changed" if self.changes else "unchanged"

    @property
    def says_something_else(self) -> bool:
        """Whether its vectors have to be computed anew."""
        return self.is_new or not TEXTS.isdisjoint(self.changes)

    def change(self, name: str, before: Any, after: Any) -> None:
        """Note what is changed; of a new title nothing is."""
        if not self.is_new:
            self.changes[name] = (before, after)

    def told(self) -> RowResult:
        """For the report."""
        return RowResult(self.line, self.result, self.title.title, self.title.id, changes=self.changes)


def keys_of(record: TitleRecord, source: str) -> list[tuple[str, str]]:
    """Everything the row is called by others, as (source, value), the main one first."""
    main = [(source, record.external_id)] if record.external_id else []
    return list(dict.fromkeys([*main, *((key.source or source, key.value) for key in record.external_ids)]))


def titles_by_key(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """The ids of stored titles by what others call them; one statement."""
    keys = set(keys)
    found = ExternalId.objects.filter(source__in={source for source, _ in keys}, value__in={value for _, value in keys})
    rows = ((source, value, title_id) for source, value, title_id in found.values_list("source", "value", "title_id"))
    return {(source, value): title_id for source, value, title_id in rows if (source, value) in keys}


def match(
    numbered: Sequence[Numbered], source: str, seen: MutableMapping[int, int]
) -> tuple[list[Entry], list[RowResult]]:
    """Each row with its title, and those that are refused because of what is stored.

    `seen` has the lines by the hashes of the ids so far; those of the stored titles are added.
    """
    stored = _Stored(numbered, source, seen)
    entries, refused = [], []
    for line, record in numbered:
        try:
            entries.append(stored.entry(line, record))
        except RefusedError as refusal:
            refused.append(RowResult(line, "refused", record.fields["title"], reason=str(refusal)))
    return entries, refused


class _Stored:
    """What the catalogue holds of a batch, in two statements, and two more where the rows bring ids for their parts."""

    def __init__(self, numbered: Sequence[Numbered], source: str, seen: MutableMapping[int, int]) -> None:
        self.source, self.seen = source, seen
        records = [record for _, record in numbered]
        keys = {key for record in records for key in keys_of(record, source)}
        keys |= {(source, record.written_id) for record in records if record.written_id != record.external_id}
        self.ids = titles_by_key(keys) if keys else {}
        wanted = {*self.ids.values(), *(record.title_id for record in records if record.title_id)}
        self.titles = lock_titles(wanted) if wanted else {}
        self.parts = dict(_owners_of_parts(records))

    def entry(self, line: int, record: TitleRecord) -> Entry:
        """The row with its title. Raises `RefusedError` when its ids contradict each other or what is stored."""
        title = self._title(record)
        self._check_parts(record, title)
        if title is None:
            fields = {"id": record.title_id} if record.title_id else {}
            return Entry(line, record, Title(**fields, **record.fields), is_new=True)
        self._refuse_repeat(line, title)
        begin, end = (record.fields.get(name, getattr(title, name)) for name in ("available_from", "available_until"))
        check_availability(begin, end)
        return Entry(line, record, title, is_new=False, was_deleted=title.is_deleted)

    def _title(self, record: TitleRecord) -> Title | None:
        named = {key: self.ids[key] for key in keys_of(record, self.source) if key in self.ids}
        written = (self.source, record.written_id)
        if not named and written in self.ids:
            # An earlier import kept the key with its percent escapes.
            named[written] = self.ids[written]
        meant = record.title_id or next(iter(named.values()), None)
        for (source, value), title_id in named.items():
            if title_id != meant:
                raise RefusedError(f"The ids contradict each other: {source}:{value} is title {title_id}, not {meant}.")
        return self.titles.get(meant) if meant else None

    def _refuse_repeat(self, line: int, title: Title) -> None:
        first = self.seen.setdefault(hash(title.id), line)
        if first != line:
            raise RefusedError(f"Line {first} means the same title, {title.id}, by another of its ids.")

    def _check_parts(self, record: TitleRecord, title: Title | None) -> None:
        for what, part_id, place in _ids_of_parts(record):
            owner = self.parts.get(part_id)
            if owner is not None and owner != (title and title.id, *place):
                raise RefusedError(f"{what} {part_id} is in use elsewhere.")


def lock_titles(ids: Iterable[UUID]) -> dict[UUID, Title]:
    """The titles as they are now, and nobody else changes them until the batch is done.

    In the order of their ids, as everybody who locks several.
    """
    titles = Title.with_deleted.filter(id__in=list(ids)).order_by("id").select_for_update(no_key=True)
    return {title.id: title for title in titles}


Owner = tuple[UUID | None, int, int]


def _ids_of_parts(record: TitleRecord) -> Iterator[tuple[str, UUID, tuple[int, int]]]:
    for season in record.seasons or ():
        if season.season_id:
            yield "season_id", season.season_id, (season.season_number, -1)
        for episode in season.episodes:
            if episode.episode_id:
                yield "episode_id", episode.episode_id, (season.season_number, episode.episode_number)


def _owners_of_parts(records: Iterable[TitleRecord]) -> Iterator[tuple[UUID, Owner]]:
    ids = {part_id for record in records for _, part_id, _ in _ids_of_parts(record)}
    if not ids:
        return
    for part_id, title_id, season in Season.objects.filter(id__in=ids).values_list("id", "title_id", "season_number"):
        yield part_id, (title_id, season, -1)
    episodes = Episode.objects.filter(id__in=ids)
    names = ("id", "season__title_id", "season__season_number", "episode_number")
    for part_id, title_id, season, episode in episodes.values_list(*names):
        yield part_id, (title_id, season, episode)


def stored_targets(targets: Iterable[UUID | Key], source: str) -> dict[UUID | tuple[str, str], UUID]:
    """The ids of stored titles that relations name, deleted ones left out; two statements."""
    targets = set(targets)
    ids = {target for target in targets if isinstance(target, UUID)}
    by_key = titles_by_key((key.source or source, key.value) for key in targets if isinstance(key, Key))
    alive = Title.objects.filter(Q(id__in=ids | set(by_key.values()))).values_list("id", flat=True)
    live = set(alive) if targets else set()
    return {one: one for one in ids & live} | {key: one for key, one in by_key.items() if one in live}
