"""Viewing state as JSON (contract 2.4)."""

from viewing.api.serializers.bookmarks import (
    LONGEST_SECONDS,
    BatchResultsSerializer,
    BookmarkBatchBody,
    BookmarkBody,
    BookmarkSerializer,
)
from viewing.api.serializers.cards import card
from viewing.api.serializers.changes import ViewingChangesSerializer
from viewing.api.serializers.continue_watching import (
    CardInfoSerializer,
    ContinueWatchingSerializer,
    NextEpisodeSerializer,
)
from viewing.api.serializers.history import BroadcastInfoSerializer, PlaySerializer
from viewing.api.serializers.ratings import RatingBody, RatingSerializer
from viewing.api.serializers.streams import (
    StreamBody,
    StreamHeartbeatSerializer,
    StreamLimitSerializer,
    StreamSerializer,
    StreamStartedSerializer,
)
from viewing.api.serializers.watchlist import WatchlistItemSerializer, WatchlistOrderBody, WatchlistTitleSerializer

__all__ = [
    "LONGEST_SECONDS",
    "BatchResultsSerializer",
    "BookmarkBatchBody",
    "BookmarkBody",
    "BookmarkSerializer",
    "BroadcastInfoSerializer",
    "CardInfoSerializer",
    "ContinueWatchingSerializer",
    "NextEpisodeSerializer",
    "PlaySerializer",
    "RatingBody",
    "RatingSerializer",
    "StreamBody",
    "StreamHeartbeatSerializer",
    "StreamLimitSerializer",
    "StreamSerializer",
    "StreamStartedSerializer",
    "ViewingChangesSerializer",
    "WatchlistItemSerializer",
    "WatchlistOrderBody",
    "WatchlistTitleSerializer",
    "card",
]
