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

    `believed_more` are the names of other sources, by id, whose programmes this one leaves alone; `believed_less` of
    those that fill what this one leaves.
    """

    now: datetime
    source: GuideSource | None = None
    create_channels: bool = True
    shift: int = 0
    keep_icons: bool = False
    dry_run: bool = False
    zone_name: str = "UTC"
    believed_more: Mapping[UUID, str] = field(default_factory=dict)
    believed_less: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def source_id(self) -> UUID | None:
        """The source's id; None for a plain file."""
        return self.source.id if self.source else None

    def takes_over(self, present: UUID | None) -> bool:
        """Whether what another source has brought is this one's from now on, where both say the same of it.

        A source that is not switched off takes from nobody, from those that are, and from those that are believed
        less: else two with the same programmes would write all of them in turn, for nothing.
        """
        if self.source is None or present == self.source.id:
            return False
        return self.source.is_active and present not in self.believed_more
