"""The cards of continue watching (contract 2.4)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import TitleType
from viewing.api.serializers.cards import card
from viewing.continue_watching import Item
from viewing.models import BookmarkType


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
    season_number = serializers.IntegerField()
    episode_number = serializers.IntegerField()
    episode_title = serializers.CharField(source="title")


class ContinueWatchingSerializer(serializers.Serializer[Any]):
    """A card of continue watching."""

    id = serializers.UUIDField(source="bookmark.id")
    content_type = serializers.ChoiceField(source="bookmark.content_type", choices=BookmarkType.choices)
    content_id = serializers.UUIDField()
    position_seconds = serializers.IntegerField()
    duration_seconds = serializers.IntegerField()
    progress_percent = serializers.SerializerMethodField()
    completed = serializers.BooleanField()
    dismissed_at = serializers.DateTimeField(source="bookmark.dismissed_at", allow_null=True)
    updated_at = serializers.DateTimeField(source="bookmark.updated_at")
    resumption_score = serializers.SerializerMethodField()
    title_info = serializers.SerializerMethodField()
    next_episode = NextEpisodeSerializer(allow_null=True)

    def get_progress_percent(self, item: Item) -> float:
        """0 to 100 with one decimal."""
        return round(item.progress_percent, 1)

    def get_resumption_score(self, item: Item) -> float | None:
        """0 to 1 with four decimals."""
        return None if item.score is None else round(item.score, 4)

    @extend_schema_field(CardInfoSerializer)
    def get_title_info(self, item: Item) -> dict[str, Any]:
        """The film, or the series with the episode the profile is in, or comes to next."""
        title, episode = item.bookmark.title, item.episode
        assert title is not None, "continue watching starts from on_demand()"
        return {
            **card(title, self.context.get("request")),
            "title_type": title.title_type,
            "age_rating": title.age_rating,
            "episode_title": episode.title if episode else None,
            "season_number": episode.season_number if episode else None,
            "episode_number": episode.episode_number if episode else None,
        }
