"""Channels and programmes as JSON (contract 2.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from common.addresses import public_url
from common.api.fields import OpenToAccountsField
from epg.models import Channel, Programme


class ChannelSerializer(serializers.Serializer[Any]):
    """A channel, with what the profile thinks of it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    channel_number = serializers.IntegerField()
    logo_url = serializers.SerializerMethodField()
    genre = serializers.CharField(allow_null=True)
    is_hd = serializers.BooleanField()
    is_favorite = serializers.BooleanField()
    hls_live_url = OpenToAccountsField()

    def get_logo_url(self, channel: Channel) -> str | None:
        """Its own logo, or a drawn one."""
        return channel.logo_url or public_url(reverse("channel-logo", args=[channel.id]), self.context.get("request"))


class ProgrammeSerializer(serializers.Serializer[Any]):
    """An entry of the schedule. `is_live` is judged at `now` of the context."""

    id = serializers.UUIDField()
    channel_id = serializers.UUIDField()
    title = serializers.CharField()
    synopsis = serializers.CharField(allow_null=True)
    genre = serializers.CharField(allow_null=True)
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    age_rating = serializers.CharField(allow_null=True)
    is_new = serializers.BooleanField()
    is_repeat = serializers.BooleanField()
    series_title = serializers.CharField(allow_null=True)
    season_number = serializers.IntegerField(allow_null=True)
    episode_number = serializers.IntegerField(allow_null=True)
    catchup_eligible = serializers.BooleanField()
    startover_eligible = serializers.BooleanField()
    is_live = serializers.SerializerMethodField()

    def get_is_live(self, programme: Programme) -> bool:
        """Whether it is running now."""
        now: datetime = self.context["now"]
        return programme.is_on_air(now)


class OnNowSerializer(serializers.Serializer[Any]):
    """A channel with what is on and what comes next."""

    channel = ChannelSerializer()
    current_program = ProgrammeSerializer()
    next_program = ProgrammeSerializer(allow_null=True)
