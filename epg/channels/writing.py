"""Writing what an import of channels has decided, in a handful of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from epg.channels.rows import FIELDS, state
from epg.models import Channel, ChannelExternalId
from epg.numbers import next_free

if TYPE_CHECKING:
    from epg.channels.entries import Entry

ROWS_PER_STATEMENT: Final = 500
_WRITTEN: Final = (*FIELDS, "channel_number", "deleted_at", "deleted_by", "appearance_changed_at")


def write(entries: Sequence[Entry], *, taken: Iterable[int], now: datetime) -> None:
    """Write the channels that differ from what they were, and the new ones with all their ids.

    `taken` are the numbers that any channel has or had, and `now` is when viewers come to see what appears.
    """
    for entry in entries:
        if entry.is_new or entry.is_back:
            entry.channel.deleted_at = entry.channel.deleted_by = None
            entry.channel.appearance_changed_at = now
    changed = [entry for entry in entries if not entry.is_new and state(entry.channel) != entry.before]
    _make_room(changed, taken)
    # An upsert of known ids: plain rows, where `bulk_update` would build a CASE for every field.
    Channel.with_deleted.bulk_create(
        [entry.channel for entry in changed],
        batch_size=ROWS_PER_STATEMENT,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_WRITTEN,
    )
    Channel.objects.bulk_create([e.channel for e in entries if e.is_new], batch_size=ROWS_PER_STATEMENT)
    ChannelExternalId.objects.bulk_create(
        [ChannelExternalId(channel=entry.channel, value=value) for entry in entries for value in entry.new_ids],
        batch_size=ROWS_PER_STATEMENT,
    )


def _make_room(changed: Sequence[Entry], taken: Iterable[int]) -> None:
    """Let channels leave a number that another one of them is to have: no two may share one at any moment."""
    wanted = {entry.channel.channel_number: entry for entry in changed}
    leaving = [entry for entry in changed if entry.number_held in wanted and wanted[entry.number_held] is not entry]
    used = {*taken, *wanted}
    for entry in leaving:
        entry.channel.channel_number = next_free(1, used)
        used.add(entry.channel.channel_number)
    Channel.with_deleted.bulk_update(
        [entry.channel for entry in leaving], ["channel_number"], batch_size=ROWS_PER_STATEMENT
    )
    for number, entry in wanted.items():
        entry.channel.channel_number = number
