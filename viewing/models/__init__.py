"""What is being watched: how far each profile is, what it has played, what it thinks of it, what it keeps for later."""

from viewing.models.bookmarks import Bookmark, BookmarkType
from viewing.models.plays import Play
from viewing.models.ratings import Rating
from viewing.models.removals import Removal, RemovalKind
from viewing.models.streams import StreamSession, StreamType
from viewing.models.watchlist import WatchlistItem

__all__ = [
    "Bookmark",
    "BookmarkType",
    "Play",
    "Rating",
    "Removal",
    "RemovalKind",
    "StreamSession",
    "StreamType",
    "WatchlistItem",
]
