"""What an import did, and what became of everything that it did not take as the guide had it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

# So many details of each kind are kept in memory and with the import; the rest are told once and counted.
DETAILS_KEPT: Final = 100
# Of more different names those that come later are counted together.
MOST_NAMES: Final = 1000
OTHERS: Final = "… others"
LONGEST_NAME: Final = 200

ADDED: Final = "added"
CHANGED: Final = "changed"
MOVED: Final = "moved"
REMOVED: Final = "removed"
SKIPPED: Final = "skipped"
NOTE: Final = "note"
REPEAT: Final = "repeat"
OVERLAP: Final = "overlap"
GAP: Final = "gap"
UNKNOWN_CHANNEL: Final = "unknown_channel"
LEFT_OUT: Final = "left_out"
UNKNOWN_RATING: Final = "unknown_rating"
SUSPICIOUS_OFFSET: Final = "suspicious_offset"
KEPT: Final = "kept"
STRANDED: Final = "stranded"


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that an import did, or did not do, as a sentence.

    `kind` is one of the names above. `line` is a line of the guide, `channel` what the guide calls it, or its name
    where the guide does not speak of it; `at` is when the programme starts, after any shift. `changes` holds what is
    different, as {"title": ("before", "after")}, moments in ISO 8601; dry runs only.
    """

    kind: str
    sentence: str
    line: int | None = None
    channel: str | None = None
    at: datetime | None = None
    changes: Mapping[str, tuple[Any, Any]] | None = None

    def as_json(self) -> dict[str, Any]:
        """For JSON, without what is not known."""
        told: dict[str, Any] = {
            "kind": self.kind,
            "line": self.line,
            "channel": self.channel,
            "at": self.at and f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "sentence": self.sentence,
            "changes": dict(self.changes) if self.changes else None,
        }
        return {name: value for name, value in told.items() if value is not None}


Told = Callable[[Detail], None]


def nobody(_detail: Detail) -> None:
    """For callers who do not want to hear every detail."""


class Tally(Counter[str]):
    """How often each name came. It stays small: long names are cut, and of many the later ones count as others."""

    def note(self, name: str, times: int = 1) -> None:
        """Count the name; with 0 times it is there all the same."""
        name = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
        self[name if name in self or len(self) < MOST_NAMES else OTHERS] += times


@dataclass(slots=True)
class GuideReport:
    """What an import did, or in a dry run would have done; all counts but those of channels are programmes.

    `programmes_read` is what the guide holds. What became of it: `added`, `changed`, `moved` (to another time, whatever
    else changed), `unchanged`, or not taken: `skipped` (by reason), `repeats_dropped`, `overlaps_dropped`,
    `unknown_channels` (by id of the guide that no channel has, or only a deleted one), `left_out` (channels that the
    source's mapping leaves out) and what gave way to something that was kept: `dropped_for_kept`.
    `kept_history`, `kept_locked` and `kept_other_source` are stored programmes that the guide has no room for or no
    longer has, and that stay; `removed` are those that do not. `changed` includes a stored programme that was cut
    because the guide begins in the middle of it. `overlaps_cut` and `cut_for_kept` were shortened and then taken.
    `gaps` are times without a programme between two of the guide. `unknown_ratings` counts what left a programme
    without a rating, by how it was written. `suspicious_offsets` are programmes whose offset no time zone has, and
    channels whose times look shifted or mixed.

    Of what is stored, `freed` lost its place or some of its time, which a source that is believed less may fill; and
    `stranded` are coming programmes of the source on channels that nothing in its guide is any more: they stay.

    `notes` are oddities of texts that were taken all the same. `channels_brought` are the ids of the channels that
    were created or restored. `is_written` is set once what was written can no longer be lost.

    `details` are the first of each kind; `details_left_out` more were only told to `told`.
    """

    told: Told = nobody
    programmes_read: int = 0
    channels_created: int = 0
    channels_restored: int = 0
    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    repeats_dropped: int = 0
    overlaps_cut: int = 0
    overlaps_dropped: int = 0
    cut_for_kept: int = 0
    dropped_for_kept: int = 0
    kept_history: int = 0
    kept_locked: int = 0
    kept_other_source: int = 0
    left_out: int = 0
    gaps: int = 0
    suspicious_offsets: int = 0
    notes: int = 0
    freed: int = 0
    stranded: int = 0
    is_written: bool = False
    skipped: Tally = field(default_factory=Tally)
    unknown_channels: Tally = field(default_factory=Tally)
    unknown_ratings: Tally = field(default_factory=Tally)
    details: list[Detail] = field(default_factory=list)
    details_left_out: int = 0
    channels_brought: set[UUID] = field(default_factory=set)
    _kept_of_kind: Counter[str] = field(default_factory=Counter)

    def tell(self, detail: Detail) -> None:
        """Pass a detail on, and keep it if it is one of the first of its kind."""
        self.told(detail)
        if self._kept_of_kind[detail.kind] < DETAILS_KEPT:
            self._kept_of_kind[detail.kind] += 1
            self.details.append(detail)
        else:
            self.details_left_out += 1

    @property
    def used_nothing(self) -> bool:
        """Whether the file had programmes, or what should have been some, and none of them could be used.

        It is sound all the same, and its channels may be new. What is left out on purpose is none of these.
        """
        used = self.added or self.changed or self.moved or self.removed or self.unchanged or self.dropped_for_kept
        return not used and bool(self.skipped or self.unknown_channels.total())

    @property
    def wrote_nothing(self) -> bool:
        """Whether the guide was already as the file says."""
        wrote = self.added or self.changed or self.moved or self.removed
        return not (wrote or self.channels_created or self.channels_restored)

    def counts(self) -> dict[str, int]:
        """What was done, by name; of what is counted by name or reason the sum, and of channels how many."""
        numbers = {name: value for name in self.__slots__ if type(value := getattr(self, name)) is int}
        return {
            **numbers,
            "skipped": self.skipped.total(),
            "unknown_channels": len(self.unknown_channels),
            "unknown_ratings": self.unknown_ratings.total(),
        }

    def tallies(self) -> dict[str, dict[str, int]]:
        """What is counted by name or reason, most frequent first."""
        tallies = {
            "skipped": self.skipped,
            "unknown_channels": self.unknown_channels,
            "unknown_ratings": self.unknown_ratings,
        }
        return {name: dict(tally.most_common()) for name, tally in tallies.items()}
