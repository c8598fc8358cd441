"""What a list of channels says, whatever its format: plain records, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

# An operator has hundreds of channels; a file with more than this is something else.
MOST_CHANNELS: Final = 20_000
LARGEST_FILE: Final = 64 * 1024 * 1024
LONGEST_LINE: Final = 64 * 1024
LONGEST_ID: Final = 255


class ChannelsRefusedError(Exception):
    """A whole file cannot be used as a list of channels; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class ChannelRecord:
    """A channel as a file has it. None, or an empty tuple, is what the file does not say.

    The first external id is what the file calls the channel; the others are more names for it.
    """

    line: int
    name: str
    external_ids: tuple[str, ...] = ()
    channel_number: int | None = None
    logo_url: str | None = None
    genre: str | None = None
    is_hd: bool | None = None
    hls_live_url: str | None = None
    country: str | None = None
    languages: tuple[str, ...] = ()
    catchup_window_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that is left out, and why, as a sentence; `kind` is the reason in one word, for counting."""

    line: int
    name: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something in an entry that was not taken as it stands, while the entry was."""

    line: int
    name: str
    kind: str
    sentence: str


@dataclass(slots=True)
class ChannelList:
    """A whole file. `guide_addresses` are where its maker has a guide for it; nobody fetches them by themselves.

    `logos_are_own` tells a list that its operator wrote, pictures included, from one that links to other people's.
    """

    name: str
    encoding: str = "UTF-8"
    logos_are_own: bool = False
    guide_addresses: list[str] = field(default_factory=list)
    channels: list[ChannelRecord] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[Noted] = field(default_factory=list)

    def skip(self, line: int, name: str, kind: str, reason: str) -> None:
        """Leave an entry out."""
        self.skipped.append(Skipped(line, name, kind, reason))

    def note(self, line: int, name: str, kind: str, sentence: str) -> None:
        """Say what was not taken."""
        self.notes.append(Noted(line, name, kind, sentence))
