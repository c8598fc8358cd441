"""Channels and the schedule for staff as JSON (contract 2.11)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import (
    MetadataField,
    OptionalAddressField,
    OptionalFlagField,
    OptionalNumberField,
    OptionalTextField,
)
from epg.api.serializers import ProgrammeSerializer
from epg.api.views import ScheduleQuery

LONGEST_TEXT = 100_000
LARGEST_NUMBER = 2_147_483_647


class StaffChannelSerializer(serializers.Serializer[Any]):
    """A channel as staff entered it: its own logo or none, never a drawn one, as forms send it back."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    channel_number = serializers.IntegerField()
    logo_url = serializers.CharField(allow_null=True)
    genre = serializers.CharField(allow_null=True)
    is_hd = serializers.BooleanField()
    is_favorite = serializers.SerializerMethodField()
    hls_live_url = serializers.CharField(allow_null=True)

    def get_is_favorite(self, _channel: Any) -> bool:
        """Nobody's: a favourite belongs to a profile."""
        return False


class ChannelBody(serializers.Serializer[Any]):
    """A channel as the form sends it. Of a PUT only what is there changes."""

    name = serializers.CharField(max_length=200)
    channel_number = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
    logo_url = OptionalAddressField(max_length=500)
    genre = OptionalTextField(max_length=50)
    is_hd = OptionalFlagField(help_text="True when left out of a new channel.")
    hls_live_url = OptionalAddressField(max_length=500)


class StaffScheduleQuery(serializers.Serializer[Any]):
    """Which channel's day."""

    channel_id = serializers.UUIDField()
    date = serializers.DateField(required=False, help_text="A UTC day; today when left out.")

    validate_date = ScheduleQuery.validate_date


class StaffProgrammeSerializer(ProgrammeSerializer):
    """An entry of the schedule, with what else is known of it."""

    metadata = serializers.DictField()


class ProgrammeBody(serializers.Serializer[Any]):
    """An entry of the schedule as the form sends it. Of a PUT only what is there changes.

    A time without a zone is UTC.
    """

    channel_id = serializers.UUIDField()
    title = serializers.CharField(max_length=500)
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    synopsis = OptionalTextField(max_length=LONGEST_TEXT)
    genre = OptionalTextField(max_length=50)
    age_rating = OptionalTextField(max_length=10)
    is_new = OptionalFlagField()
    is_repeat = OptionalFlagField()
    series_title = OptionalTextField(max_length=200)
    season_number = OptionalNumberField(min_value=1, max_value=LARGEST_NUMBER)
    episode_number = OptionalNumberField(min_value=1, max_value=LARGEST_NUMBER)
    metadata = MetadataField(required=False, allow_null=True)

    def validate_metadata(self, metadata: dict[str, Any] | None) -> dict[str, Any]:
        """Nothing else."""
        return metadata or {}
