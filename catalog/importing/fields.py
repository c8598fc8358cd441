"""What a title says of itself, and what others call it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from catalog.importing.entries import Entry, keys_of
from catalog.models import ExternalId, Title
from catalog.records import first_sentence


def save_titles(entries: Sequence[Entry]) -> None:
    """Add the new ones, and update the others where they differ."""
    Title.objects.bulk_create(entry.title for entry in entries if entry.is_new)
    for entry in entries:
        if not entry.is_new:
            _take_over(entry)
    alike: dict[tuple[str, ...], list[Title]] = defaultdict(list)
    for entry in entries:
        # What changes beside the title itself is noted later, and touches it then.
        names = (*sorted(entry.changes), *(("deleted_at", "deleted_by") if entry.was_deleted else ()))
        alike[names].append(entry.title)
    for names, titles in alike.items():
        if names:
            Title.with_deleted.bulk_update(titles, names)


def touch(entries: Sequence[Entry]) -> None:
    """Say when they were changed."""
    ids = [entry.title.id for entry in entries if not entry.is_new]
    if ids:
        Title.with_deleted.filter(id__in=ids).update(updated_at=timezone.now())


def _take_over(entry: Entry) -> None:
    title, record = entry.title, entry.record
    different = {name: value for name, value in record.fields.items() if getattr(title, name) != value}
    # Asked before anything is changed: whether the short synopsis was made of the long one.
    meant = [name for name in different if name not in record.guessed or _may_be_guessed(title, name)]
    for name in meant:
        entry.change(name, _plain(getattr(title, name)), _plain(different[name]))
        setattr(title, name, different[name])
    if entry.was_deleted:
        title.deleted_at = title.deleted_by_id = None


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _may_be_guessed(title: Title, name: str) -> bool:
    """Whether a guess may replace what is stored: only nothing, or an earlier guess."""
    if name == "synopsis_short":
        return not title.synopsis_short or title.synopsis_short == first_sentence(title.synopsis_long or "")
    return not getattr(title, name)


def save_keys(entries: Sequence[Entry], source: str) -> None:
    """Add what others call the titles; an id is never taken away by an import."""
    stored: dict[tuple[str, str], ExternalId] = {}
    known = [entry.title.id for entry in entries if not entry.is_new and keys_of(entry.record, source)]
    if known:
        rows = ExternalId.objects.filter(title_id__in=known)
        stored = {(row.source, row.value): row for row in rows}
    fresh: list[ExternalId] = []
    renamed: list[ExternalId] = []
    for entry in entries:
        escaped = stored.get((source, entry.record.written_id))
        for key in keys_of(entry.record, source):
            if key in stored:
                continue
            if escaped is not None and key == (source, entry.record.external_id):
                entry.change("external_id", escaped.value, key[1])
                escaped.value = key[1]
                renamed.append(escaped)
            else:
                entry.change(f"external_ids {key[0]}", None, key[1])
                fresh.append(ExternalId(source=key[0], value=key[1], title_id=entry.title.id))
    ExternalId.objects.bulk_create(fresh)
    ExternalId.objects.bulk_update(renamed, ["value"])
