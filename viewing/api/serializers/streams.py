"""Streams as JSON (contract 2.4)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from viewing.models import StreamType


class StreamBody(serializers.Serializer[Any]):
    """What a player begins to play. `title_id` is the id it knows: a title's, episode's, channel's or programme's."""

    title_id = serializers.UUIDField()
    content_type = serializers.ChoiceField(choices=StreamType.choices, default=StreamType.VOD_TITLE)


class StreamStartedSerializer(serializers.Serializer[Any]):
    """A place that was taken."""

    session_id = serializers.UUIDField(source="id")
    started_at = serializers.DateTimeField()


class StreamHeartbeatSerializer(serializers.Serializer[Any]):
    """When a player was heard of."""

    last_heartbeat_at = serializers.DateTimeField()


class StreamSerializer(StreamStartedSerializer):
    """A stream of the account. `title_id` and `title_name` are null when what it plays is not on show any more."""

    title_id = serializers.UUIDField(source="shown_title_id", allow_null=True)
    title_name = serializers.CharField(source="shown_name", allow_null=True)
    last_heartbeat_at = serializers.DateTimeField()


class ActiveStreamSerializer(StreamStartedSerializer):
    """A stream that takes a place."""

    title_id = serializers.UUIDField(allow_null=True)


class StreamLimitSerializer(serializers.Serializer[Any]):
    """Why there is no place, and who has them."""

    detail = serializers.CharField()
    code = serializers.CharField()
    limit = serializers.IntegerField()
    active_sessions = ActiveStreamSerializer(many=True)
