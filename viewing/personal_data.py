"""What this room keeps about people, for `accounts.personal_data`."""

from __future__ import annotations

from django.db.models import Case, Expression, F, When

from accounts.personal_data import PersonalData, name_of, register, shown_as_named
from viewing.history import IN_BOOKMARK
from viewing.models import Bookmark, Play, Rating, Removal, StreamSession, WatchlistItem

_TITLE = shown_as_named("profile_id title_id") | {"title": name_of("title", "title")}
_EPISODE = {"season_number": "episode__season__season_number", "episode_number": "episode__episode_number"}


def _of_play(name: str, place: str) -> Expression:
    """What a play's bookmark tells, as long as it does."""
    return Case(When(bookmark__play_id=F("pk"), then=F(f"bookmark__{place}")), default=F(name))


register(
    PersonalData(
        "bookmarks",
        Bookmark,
        "profile__user",
        _TITLE
        | _EPISODE
        | shown_as_named("id content_type content_id position_seconds duration_seconds completed")
        | shown_as_named("dismissed_at created_at updated_at observed_at sequence device_id version")
        | shown_as_named("previous_position_seconds previous_kept_at times_finished")
        | shown_as_named("play_id play_started_at play_furthest_seconds play_finished"),
    ),
    PersonalData(
        "plays",
        Play,
        "profile__user",
        _TITLE
        | _EPISODE
        | shown_as_named("id bookmark_id content_type content_id started_at")
        | {name: _of_play(name, place) for name, place in IN_BOOKMARK.items()},
    ),
    PersonalData("ratings", Rating, "profile__user", _TITLE | shown_as_named("rating created_at")),
    PersonalData("watchlist", WatchlistItem, "profile__user", _TITLE | shown_as_named("added_at place changed_at")),
    PersonalData(
        "streams",
        StreamSession,
        "user",
        {"title": name_of("title", "title")}
        | shown_as_named("id title_id content_type content_id started_at last_heartbeat_at ended_at"),
    ),
    PersonalData("removals", Removal, "profile__user", shown_as_named("profile_id kind key removed_at")),
)
