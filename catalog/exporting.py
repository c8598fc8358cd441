"""Taking titles out, in rows that `import_titles` makes the same titles of.

Every row says that it was written here, and is then taken as it is: what an importer would clean, an export keeps.
Ids go along, because viewers' bookmarks point to them, and so do the ids of people, as two may have one name.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, Final
from uuid import UUID

from catalog.models import CollectionItem, Credit, Episode, ExternalId, Season, Title, TitleRelation
from catalog.title_files import EXPORT_MARK, FORMULA_SIGNS
from common.progress import Progress, unwatched

if TYPE_CHECKING:
    from catalog.querysets import TitleQuerySet

BATCH: Final = 500
COLUMNS: Final = (
    "title",
    "title_type",
    "status",
    "available_from",
    "available_until",
    "release_year",
    "duration_minutes",
    "age_rating",
    "country_of_origin",
    "language",
    "synopsis_short",
    "synopsis_long",
    "poster_url",
    "landscape_url",
    "logo_url",
    "hls_manifest_url",
    "is_featured",
    "mood_tags",
    "theme_tags",
    "ai_description",
    "metadata",
    "created_at",
)
PARTS: Final = ("genres", "cast", "seasons", "external_ids", "relations", "collections")
HEADER: Final = (EXPORT_MARK, "title_id", *COLUMNS, *PARTS)

ByTitle = dict[UUID, list[dict[str, Any]]]


def export_rows(titles: TitleQuerySet, *, progress: Progress = unwatched) -> Iterator[dict[str, Any]]:
    """The titles by id, 500 at a time, in 8 statements each; `progress` is called with the number just read.

    By id, because a title that is renamed meanwhile is then neither left out nor written twice.
    """
    batch = list(titles.order_by("id")[:BATCH])
    while batch:
        yield from _rows(batch, titles)
        progress(len(batch))
        batch = list(titles.filter(id__gt=batch[-1].id).order_by("id")[:BATCH])


def write_jsonl(rows: Iterable[Mapping[str, Any]], file: IO[bytes]) -> int:
    """One object a line; returns how many."""
    written = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        written += 1
    return written


def write_csv(rows: Iterable[Mapping[str, Any]], file: IO[bytes]) -> int:
    """A header and one line (RFC 4180) per row, lists and objects as JSON; returns how many rows."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(HEADER)
    written = 0
    for row in rows:
        writer.writerow([_cell(row[name]) for name in HEADER])
        written += 1
    # The caller closes the file.
    text.detach()
    return written


FORMATS: Final[Mapping[str, Callable[[Iterable[Mapping[str, Any]], IO[bytes]], int]]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _rows(batch: Sequence[Title], titles: TitleQuerySet) -> Iterator[dict[str, Any]]:
    ids = [title.id for title in batch]
    parts: dict[str, ByTitle] = {
        "genres": _genres(ids),
        "cast": _cast(ids),
        "seasons": _seasons(ids),
        "external_ids": _external_ids(ids),
        "relations": _relations(ids, titles),
        "collections": _collections(ids),
    }
    for title in batch:
        facts = {name: _plain(getattr(title, name)) for name in COLUMNS}
        row = {EXPORT_MARK: 1, "title_id": str(title.id), **facts}
        yield row | {name: parts[name].get(title.id, []) for name in PARTS}


def _plain(value: Any) -> Any:
    """As JSON has it. An empty text says as little as none."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, str):
        return value if value.strip() else None
    return str(value) if isinstance(value, UUID) else value


def _by_title(rows: Any, **names: str) -> ByTitle:
    """What belongs to each title, in the order of the rows; `names` are ours by those of the columns."""
    found: ByTitle = defaultdict(list)
    for title_id, *values in rows.values_list("title_id", *names.values()):
        found[title_id].append(dict(zip(names, map(_plain, values), strict=True)))
    return found


def _genres(ids: Sequence[UUID]) -> ByTitle:
    through = Title.genres.through.objects.filter(title_id__in=ids).order_by("genre__name")
    return _by_title(through, name="genre__name", slug="genre__slug")


def _cast(ids: Sequence[UUID]) -> ByTitle:
    rows = Credit.objects.filter(title_id__in=ids).order_by("sort_order", "id")
    return _by_title(
        rows, person_name="person__name", role="role", character_name="character_name", person_id="person_id"
    )


def _seasons(ids: Sequence[UUID]) -> ByTitle:
    episodes: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    names = ("episode_number", "title", "synopsis", "duration_minutes", "hls_manifest_url")
    rows = Episode.objects.filter(season__title_id__in=ids).order_by("episode_number")
    for season_id, episode_id, *values in rows.values_list("season_id", "id", *names):
        facts = dict(zip(names, map(_plain, values), strict=True))
        episodes[season_id].append({"episode_id": str(episode_id), **facts})
    seasons = _by_title(
        Season.objects.filter(title_id__in=ids).order_by("season_number"),
        season_id="id",
        season_number="season_number",
        name="name",
        synopsis="synopsis",
    )
    for season in (season for of_title in seasons.values() for season in of_title):
        season["episodes"] = episodes.get(UUID(season["season_id"]), [])
    return seasons


def _external_ids(ids: Sequence[UUID]) -> ByTitle:
    rows = ExternalId.objects.filter(title_id__in=ids).order_by("source", "value")
    return _by_title(rows, source="source", value="value")


def _relations(ids: Sequence[UUID], titles: TitleQuerySet) -> ByTitle:
    """To titles that are in the export as well: another one would be reported as missing."""
    rows = TitleRelation.objects.filter(title_id__in=ids, related__in=titles.order_by()).order_by("kind", "related_id")
    return _by_title(rows, relation="kind", title_id="related_id")


def _collections(ids: Sequence[UUID]) -> ByTitle:
    rows = CollectionItem.objects.filter(title_id__in=ids).order_by("collection__slug")
    return _by_title(
        rows,
        slug="collection__slug",
        name="collection__name",
        position="position",
        description="collection__description",
    )
