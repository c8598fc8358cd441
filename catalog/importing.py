"""Bringing titles in: new ones are added, known ones updated where they differ, and every line is accounted for."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from catalog.models import Credit, Episode, ExternalId, Genre, Person, Season, Title
from catalog.records import CreditRecord, RefusedError, SeasonRecord, TitleRecord, first_sentence, to_record
from catalog.title_files import BadRow, Row
from common import audit
from common.progress import Progress, unwatched

BATCH: Final = 500
COUNTS: Final = ("added", "restored", "changed", "unchanged")


class UnknownColumnError(Exception):
    """A column is to be renamed that the file does not have; the message is one sentence for the operator."""


@dataclass(slots=True)
class ImportReport:
    """What an import did. `refused` holds (line, reason) pairs in the order of the file.

    `restored` counts titles that had been deleted, whether or not the file changed them as well.
    """

    added: int = 0
    restored: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def wrote_nothing(self) -> bool:
        """Whether no row led to a change."""
        return not self.added and not self.restored and not self.changed

    @property
    def used_nothing(self) -> bool:
        """Whether there was no row that could be used at all."""
        return self.wrote_nothing and not self.unchanged

    def counts(self) -> dict[str, int]:
        """How many rows met with what."""
        return {**{name: getattr(self, name) for name in COUNTS}, "refused": len(self.refused)}

    def take_back(self, before: Mapping[str, int]) -> None:
        """Count as before a transaction that came to nothing."""
        for name in COUNTS:
            setattr(self, name, before[name])


def import_titles(
    rows: Iterable[Row | BadRow],
    *,
    source: str,
    renames: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress = unwatched,
) -> ImportReport:
    """Bring rows in, one transaction per 500. `source` names who gave the external ids (1–50 characters).

    A refused row is reported and the rest goes on. A title that was deleted and is in the file again is restored.
    With `dry_run` everything is tried and nothing is kept. What is written leaves one entry in the audit trail.
    `progress` is called with the number of lines just done. Raises `UnknownColumnError` before anything is
    written when a column of `renames` is in none of the first 500 rows.
    """
    report = ImportReport()
    seen: dict[str, int] = {}
    stream = iter(rows)
    first = list(islice(stream, BATCH))
    _refuse_unknown_columns(first, renames or {})
    with audit.one_entry(Title, "titles imported") as trail:
        work = _Work(source, report, trail, dry_run=dry_run)
        for batch in chain([first], iter(lambda: list(islice(stream, BATCH)), [])):
            work.save(list(_accepted(batch, renames or {}, seen, report)))
            progress(len(batch))
        work.tell()
    report.refused.sort()
    return report


def _refuse_unknown_columns(rows: Iterable[Row | BadRow], renames: Mapping[str, str]) -> None:
    known = {column for row in rows if isinstance(row, Row) for column in row.header or row.values}
    if known and (unknown := sorted(set(renames) - known)):
        raise UnknownColumnError(f"No row has a column {', '.join(unknown)}; there are: {', '.join(sorted(known))}.")


@dataclass(frozen=True, slots=True)
class _Work:
    """One import: where its rows come from, and who is told what was done."""

    source: str
    report: ImportReport
    trail: audit.Report
    dry_run: bool

    def save(self, records: Sequence[tuple[int, TitleRecord]]) -> None:
        """All in one transaction; should the database refuse that, row by row, so that one row costs no other."""
        before = self.report.counts()
        try:
            with transaction.atomic():
                _Batch(self.source, [record for _, record in records], self.report).save()
                self.tell()
                transaction.set_rollback(self.dry_run)
        except (DataError, IntegrityError) as error:
            self.report.take_back(before)
            if len(records) == 1:
                reason = f"The database refused the row: {str(error).splitlines()[0]}."
                self.report.refused.append((records[0][0], reason))
                return
            for numbered in records:
                self.save([numbered])

    def tell(self) -> None:
        """Put into the audit trail what has been written so far: the next batch may never come to its end."""
        if not self.dry_run and not self.report.wrote_nothing:
            self.trail.update({"source": self.source, **self.report.counts()})
            self.trail.keep()


def _accepted(
    batch: Iterable[Row | BadRow], renames: Mapping[str, str], seen: dict[str, int], report: ImportReport
) -> Iterator[tuple[int, TitleRecord]]:
    for row in batch:
        try:
            record = _accept(row, renames, seen)
        except RefusedError as refusal:
            report.refused.append((row.line, str(refusal)))
        else:
            report.notes.update(set(record.notes))
            yield row.line, record


def _accept(row: Row | BadRow, renames: Mapping[str, str], seen: dict[str, int]) -> TitleRecord:
    if isinstance(row, BadRow):
        raise RefusedError(row.reason)
    record = to_record(row.values, renames)
    if (first := seen.setdefault(record.external_id, row.line)) != row.line:
        raise RefusedError(f"The same external id stands in line {first}.")
    return record


class _Batch:
    """The records of one transaction, side by side with what is stored of them."""

    def __init__(self, source: str, records: Sequence[TitleRecord], report: ImportReport) -> None:
        self.source = source
        self.records = records
        self.report = report
        self.stored = self._read_stored()
        self.genres = _genres_named({name for record in records for name in record.genres or ()})
        self.people = _people_named({credit.person_name for record in records for credit in record.credits or ()})

    def _read_stored(self) -> dict[str, Title]:
        values = [record.external_id for record in self.records]
        ids = dict(ExternalId.objects.filter(source=self.source, value__in=values).values_list("value", "title_id"))
        titles = Title.with_deleted.with_everything().in_bulk(list(ids.values()))
        return {value: titles[title_id] for value, title_id in ids.items() if title_id in titles}

    def save(self) -> None:
        """Write what differs."""
        fresh = [record for record in self.records if record.external_id not in self.stored]
        titles = dict(self.stored)
        titles |= {record.external_id: Title(**record.fields) for record in fresh}
        Title.objects.bulk_create([titles[record.external_id] for record in fresh])
        ExternalId.objects.bulk_create(
            ExternalId(source=self.source, value=record.external_id, title=titles[record.external_id])
            for record in fresh
        )
        known = [record for record in self.records if record.external_id in self.stored]
        restored = {external_id for external_id, title in self.stored.items() if title.is_deleted}
        touched: set[str] = self._update_fields(known)
        pairs = [(record, titles[record.external_id]) for record in self.records]
        touched |= self._save_genres(pairs) | self._save_credits(pairs) | self._save_seasons(pairs)
        changed = (touched & set(self.stored)) - restored
        self.report.added += len(fresh)
        self.report.restored += len(restored)
        self.report.changed += len(changed)
        self.report.unchanged += len(self.stored) - len(restored) - len(changed)

    def _update_fields(self, known: Iterable[TitleRecord]) -> set[str]:
        changed: dict[str, Title] = {}
        names: set[str] = set()
        for record in known:
            title = self.stored[record.external_id]
            different = {name for name, value in record.fields.items() if getattr(title, name) != value}
            different = {name for name in different if name not in record.guessed or _may_be_guessed(title, name)}
            for name in different:
                setattr(title, name, record.fields[name])
            if title.is_deleted:
                title.deleted_at = title.deleted_by_id = None
                different |= {"deleted_at", "deleted_by"}
            if different:
                changed[record.external_id] = title
                title.updated_at = timezone.now()
                names |= different | {"updated_at"}
        if changed:
            Title.with_deleted.bulk_update(changed.values(), sorted(names))
        return set(changed)

    def _save_genres(self, pairs: Iterable[tuple[TitleRecord, Title]]) -> set[str]:
        through = Title.genres.through
        changed, rows = {}, []
        for record, title in pairs:
            if record.genres is None:
                continue
            wanted = {self.genres[genre_slug(name)].id for name in record.genres}
            stored = {genre.id for genre in title.genres.all()} if record.external_id in self.stored else set()
            if wanted != stored:
                changed[record.external_id] = title.id
                rows += [through(title_id=title.id, genre_id=genre_id) for genre_id in sorted(wanted)]
        through.objects.filter(title_id__in=changed.values()).delete()
        through.objects.bulk_create(rows)
        return set(changed)

    def _save_credits(self, pairs: Iterable[tuple[TitleRecord, Title]]) -> set[str]:
        changed, rows = {}, []
        for record, title in pairs:
            if record.credits is None or (record.external_id in self.stored and _credits_of(title) == record.credits):
                continue
            if record.credits or record.external_id in self.stored:
                changed[record.external_id] = title.id
            rows += [self._credit(title, order, credit) for order, credit in enumerate(record.credits)]
        audit.delete_unrecorded(Credit.objects.filter(title_id__in=changed.values()))
        Credit.objects.bulk_create(rows, batch_size=5_000)
        return set(changed)

    def _credit(self, title: Title, order: int, credit: CreditRecord) -> Credit:
        return Credit(
            title=title,
            person=self.people[credit.person_name],
            role=credit.role,
            character_name=credit.character_name,
            sort_order=order,
        )

    def _save_seasons(self, pairs: Iterable[tuple[TitleRecord, Title]]) -> set[str]:
        changed = set()
        for record, title in pairs:
            if record.seasons and _save_seasons(title, record.seasons, is_new=record.external_id not in self.stored):
                changed.add(record.external_id)
        return changed


def _credits_of(title: Title) -> tuple[CreditRecord, ...]:
    return tuple(CreditRecord(credit.person.name, credit.role, credit.character_name) for credit in title.credits.all())


def _may_be_guessed(title: Title, name: str) -> bool:
    """Whether a guess may replace what is stored: only nothing, or an earlier guess."""
    if name == "synopsis_short":
        return not title.synopsis_short or title.synopsis_short == first_sentence(title.synopsis_long or "")
    return not getattr(title, name)


def genre_slug(name: str) -> str:
    """The slug of a genre; a name in another alphabet keeps its letters."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return slugify(name, allow_unicode=not plain.isascii())[:50] or hashlib.sha256(name.encode()).hexdigest()[:12]


def _genres_named(names: Iterable[str]) -> dict[str, Genre]:
    """Genres by the slug of their name; unknown ones are made."""
    by_slug = {genre_slug(name): name for name in sorted(names)}
    wanted = Q(slug__in=by_slug) | Q(name__in=names)
    known = {slug for genre in Genre.objects.filter(wanted) for slug in (genre.slug, genre_slug(genre.name))}
    missing = set(by_slug) - known
    # Another import may make the same genre at this moment, and either one will do.
    Genre.objects.bulk_create((Genre(slug=slug, name=by_slug[slug]) for slug in sorted(missing)), ignore_conflicts=True)
    genres = list(Genre.objects.filter(wanted))
    return {genre_slug(genre.name): genre for genre in genres} | {genre.slug: genre for genre in genres}


def _people_named(names: set[str]) -> dict[str, Person]:
    """People by name; unknown ones are made."""
    people = {person.name: person for person in Person.objects.filter(name__in=names).order_by("-id")}
    new = [Person(name=name) for name in sorted(names - set(people))]
    return people | {person.name: person for person in Person.objects.bulk_create(new)}


def _save_seasons(title: Title, records: Sequence[SeasonRecord], *, is_new: bool) -> bool:
    """Add and update seasons and episodes; what the file does not name stays, as viewers may be in it."""
    stored = {} if is_new else {season.season_number: season for season in title.seasons.all()}
    changed = False
    for record in records:
        season = stored.get(record.season_number)
        facts = {"name": record.name, "synopsis": record.synopsis}
        if season is None:
            season = Season.objects.create(title=title, season_number=record.season_number, **facts)
            episodes: dict[int, Episode] = {}
            changed = True
        else:
            changed |= _update(season, facts)
            episodes = {episode.episode_number: episode for episode in season.episodes.all()}
        changed |= _save_episodes(season, record, episodes)
    return changed


def _save_episodes(season: Season, record: SeasonRecord, stored: Mapping[int, Episode]) -> bool:
    new, changed = [], False
    for episode in record.episodes:
        facts: dict[str, Any] = {
            "title": episode.title,
            "synopsis": episode.synopsis,
            "duration_minutes": episode.duration_minutes,
            "hls_manifest_url": episode.hls_manifest_url,
        }
        if episode.episode_number in stored:
            changed |= _update(stored[episode.episode_number], facts)
        else:
            new.append(Episode(season=season, episode_number=episode.episode_number, **facts))
    Episode.objects.bulk_create(new)
    return changed or bool(new)


def _update(row: Season | Episode, facts: Mapping[str, Any]) -> bool:
    different = {name: value for name, value in facts.items() if value is not None and getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    if different:
        row.save(update_fields=list(different))
    return bool(different)
