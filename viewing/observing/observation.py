"""What a player has seen, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

# Older than this is taken as this old: a player whose clock has stopped in 1970 still moves its bookmark on.
OLDEST: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Observation:
    """A player saw somebody at a position, in seconds, of something so many seconds long.

    `seen_at` is the player's time as `held_to` has it; None: it sent none. `received_at` is our time.
    """

    position_seconds: int
    duration_seconds: int
    received_at: datetime
    seen_at: datetime | None = None
    sequence: int = 0
    device_id: str = ""

    @property
    def moment(self) -> tuple[datetime, int]:
        """Orders reports that come together: when it was seen, and its sequence."""
        return (self.seen_at, self.sequence) if self.seen_at else (self.received_at, 0)

    @property
    def position(self) -> int:
        """In seconds; past the end is the end."""
        return min(self.position_seconds, self.duration_seconds)


def held_to(clock: datetime, time: datetime, tolerance: timedelta) -> datetime:
    """A player's time, at most `tolerance` ahead of our clock and at most 30 days behind it."""
    return max(clock - OLDEST, min(time, clock + tolerance))


@dataclass(frozen=True, slots=True)
class PlayOver:
    """How the play ended that another one takes the place of."""

    id: UUID
    ended_at: datetime
    furthest_seconds: int
    duration_seconds: int
    is_finished: bool
    device_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an observation did. `begins_play`: the history needs a row for `bookmark.play_id`; `over`: one to close."""

    changes: bool
    begins_play: bool = False
    over: PlayOver | None = None


NOTHING: Final = Outcome(changes=False)
