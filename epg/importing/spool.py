"""A guide put in order by channel: in memory while it is small, then in a temporary file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from os import SEEK_END
from typing import BinaryIO, Final, cast

import msgspec

from epg.errors import GuideRefusedError
from epg.xmltv import GuideChannel, GuideProgramme

# So much of the guide is in memory before it goes to the file. A guide that comes shuffled over 1,000 channels is
# then written in pieces of 32 KB.
IN_MEMORY_BYTES: Final = 32 * 1024 * 1024
# The programmes of one channel are in memory together, and so are all the channels' names.
MOST_PROGRAMMES_OF_CHANNEL: Final = 100_000
MOST_BYTES_OF_CHANNEL: Final = 64 * 1024 * 1024
MOST_CHANNELS: Final = 50_000

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[GuideProgramme])


@dataclass(slots=True)
class _Shelf:
    """The programmes of one channel: `pieces` of the file as (offset, length), and after them what is in memory."""

    number: int = 0
    size: int = 0
    pieces: list[tuple[int, int]] = field(default_factory=list)
    fresh: bytearray = field(default_factory=bytearray)


class Spool(AbstractContextManager["Spool"]):
    """All the programmes of a guide, to be read channel by channel; the channels it declares, the first of each id.

    Raises `GuideRefusedError` for a guide that is too large to be kept, or when there is no room for it.
    """

    def __init__(self) -> None:
        self.channels: dict[str, GuideChannel] = {}
        self._shelves: dict[str, _Shelf] = {}
        self._file: BinaryIO | None = None
        self._in_memory = 0

    def __exit__(self, *_error: object) -> None:
        """Throw the file away."""
        if self._file is not None:
            self._file.close()

    def declare(self, channel: GuideChannel) -> None:
        """Keep a channel; of several with one id the first."""
        self.channels.setdefault(channel.id, channel)
        if len(self.channels) > MOST_CHANNELS:
            raise GuideRefusedError(f"The guide has more than {MOST_CHANNELS:,} channels.")

    def add(self, programme: GuideProgramme) -> None:
        """Keep a programme."""
        shelf = self._shelves.get(programme.channel_id) or self._new_shelf(programme.channel_id)
        before = len(shelf.fresh)
        _ENCODER.encode_into(programme, shelf.fresh, -1)
        size = len(shelf.fresh) - before
        shelf.number += 1
        shelf.size += size
        if shelf.number > MOST_PROGRAMMES_OF_CHANNEL or shelf.size > MOST_BYTES_OF_CHANNEL:
            raise GuideRefusedError(
                f"The guide has too much of the channel {programme.channel_id}: more than "
                f"{MOST_PROGRAMMES_OF_CHANNEL:,} programmes or {MOST_BYTES_OF_CHANNEL // 2**20} MB of text."
            )
        self._in_memory += size
        if self._in_memory > IN_MEMORY_BYTES:
            self._put_away()

    def ids(self) -> Iterator[str]:
        """What the guide calls channels: those that it declares, then those that it only has programmes of."""
        yield from self.channels
        yield from (channel_id for channel_id in self._shelves if channel_id not in self.channels)

    def number_of(self, channel_id: str) -> int:
        """How many programmes it has of this channel."""
        shelf = self._shelves.get(channel_id)
        return shelf.number if shelf else 0

    def programmes_of(self, channel_ids: Iterable[str]) -> list[GuideProgramme]:
        """All programmes of the channels, in the order of the file."""
        ids = [channel_id for channel_id in channel_ids if channel_id in self._shelves]
        programmes = [programme for channel_id in ids for programme in self._read(self._shelves[channel_id])]
        if len(ids) > 1:
            programmes.sort(key=lambda programme: programme.line)
        return programmes

    def _new_shelf(self, channel_id: str) -> _Shelf:
        if len(self._shelves) >= MOST_CHANNELS:
            raise GuideRefusedError(f"The guide has more than {MOST_CHANNELS:,} channels.")
        return self._shelves.setdefault(channel_id, _Shelf())

    def _put_away(self) -> None:
        """Move what is in memory into the file."""
        try:
            self._file = self._file or cast("BinaryIO", tempfile.TemporaryFile(prefix="marquee-guide-"))  # noqa: SIM115
            offset = self._file.seek(0, SEEK_END)
            for shelf in self._shelves.values():
                if shelf.fresh:
                    shelf.pieces.append((offset, len(shelf.fresh)))
                    offset += self._file.write(shelf.fresh)
                    shelf.fresh = bytearray()
        except OSError as error:
            raise GuideRefusedError(f"The guide cannot be put in order on disk: {error.strerror}.") from None
        self._in_memory = 0

    def _read(self, shelf: _Shelf) -> list[GuideProgramme]:
        """Records that follow one another are a MessagePack array once its head is put before them."""
        parts = [b"\xdd", shelf.number.to_bytes(4, "big")]
        for offset, length in shelf.pieces:
            assert self._file is not None
            self._file.seek(offset)
            parts.append(self._file.read(length))
        return _DECODER.decode(b"".join([*parts, bytes(shelf.fresh)]))
