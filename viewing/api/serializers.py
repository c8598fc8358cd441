"""Viewing state as JSON (contract 2.4)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog import pictures
from catalog.models import Title, TitleType
from common.api.fields import TruncatedIntegerField
from viewing.continue_watching import Item
from viewing.models import Bookmark, BookmarkType, WatchlistItem

LONGEST_SECONDS = 2_000_000_000


class BookmarkBody(serializers.Serializer[Any]):
    """What a player reports every 30 seconds."""

    content_type = serializers.ChoiceField(choices=BookmarkType.choices)
    content_id = serializers.UUIDField()
    position_seconds = TruncatedIntegerField(min_value=0, max_value=LONGEST_SECONDS)
    duration_seconds = TruncatedIntegerField(min_value=1, max_value=LONGEST_SECONDS)


class BookmarkSerializer(serializers.Serializer[Any]):
    """How far a profile is."""

    id = serializers.UUIDField()
    content_type = serializers.ChoiceField(choices=BookmarkType.choices)
    content_id = serializers.UUIDField()
    position_seconds = serializers.IntegerField()
    duration_seconds = serializers.IntegerField()
    completed = serializers.BooleanField()
    dismissed_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    title_info = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "nullable": True})
    def get_title_info(self, bookmark: Bookmark) -> None:
        """Always null here; continue watching fills it."""


class CardInfoSerializer(serializers.Serializer[Any]):
    """What a card of continue watching shows."""

    title = serializers.CharField()
    poster_url = serializers.CharField(allow_null=True)
    landscape_url = serializers.CharField(allow_null=True)
    title_type = serializers.ChoiceField(choices=TitleType.choices)
    age_rating = serializers.CharField(allow_null=True)
    episode_title = serializers.CharField(allow_null=True)
    season_number = serializers.IntegerField(allow_null=True)
    episode_number = serializers.IntegerField(allow_null=True)


class NextEpisodeSerializer(serializers.Serializer[Any]):
    """What comes after."""

    episode_id = serializers.UUIDField(source="id")
    season_number = serializers.IntegerField(source="season.season_number")
    episode_number = serializers.IntegerField()
    episode_title = serializers.CharField(source="title")


class ContinueWatchingSerializer(serializers.Serializer[Any]):
    """A card of continue watching."""

    id = serializers.UUIDField(source="bookmark.id")
    content_type = serializers.ChoiceField(source="bookmark.content_type", choices=BookmarkType.choices)
    content_id = serializers.UUIDField(source="bookmark.content_id")
    position_seconds = serializers.IntegerField(source="bookmark.position_seconds")
    duration_seconds = serializers.IntegerField(source="bookmark.duration_seconds")
    progress_percent = serializers.SerializerMethodField()
    completed = serializers.BooleanField(source="bookmark.completed")
    dismissed_at = serializers.DateTimeField(source="bookmark.dismissed_at", allow_null=True)
    updated_at = serializers.DateTimeField(source="bookmark.updated_at")
    resumption_score = serializers.SerializerMethodField()
    title_info = serializers.SerializerMethodField()
    next_episode = NextEpisodeSerializer(allow_null=True)

    def get_progress_percent(self, item: Item) -> float:
        """0 to 100 with one decimal."""
        return round(item.bookmark.progress_percent, 1)

    def get_resumption_score(self, item: Item) -> float | None:
        """0 to 1 with four decimals."""
        return None if item.score is None else round(item.score, 4)

    @extend_schema_field(CardInfoSerializer)
    def get_title_info(self, item: Item) -> dict[str, Any]:
        """The film, or the series with the episode the profile is in."""
        title, episode = item.bookmark.title, item.bookmark.episode
        assert title is not None, "continue watching starts from on_demand()"
        return {
            **_card(title, self.context.get("request")),
            "title_type": title.title_type,
            "age_rating": title.age_rating,
            "episode_title": episode.title if episode else None,
            "season_number": episode.season.season_number if episode else None,
            "episode_number": episode.episode_number if episode else None,
        }


def _card(title: Title, request: Any) -> dict[str, Any]:
    return {
        "title": title.title,
        "poster_url": pictures.poster_url(title, request),
        "landscape_url": pictures.landscape_url(title, request),
    }


class RatingBody(serializers.Serializer[Any]):
    """A thumb."""

    title_id = serializers.UUIDField()
    rating = serializers.ChoiceField(choices=[(1, "Thumb up"), (-1, "Thumb down")])


class RatingSerializer(serializers.Serializer[Any]):
    """A thumb and when it was given."""

    title_id = serializers.UUIDField()
    rating = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class WatchlistTitleSerializer(serializers.Serializer[Any]):
    """What a card of the watchlist shows."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    poster_url = serializers.CharField(allow_null=True)
    landscape_url = serializers.CharField(allow_null=True)
    title_type = serializers.ChoiceField(choices=TitleType.choices)
    release_year = serializers.IntegerField(allow_null=True)
    age_rating = serializers.CharField(allow_null=True)


class WatchlistItemSerializer(serializers.Serializer[Any]):
    """A title kept for later."""

    title_id = serializers.UUIDField()
    added_at = serializers.DateTimeField()
    title_info = serializers.SerializerMethodField()

    @extend_schema_field(WatchlistTitleSerializer)
    def get_title_info(self, item: WatchlistItem) -> dict[str, Any]:
        """The title; never null."""
        title = item.title
        return {
            "id": str(title.id),
            **_card(title, self.context.get("request")),
            "title_type": title.title_type,
            "release_year": title.release_year,
            "age_rating": title.age_rating,
        }
