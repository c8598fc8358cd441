"""What titles are to each other. A relation is stored once, and told from both its ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q

from catalog.models import RelationKind, Title, TitleRelation

if TYPE_CHECKING:
    from accounts.models import Profile

ORIGINAL: Final = "original"
RELATIONS: Final = (*RelationKind.values, ORIGINAL)
# What a title is to its sequel, prequel, remake, spin-off.
BACKWARDS: Final = {
    RelationKind.SEQUEL: RelationKind.PREQUEL,
    RelationKind.PREQUEL: RelationKind.SEQUEL,
    RelationKind.REMAKE: ORIGINAL,
    RelationKind.SPIN_OFF: ORIGINAL,
}


@dataclass(frozen=True, slots=True)
class Related:
    """A title, and what it is to another one."""

    relation: str
    title: Title


def relations_of(title: Title, profile: Profile | None) -> list[Related]:
    """What is related to this title and visible to the profile, by year; each title once. Two statements."""
    kinds = dict(_kinds(title))
    titles = Title.objects.visible_to(profile).filter(id__in=kinds).with_genre_names().earliest_first()
    return [Related(kinds[related.id], related) for related in titles] if kinds else []


def _kinds(title: Title) -> Iterator[tuple[UUID, str]]:
    """What each related title is. What editors said of this title itself comes last, and counts."""
    rows = TitleRelation.objects.filter(Q(title=title) | Q(related=title)).order_by("id")
    stored = list(rows.values_list("title_id", "related_id", "kind"))
    yield from ((other, BACKWARDS[RelationKind(kind)]) for other, own, kind in stored if own == title.id)
    yield from ((other, kind) for own, other, kind in stored if own == title.id)
