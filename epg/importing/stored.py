"""What the schedule of a channel holds now, as far as a comparison needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import FloatField
from django.db.models.functions import Cast, Extract

from epg.importing.texts import moment
from epg.models import Programme


@dataclass(slots=True)
class Stored:
    """A programme of the schedule, its times in seconds since 1970."""

    id: UUID
    start: float
    stop: float
    digest: int | None
    source_id: UUID | None
    is_locked: bool
    film_id: UUID | None
    title: str
    sub_title: str | None
    season_number: int | None
    episode_number: int | None
    age_rating: str | None


def stored_in(channel_id: UUID, stretches: Sequence[tuple[float, float]]) -> list[Stored]:
    """The programmes of a channel that are on during one of these stretches, in order; one statement."""
    if not stretches:
        return []
    first, last = stretches[0][0], stretches[-1][1]
    programmes = Programme.objects.filter(channel_id=channel_id).overlapping(moment(first), moment(last))
    rows = [
        Stored(*values)
        for values in programmes.order_by("start_time").values_list(
            "id",
            _seconds("start_time"),
            _seconds("end_time"),
            "guide_digest",
            "source_id",
            "is_locked",
            "catalogue_title_id",
            "title",
            "sub_title",
            "season_number",
            "episode_number",
            "age_rating",
        )
    ]
    return rows if len(stretches) == 1 else [row for row in rows if _is_within(row, stretches)]


def _seconds(column: str) -> Cast:
    """A moment in seconds since 1970; made by the database, which is quicker than reading it and counting here."""
    return Cast(Extract(column, "epoch", output_field=FloatField()), FloatField())


def _is_within(row: Stored, stretches: Sequence[tuple[float, float]]) -> bool:
    return any(row.start < stop and row.stop > start for start, stop in stretches)
