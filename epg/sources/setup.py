"""How things stood on this side when a guide was imported: once they have changed, it is read again as it is."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from epg.models import Channel, ChannelExternalId, GuideSource, Programme

_SETTINGS: Final = ("url", "priority", "time_shift_minutes", "time_zone", "language", "creates_channels", "keeps_icons")
_MARK_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Setup:
    """All but the guide itself that decides what an import of one source makes of it.

    `rows` are what is known of channels; the id of the channel comes first, None in names that are left out.
    """

    settings: tuple[Any, ...]
    rows: frozenset[tuple[Any, ...]]

    @property
    def mark(self) -> str:
        """A digest, to find out later whether anything has changed: BLAKE2b, 128 bits."""
        digest = blake2b(repr(self.settings).encode(), digest_size=_MARK_BYTES)
        for row in sorted(map(repr, self.rows)):
            digest.update(row.encode())
        return digest.hexdigest()

    def differs(self, other: Setup, *, but_for: Container[UUID]) -> bool:
        """Whether anything is different, apart from what is known of these channels."""
        different = self.rows ^ other.rows
        return self.settings != other.settings or any(row[0] not in but_for for row in different)


def setup_of(source: GuideSource) -> Setup:
    """The setup as it is now; five statements, and a row for each channel, name of a channel and lock in its way."""
    # In the order of the list: among equals, their names decide who goes first.
    believed = GuideSource.objects.filter(is_active=True).values_list("id", "priority")
    # Elsewhere a lock is in nobody's way, and editors set many.
    told_of = Programme.objects.filter(channel=OuterRef("channel"), source=source)
    locked = Programme.objects.filter(Exists(told_of), is_locked=True).order_by()
    known: dict[str, Any] = {
        "channel": Channel.objects.order_by().values_list("id", "name", "catchup_window_hours"),
        "external id": ChannelExternalId.objects.values_list("channel", "value"),
        "name in this source": source.channels.order_by().values_list("channel", "guide_id"),
        "locked": locked.values_list("channel", "id", "start_time", "end_time"),
    }
    return Setup(
        settings=(*(getattr(source, name) for name in _SETTINGS), *believed),
        rows=frozenset((*row, kind) for kind, rows in known.items() for row in rows),
    )
