"""What this room keeps about people, for `accounts.personal_data`."""

from __future__ import annotations

from accounts.personal_data import PersonalData, name_of, register, shown_as_named
from viewing.models import Bookmark, Rating, WatchlistItem

_TITLE = shown_as_named("profile_id title_id") | {"title": name_of("title", "title")}
_EPISODE = {"season_number": "episode__season__season_number", "episode_number": "episode__episode_number"}

register(
    PersonalData(
        "bookmarks",
        Bookmark,
        "profile__user",
        _TITLE
        | _EPISODE
        | shown_as_named("id content_type content_id position_seconds duration_seconds completed")
        | shown_as_named("dismissed_at created_at updated_at"),
    ),
    PersonalData("ratings", Rating, "profile__user", _TITLE | shown_as_named("rating created_at")),
    PersonalData("watchlist", WatchlistItem, "profile__user", _TITLE | shown_as_named("added_at")),
)
