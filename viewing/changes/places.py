"""Where a device is in the changes: what it sends back with its next question."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, Self
from uuid import UUID

MARK: Final = "v1"
# Of an answer.
MOST_CHANGES: Final = 500


class Kind(IntEnum):
    """What a change is about; of one moment they are told in this order."""

    REMOVED_BOOKMARK = 0
    REMOVED_RATING = 1
    WATCHLIST = 2
    BOOKMARK = 3
    RATING = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: from a moment, or behind one row of it.

    `floor` is from where to tell everything again, once all behind this place is told; None: that is not needed.
    `limit` is the maturity limit it was reached with, and `hidden` stands for what was out of view when somebody
    looked at `looked_at`; None with a bare time.
    """

    moment: datetime
    kind: int = Kind.REMOVED_BOOKMARK
    key: UUID | None = None
    floor: datetime | None = None
    limit: str | None = None
    hidden: str | None = None
    looked_at: datetime | None = None

    def __str__(self) -> str:
        times = [time.isoformat() if time else "" for time in (self.moment, self.floor, self.looked_at)]
        parts = (MARK, *times, str(int(self.kind)), str(self.key or ""), self.limit or "", self.hidden or "")
        return urlsafe_b64encode("|".join(parts).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self:
        """What `str` has written, or an ISO time, without an offset in UTC. Raises `ValueError`."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            mark, moment, floor, looked_at, kind, key, limit, hidden = urlsafe_b64decode(padded).decode().split("|")
        except ValueError:
            return cls(_moment(text))
        if mark != MARK:
            raise ValueError("This is not a place in the changes.")
        return cls(
            moment=_moment(moment),
            kind=Kind(int(kind)),
            key=UUID(key) if key else None,
            floor=_moment(floor) if floor else None,
            limit=limit,
            hidden=hidden,
            looked_at=_moment(looked_at),
        )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("This is beyond the calendar.") from None
