"""The vocabulary of viewing. Everything starts with whose it is: `of(profile)`."""

from viewing.querysets.bookmarks import CONTINUE_WINDOW, MOMENTUM_CAP, BookmarkQuerySet
from viewing.querysets.content import BROADCAST, ON_DEMAND
from viewing.querysets.kept import RatingQuerySet, WatchlistQuerySet
from viewing.querysets.plays import PlayQuerySet
from viewing.querysets.streams import StreamSessionQuerySet

__all__ = [
    "BROADCAST",
    "CONTINUE_WINDOW",
    "MOMENTUM_CAP",
    "ON_DEMAND",
    "BookmarkQuerySet",
    "PlayQuerySet",
    "RatingQuerySet",
    "StreamSessionQuerySet",
    "WatchlistQuerySet",
]
