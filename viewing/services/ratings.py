"""Thumbs up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from catalog.models import Title
from catalog.services import title_for
from common.constraints import is_inserted
from viewing.models import Rating, RemovalKind
from viewing.removals import removed

if TYPE_CHECKING:
    from accounts.models import Profile


def rate_title(*, profile: Profile, title_id: UUID, rating: int) -> Rating:
    """Thumb up (1) or down (-1); the newest counts, and the same again changes nothing.

    Raises `TitleNotFoundError` or `TitleNotSuitableError`.
    """
    title = title_for(profile, title_id)
    given = Rating(profile=profile, title=title, rating=rating, created_at=timezone.now())
    kept = Rating.objects.filter(profile=profile, title=title)
    if not kept.exists() and is_inserted(given, unless="rating_once"):
        return given
    Rating.objects.filter(profile=profile, title=title).exclude(rating=rating).update(
        rating=rating, created_at=given.created_at
    )
    # Where it is taken back at this moment, it was given nevertheless.
    return kept.first() or given


@transaction.atomic
def take_rating_back(*, profile: Profile, title_id: UUID) -> None:
    """Forget the thumb for a title, on show or not: it must not come back with the title. May be repeated."""
    kept = Rating.objects.filter(profile=profile, title__in=Title.with_deleted.named_by(title_id))
    found = dict(kept.select_for_update().values_list("pk", "title_id"))
    Rating.objects.filter(pk__in=found).delete()
    removed(profile, RemovalKind.RATING, *found.values())
