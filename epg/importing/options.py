"""How one import is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from epg.models import GuideSource


@dataclass(frozen=True, slots=True)
class Options:
    """How one import is to be done; `now` is when it began, `shift` is in seconds.

    `believed_more` are the names of other sources, by id, whose programmes this one leaves alone.
    """

    now: datetime
    source: GuideSource | None = None
    create_channels: bool = True
    shift: int = 0
    keep_icons: bool = False
    dry_run: bool = False
    zone_name: str = "UTC"
    believed_more: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def source_id(self) -> UUID | None:
        """The source's id; None for a plain file."""
        return self.source.id if self.source else None


def sources_above(source: GuideSource | None) -> dict[UUID, str]:
    """The active sources with a higher priority, by id. A plain file comes from somebody who knows what they do."""
    if source is None:
        return {}
    return dict(GuideSource.objects.filter(is_active=True, priority__gt=source.priority).values_list("id", "name"))
