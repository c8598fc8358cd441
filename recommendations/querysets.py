"""Orders of titles that need to know about viewing: by taste, by likeness, by what is watched now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import DurationField, ExpressionWrapper, F, FloatField, Sum, Value
from django.db.models.functions import Exp, Extract
from pgvector.django import CosineDistance

from catalog.vectors import of_current_model

if TYPE_CHECKING:
    from catalog.querysets import TitleQuerySet

HALF_FORGOTTEN: Final = timedelta(days=7)
FORGOTTEN: Final = timedelta(days=60)


def nearest(titles: TitleQuerySet, vector: Any) -> TitleQuerySet:
    """By cosine distance to `vector` (`distance`, 0 to 2), nearest first; titles without a vector are left out."""
    comparable = titles.filter(of_current_model("content_vector__"))
    return comparable.annotate(distance=CosineDistance("content_vector__vector", vector)).order_by("distance", "id")


def trending(titles: TitleQuerySet, now: datetime) -> TitleQuerySet:
    """By Σ exp(−age / 7 days) over the bookmarks; an episode counts for its series, a deleted account for nothing.

    After 60 days a bookmark weighs under 0.0002 and is left out.
    """
    age = ExpressionWrapper(Value(now) - F("bookmarks__updated_at"), output_field=DurationField())
    weight = Exp(-Extract(age, "epoch") / HALF_FORGOTTEN.total_seconds(), output_field=FloatField())
    watched = titles.filter(bookmarks__updated_at__gte=now - FORGOTTEN, bookmarks__profile__user__deleted_at=None)
    return watched.annotate(heat=Sum(weight)).order_by("-heat", "id")
