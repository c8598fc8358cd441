"""What staff and services change in the catalogue, one title at a time.

A title whose text changes keeps the vectors it has, and `has_embedding` with them, until
`manage.py embed_titles --stale` finds them stale. A new title has none until then; keywords find it at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction

from catalog.errors import AvailabilityError, GenreUnknownError, TitleNotFoundError
from catalog.models import Genre, Title
from catalog.search.documents import index_titles
from common.constraints import refused_as

if TYPE_CHECKING:
    from accounts.models import User

REFUSALS: Final = {"title_available_until_after_from": AvailabilityError}


@transaction.atomic
def create_title(*, fields: Mapping[str, Any], genre_ids: Iterable[UUID] = ()) -> Title:
    """Add a film or a series, which search finds at once. Raises `GenreUnknownError` or `AvailabilityError`."""
    genres = _genres(set(genre_ids))
    with refused_as(REFUSALS):
        title = Title.objects.create(**fields)
    title.genres.set(genres)
    index_titles([title.id])
    return title


@transaction.atomic
def change_title(*, title_id: UUID, fields: Mapping[str, Any], genre_ids: Iterable[UUID] | None = None) -> Title:
    """Change what is in `fields`, and replace the whole set of genres where one is given.

    Raises `TitleNotFoundError`, `GenreUnknownError` or `AvailabilityError`.
    """
    title = _locked(title_id)
    if genre_ids is not None:
        title.genres.set(_genres(set(genre_ids)))
    for name, value in fields.items():
        setattr(title, name, value)
    with refused_as(REFUSALS):
        title.save(update_fields=[*fields, "updated_at"])
    index_titles([title_id])
    return title


@transaction.atomic
def delete_title(*, title_id: UUID, by: User | None) -> None:
    """Take it from viewers, with all that hangs on it; it can be restored. Raises `TitleNotFoundError`."""
    _locked(title_id).soft_delete(by)


@transaction.atomic
def restore_title(*, title_id: UUID) -> Title:
    """Give a deleted title back; one that is there stays as it is. Raises `TitleNotFoundError`."""
    title = Title.with_deleted.select_for_update(no_key=True).filter(id=title_id).first()
    if title is None:
        raise TitleNotFoundError
    if title.is_deleted:
        title.restore()
    return title


def _locked(title_id: UUID) -> Title:
    # Two who edit one title at the same time take turns, and each changes only what it was asked to.
    title = Title.objects.select_for_update(no_key=True).filter(id=title_id).first()
    if title is None:
        raise TitleNotFoundError
    return title


def _genres(ids: Collection[UUID]) -> list[Genre]:
    genres = list(Genre.objects.filter(id__in=ids))
    unknown = sorted(set(ids) - {genre.id for genre in genres}, key=str)
    if unknown:
        raise GenreUnknownError(f"genre_ids: There is no genre {unknown[0]}.")
    return genres
