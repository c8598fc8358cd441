"""The channels that are there, and which of them an entry of a file means."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from epg.models import Channel, ChannelExternalId

if TYPE_CHECKING:
    from epg.channels.records import ChannelRecord


@dataclass(slots=True)
class StoredChannels:
    """All channels with their external ids, deleted ones too; locked until the transaction ends."""

    by_id: dict[UUID, Channel]
    # Whose an external id is.
    owners: dict[str, UUID]

    @classmethod
    def locked(cls) -> StoredChannels:
        """Read and lock them, in the order in which everybody does; two statements."""
        rows = Channel.with_deleted.order_by("id").select_for_update(no_key=True)
        by_id = {channel.id: channel for channel in rows}
        return cls(by_id, dict(ChannelExternalId.objects.values_list("value", "channel_id")))

    def match(self, records: Sequence[ChannelRecord]) -> dict[int, Channel]:
        """The channel that each record means, by the record's place; those that none is known for are not there.

        A channel is found by an external id, in the order in which the record has them, a live one before a deleted
        one. Records that are not found so mean the one live channel of their name, unless it is found by an id, or
        another record has the name, too, or it is in another country.
        """
        found = {
            place: channel
            for place, record in enumerate(records)
            if (channel := self._by_external_id(record.external_ids))
        }
        return found | self._by_name(records, found)

    def _by_external_id(self, external_ids: Sequence[str]) -> Channel | None:
        channels = [self.by_id[self.owners[value]] for value in external_ids if value in self.owners]
        live = (channel for channel in channels if not channel.is_deleted)
        return next(live, channels[0] if channels else None)

    def _by_name(self, records: Sequence[ChannelRecord], found: dict[int, Channel]) -> dict[int, Channel]:
        named: defaultdict[str, list[Channel]] = defaultdict(list)
        for channel in self.by_id.values():
            if not channel.is_deleted:
                named[channel.name.casefold()].append(channel)
        taken = {channel.id for channel in found.values()}
        times = Counter(record.name.casefold() for place, record in enumerate(records) if place not in found)
        matched = {}
        for place, record in enumerate(records):
            name = record.name.casefold()
            if place in found or times[name] > 1 or len(named[name]) != 1:
                continue
            channel = named[name][0]
            if channel.id not in taken and not _are_apart(channel.country, record.country):
                matched[place] = channel
        return matched

    def are_several_called(self, name: str) -> bool:
        """Whether at least two live channels have this name, in capitals or not."""
        same = [one for one in self.by_id.values() if not one.is_deleted and one.name.casefold() == name.casefold()]
        return len(same) > 1

    def numbers_ever(self) -> set[int]:
        """Numbers of all channels."""
        return {channel.channel_number for channel in self.by_id.values()}

    def taken_numbers(self) -> set[int]:
        """Numbers of live channels."""
        return {channel.channel_number for channel in self.by_id.values() if not channel.is_deleted}


def _are_apart(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other
