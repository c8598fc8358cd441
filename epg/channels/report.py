"""What an import of channels did, entry by entry."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that is told of one entry of a file, in a sentence for people.

    `kind` is added, changed, restored, skipped or note; of the last two `reason` says in one word why.
    """

    kind: str
    source: str
    line: int
    channel: str
    sentence: str
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """By name."""
        names = ("kind", "reason", "source", "line", "channel", "sentence")
        return {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class ChannelReport:
    """What an import did, or in a dry run would have done. All counts are channels, or entries of files.

    `skipped` counts by kind what was left out, `notes` what was not taken as it stands; `details` tells of each one,
    and of every channel that was added, changed or restored.
    """

    added: int = 0
    changed: int = 0
    restored: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    details: list[Detail] = field(default_factory=list)
    # (file, name of its encoding, addresses of guides that it names)
    files: list[tuple[str, str, list[str]]] = field(default_factory=list)

    @property
    def wrote_nothing(self) -> bool:
        """Whether all was already as the files say."""
        return not (self.added or self.changed or self.restored)

    @property
    def used_nothing(self) -> bool:
        """Whether no entry of any file was of use."""
        return self.wrote_nothing and not self.unchanged

    def counts(self) -> dict[str, int]:
        """What was done, by name."""
        return {
            "added": self.added,
            "changed": self.changed,
            "restored": self.restored,
            "unchanged": self.unchanged,
            "skipped": self.skipped.total(),
            "notes": self.notes.total(),
        }

    def done(self, kind: str, source: str, line: int, channel: str, sentence: str) -> None:
        """A channel was added, changed or restored."""
        self.details.append(Detail(kind, source, line, channel, sentence))
        setattr(self, kind, getattr(self, kind) + 1)

    def skip(self, reason: str, source: str, line: int, channel: str, sentence: str) -> None:
        """An entry was left out."""
        self.details.append(Detail("skipped", source, line, channel, sentence, reason))
        self.skipped[reason] += 1

    def note(self, reason: str, source: str, line: int, channel: str, sentence: str) -> None:
        """Something was not taken as it stands."""
        self.details.append(Detail("note", source, line, channel, sentence, reason))
        self.notes[reason] += 1
