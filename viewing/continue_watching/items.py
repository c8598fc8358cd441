"""What a card of continue watching shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

if TYPE_CHECKING:
    from viewing.models import Bookmark


@dataclass(frozen=True, slots=True)
class Following:
    """An episode that comes later in a series, and where the profile is in it: at 0 seconds, or where it left off."""

    id: UUID
    season_number: int
    episode_number: int
    title: str
    duration_minutes: int | None = None
    position_seconds: int = 0

    @classmethod
    def read(cls, found: dict[str, Any]) -> Self:
        """From what `BookmarkQuerySet.with_following` has annotated."""
        return cls(**{**found, "id": UUID(found["id"]), "position_seconds": found["position_seconds"] or 0})


@dataclass(frozen=True, slots=True)
class Item:
    """A card of the row: where the profile is, how likely it goes on, and what comes after.

    `moved_to` is the episode that it shows instead of the bookmark's, which is finished; to dismiss the card is to
    dismiss that bookmark.
    """

    bookmark: Bookmark
    next_episode: Following | None = None
    moved_to: Following | None = None
    score: float | None = None

    @property
    def touched_at(self) -> datetime:
        """When it was saved or dismissed, whichever came last."""
        saved_at = self.bookmark.updated_at
        return max(saved_at, self.bookmark.dismissed_at or saved_at)

    @property
    def content_id(self) -> UUID:
        """What the player is to play."""
        return self.moved_to.id if self.moved_to else self.bookmark.content_id

    @property
    def episode(self) -> Following | None:
        """The episode that it shows; None for a film."""
        own = self.bookmark.episode
        if self.moved_to or own is None:
            return self.moved_to
        return Following(own.id, own.season.season_number, own.episode_number, own.title)

    @property
    def duration_seconds(self) -> int:
        """Of an episode that nobody has played yet it is what the catalogue says, or as long as the one before."""
        if self.moved_to and self.moved_to.duration_minutes:
            return self.moved_to.duration_minutes * 60
        return self.bookmark.duration_seconds

    @property
    def position_seconds(self) -> int:
        """Where to go on; never behind the end."""
        position = self.moved_to.position_seconds if self.moved_to else self.bookmark.position_seconds
        return min(position, self.duration_seconds)

    @property
    def completed(self) -> bool:
        """Never, for what the series has moved on to."""
        return self.moved_to is None and self.bookmark.completed

    @property
    def progress_percent(self) -> float:
        """The share watched, 0 to 100."""
        return 100 * self.position_seconds / self.duration_seconds

    @property
    def remaining_minutes(self) -> float:
        """What is left to watch."""
        return (self.duration_seconds - self.position_seconds) / 60
