"""Which entries of a list are used, and which channels they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

from epg.channels.rows import State, apply, state
from epg.models import Channel

if TYPE_CHECKING:
    from epg.channels.records import ChannelList, ChannelRecord
    from epg.channels.report import ChannelReport
    from epg.channels.stored import StoredChannels


@dataclass(slots=True)
class Entry:
    """A channel that is to be as a record says. `before` is what it was; of a new one it tells nothing."""

    record: ChannelRecord
    channel: Channel
    is_new: bool = False
    before: State = field(default_factory=dict)
    new_ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before = state(self.channel)
        apply(self.record, self.channel)

    @property
    def is_back(self) -> bool:
        """Whether it was deleted until now."""
        return self.before["deleted_at"] is not None

    @property
    def number_held(self) -> int | None:
        """The number that nobody else can have now."""
        return None if self.is_new or self.is_back else self.before["channel_number"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Goes through one list, and tells of what it leaves out."""

    found: ChannelList
    stored: StoredChannels
    report: ChannelReport
    creates: bool
    keeps_logos: bool

    def entries(self) -> list[Entry]:
        """What is to be written, if it differs."""
        return list(self._entries(list(self._single_records())))

    def _single_records(self) -> Iterator[ChannelRecord]:
        """The records, each id and each name without an id once."""
        ids: dict[str, int] = {}
        names = {record.name.casefold(): record.line for record in self.found.channels if record.external_ids}
        for record in self.found.channels:
            own, name = record.external_ids[:1], record.name.casefold()
            if own and own[0] in ids:
                self._skip("repeat", record, f'The id "{own[0]}" is that of line {ids[own[0]]} already.')
            elif not own and name in names:
                sentence = f"Line {names[name]} has that name, too, and without an id the two cannot be told apart."
                self._skip("repeat", record, sentence)
            else:
                ids |= dict.fromkeys(own, record.line)
                names.setdefault(name, record.line)
                yield record

    def _entries(self, records: Sequence[ChannelRecord]) -> Iterator[Entry]:
        known = self.stored.match(records)
        meant: dict[UUID, int] = {}
        for place, record in enumerate(records):
            channel = known.get(place)
            if channel is None:
                yield from self._new(record)
            elif channel.id in meant:
                sentence = f"It is known as {channel}, which is what line {meant[channel.id]} means."
                self._skip("same_channel", record, sentence)
            elif channel.is_deleted and not self.creates:
                self._skip("deleted", record, "The channel was deleted, and none are to be restored.")
            else:
                meant[channel.id] = record.line
                yield Entry(self._wanted(record), channel)

    def _new(self, record: ChannelRecord) -> Iterator[Entry]:
        if not self.creates:
            self._skip("unknown", record, "Nobody knows the channel, and none are to be added.")
        elif not record.external_ids and self.stored.are_several_called(record.name):
            sentence = "Several channels have that name, and without an id it cannot be told which one is meant."
            self._skip("ambiguous", record, sentence)
        else:
            yield Entry(self._wanted(record), Channel(name=record.name), is_new=True)

    def _wanted(self, record: ChannelRecord) -> ChannelRecord:
        return record if self.keeps_logos else replace(record, logo_url=None)

    def _skip(self, reason: str, record: ChannelRecord, sentence: str) -> None:
        self.report.skip(reason, self.found.name, record.line, record.name, sentence)
