"""Which sources are believed more than others: in the order in which they are listed, by priority and then by name."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from epg.models import GuideImport, GuideSource


def sources_above(source: GuideSource | None) -> dict[UUID, str]:
    """The active sources that go before this one, by id. A plain file comes from somebody who knows what they do."""
    if source is None:
        return {}
    before = Q(priority__gt=source.priority) | Q(priority=source.priority, name__lt=source.name)
    return dict(GuideSource.objects.filter(before, is_active=True).values_list("id", "name"))


def sources_below(source: GuideSource | None) -> dict[UUID, str]:
    """The active sources that come after this one, by id; none for a plain file, which replaces what all have said."""
    if source is None:
        return {}
    after = Q(priority__lt=source.priority) | Q(priority=source.priority, name__gt=source.name)
    return dict(GuideSource.objects.filter(after, is_active=True).values_list("id", "name"))


def sources_above_made_room(source: GuideSource) -> bool:
    """Whether a source above has taken something off since this one was imported: its guide may have what fills it.

    What ended before this one's refresh began was in place when this one was imported: imports take turns.
    """
    if source.imported_at is None:
        return True
    since = GuideImport.objects.filter(source__in=sources_above(source), finished_at__gte=source.imported_at)
    return since.filter(is_success=True, counts__freed__gt=0).exists()
