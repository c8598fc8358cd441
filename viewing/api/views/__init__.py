"""The doors of contract 2.4: bookmarks, continue watching, ratings, watchlist."""

from viewing.api.views.bookmarks import (
    BookmarkBatchView,
    BookmarksView,
    ContentBookmarkView,
    DismissView,
    RestorePositionView,
    RestoreView,
)
from viewing.api.views.changes import ChangesView
from viewing.api.views.continue_watching import ContinueWatchingView, PausedView
from viewing.api.views.history import HistoryView, PlayView
from viewing.api.views.ratings import RatingsView, TitleRatingView
from viewing.api.views.streams import StreamHeartbeatView, StreamsView, StreamView
from viewing.api.views.watchlist import WatchlistOrderView, WatchlistTitleView, WatchlistView

__all__ = [
    "BookmarkBatchView",
    "BookmarksView",
    "ChangesView",
    "ContentBookmarkView",
    "ContinueWatchingView",
    "DismissView",
    "HistoryView",
    "PausedView",
    "PlayView",
    "RatingsView",
    "RestorePositionView",
    "RestoreView",
    "StreamHeartbeatView",
    "StreamView",
    "StreamsView",
    "TitleRatingView",
    "WatchlistOrderView",
    "WatchlistTitleView",
    "WatchlistView",
]
