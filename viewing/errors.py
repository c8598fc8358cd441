"""What can go wrong while watching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rest_framework import status

from common.errors import ConflictError, DomainError, ForbiddenError, NotFoundError

if TYPE_CHECKING:
    from viewing.models import StreamSession


class ContentNotFoundError(NotFoundError):
    """Nothing that could be watched has this id."""

    default_detail = "There is nothing to watch with this id."
    default_code = "content_not_found"


class ContentNotSuitableError(ForbiddenError):
    """It is rated above the profile's limit."""

    default_detail = "This is not available for this profile."
    default_code = "content_not_suitable"


class BookmarkNotFoundError(NotFoundError):
    """The profile has no such bookmark."""

    default_detail = "There is no such bookmark."
    default_code = "bookmark_not_found"


class NothingToRestoreError(ConflictError):
    """No far position is kept, or its 24 hours are over."""

    default_detail = "No earlier position is kept for this."
    default_code = "nothing_to_restore"


class StreamNotFoundError(NotFoundError):
    """A stream that is not the account's, has ended or never was: one answer for all. Players stop at it."""

    default_detail = "There is no such stream, or it has ended."
    default_code = "stream_not_found"


class StreamLimitError(DomainError):
    """The account has as many streams open as it may have; `active_sessions` of the answer are those, newest first."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "stream_limit"

    def __init__(self, limit: int, streams: Sequence[StreamSession]) -> None:
        streams_in_words = "1 stream" if limit == 1 else f"{limit} streams"
        super().__init__(f"This account may have {streams_in_words} at the same time. Please stop another one first.")
        self.extra = {"limit": limit, "active_sessions": [_as_told(stream) for stream in streams]}


def _as_told(stream: StreamSession) -> dict[str, Any]:
    return {"session_id": stream.id, "title_id": stream.shown_title_id, "started_at": stream.started_at}


class ViewingReloadError(DomainError):
    """What changed cannot be told from there; the client loads the viewing state anew."""

    status_code = status.HTTP_410_GONE
    default_detail = "What changed since then is not known any more. Please load everything anew."
    default_code = "viewing_reload"


class PlayNotFoundError(NotFoundError):
    """The profile has played no such thing."""

    default_detail = "There is no such entry in the history."
    default_code = "play_not_found"
