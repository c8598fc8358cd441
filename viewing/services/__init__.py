"""Playing, dismissing, rating, keeping: what changes viewing state."""

from viewing.services.batches import record_positions
from viewing.services.bookmarks import (
    begin_bookmark,
    dismiss_bookmark,
    newest_bookmark,
    observation,
    record_position,
    restore_bookmark,
    restore_position,
)
from viewing.services.content import Content, find_content, may_see
from viewing.services.ratings import rate_title, take_rating_back
from viewing.services.watchlist import drop_title, keep_title, put_in_order

__all__ = [
    "Content",
    "begin_bookmark",
    "dismiss_bookmark",
    "drop_title",
    "find_content",
    "keep_title",
    "may_see",
    "newest_bookmark",
    "observation",
    "put_in_order",
    "rate_title",
    "record_position",
    "record_positions",
    "restore_bookmark",
    "restore_position",
    "take_rating_back",
]
