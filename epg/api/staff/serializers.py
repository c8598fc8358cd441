"""Channels for staff as JSON (contract 2.11)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.fields import SkipField, empty

from common.api.fields import (
    OptionalAddressField,
    OptionalFlagField,
    OptionalTextField,
)
from epg.models import Channel
from epg.models.channels import LONGEST_WINDOW_HOURS, NO_COUNTRY, NO_LANGUAGE
from epg.numbers import LARGEST_NUMBER
from epg.places import country_code, language_code

MOST_EXTERNAL_IDS = 500


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
    country = serializers.CharField(allow_null=True)
    languages = serializers.ListField(child=serializers.CharField())
    catchup_window_hours = serializers.IntegerField()
    is_active = serializers.BooleanField()
    external_ids = serializers.SerializerMethodField()

    def get_external_ids(self, channel: Channel) -> list[str]:
        """What guides and playlists call it, sorted."""
        return sorted(row.value for row in channel.external_ids.all())

    def get_is_favorite(self, _channel: Any) -> bool:
        """Nobody's: a favourite belongs to a profile."""
        return False


class OptionalListField(serializers.ListField):
    """A list of a form; null is an empty one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True} | options)

    def run_validation(self, data: Any = empty) -> list[str]:
        """The list."""
        return super().run_validation(data) or []


class OptionalWindowField(serializers.IntegerField):
    """Hours in a form; `""` and null say as little as leaving it out, and 0 is no catch-up."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True} | options)

    def run_validation(self, data: Any = empty) -> int:
        """The hours. Raises `SkipField` where there are none."""
        hours: int | None = super().run_validation(None if data == "" else data)
        if hours is None:
            raise SkipField
        return hours


class ChannelBody(serializers.Serializer[Any]):
    """A channel as the form sends it. Of a PUT only what is there changes."""

    name = serializers.CharField(max_length=200)
    channel_number = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
    logo_url = OptionalAddressField(max_length=500)
    genre = OptionalTextField(max_length=50)
    is_hd = OptionalFlagField(help_text="True when left out of a new channel.")
    hls_live_url = OptionalAddressField(max_length=500)
    country = OptionalTextField(max_length=5, help_text="ISO 3166, as NO or GB.")
    languages = OptionalListField(
        child=serializers.CharField(max_length=10), max_length=20, help_text="ISO 639, as no or en; the main one first."
    )
    catchup_window_hours = OptionalWindowField(
        min_value=0, max_value=LONGEST_WINDOW_HOURS, help_text="168 when left out of a new channel."
    )
    is_active = OptionalFlagField(help_text="Viewers see nothing of a channel that is not. True when left out.")
    external_ids = OptionalListField(
        child=serializers.CharField(max_length=255),
        max_length=MOST_EXTERNAL_IDS,
        help_text="What guides and playlists call it. They replace those it has; each names one channel.",
    )

    def validate_country(self, text: str | None) -> str | None:
        """As ISO 3166 has it; the UK is GB there."""
        code = country_code(text) if text else None
        if text and code is None:
            raise serializers.ValidationError(NO_COUNTRY)
        return code

    def validate_languages(self, texts: list[str]) -> list[str]:
        """As ISO 639 has them, each once."""
        codes = {text: language_code(text) for text in texts}
        if unknown := next((text for text, code in codes.items() if code is None), None):
            raise serializers.ValidationError(NO_LANGUAGE.format(unknown))
        return list(dict.fromkeys(code for code in codes.values() if code))
