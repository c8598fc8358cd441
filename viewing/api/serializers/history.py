"""The history as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from viewing.api.serializers.cards import card
from viewing.api.serializers.continue_watching import CardInfoSerializer
from viewing.history import Entry
from viewing.models import BookmarkType


class BroadcastInfoSerializer(serializers.Serializer[Any]):
    """What was played of a channel: a programme, or the channel itself."""

    title = serializers.CharField(allow_null=True)
    channel_name = serializers.CharField()


class PlaySerializer(serializers.Serializer[Any]):
    """Something was played, to the end or not."""

    id = serializers.UUIDField(source="play.id")
    content_type = serializers.ChoiceField(source="play.content_type", choices=BookmarkType.choices)
    content_id = serializers.UUIDField(source="play.content_id")
    started_at = serializers.DateTimeField(source="play.started_at")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Null while it is playing.")
    furthest_seconds = serializers.IntegerField()
    duration_seconds = serializers.IntegerField()
    progress_percent = serializers.SerializerMethodField()
    completed = serializers.BooleanField(source="is_finished")
    device_id = serializers.SerializerMethodField()
    title_info = serializers.SerializerMethodField()
    broadcast_info = serializers.SerializerMethodField()

    def get_progress_percent(self, entry: Entry) -> float:
        """How far it went: 0 to 100 with one decimal."""
        return round(entry.progress_percent, 1)

    def get_device_id(self, entry: Entry) -> str | None:
        """The device it was played on last; null when that sent no id."""
        return entry.device_id or None

    @extend_schema_field(CardInfoSerializer(allow_null=True))
    def get_title_info(self, entry: Entry) -> dict[str, Any] | None:
        """The film, or the series with the episode; of a programme what it showed, or null."""
        title, episode = entry.play.title, entry.play.episode
        if title is None:
            return None
        return {
            **card(title, self.context.get("request")),
            "title_type": title.title_type,
            "age_rating": title.age_rating,
            "episode_title": episode.title if episode else None,
            "season_number": episode.season.season_number if episode else None,
            "episode_number": episode.episode_number if episode else None,
        }

    @extend_schema_field(BroadcastInfoSerializer(allow_null=True))
    def get_broadcast_info(self, entry: Entry) -> dict[str, Any] | None:
        """The programme and its channel as the guide has them; null for films and episodes, and when it has none."""
        if entry.channel is None:
            return None
        return {"title": entry.programme.title if entry.programme else None, "channel_name": entry.channel.name}
