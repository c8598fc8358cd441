"""Titles for staff as JSON (contract 2.11). Pictures are those that editors entered: forms send them back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from catalog.api.serializers import GenreSerializer
from catalog.models import Title, TitleStatus, TitleType
from common.api.fields import (
    MetadataField,
    OptionalAddressField,
    OptionalChoiceField,
    OptionalFlagField,
    OptionalNumberField,
    OptionalTextField,
    OptionalTimeField,
)

LONGEST_TEXT = 100_000


class StaffTitlesQuery(serializers.Serializer[Any]):
    """How the table may be narrowed."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=500, help_text="Part of the title.")
    status = serializers.ChoiceField(choices=TitleStatus.choices, required=False, allow_blank=True)


class StaffTitleSerializer(serializers.Serializer[Any]):
    """A title in the table of staff."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    title_type = serializers.ChoiceField(choices=TitleType.choices)
    synopsis_short = serializers.CharField(allow_null=True)
    release_year = serializers.IntegerField(allow_null=True)
    age_rating = serializers.CharField(allow_null=True)
    poster_url = serializers.CharField(allow_null=True)
    genres = GenreSerializer(many=True)
    is_featured = serializers.BooleanField()
    status = serializers.ChoiceField(choices=TitleStatus.choices)
    has_embedding = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class StaffTitleFormSerializer(serializers.Serializer[Any]):
    """A title in the form of staff: every field that can be edited."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    title_type = serializers.ChoiceField(choices=TitleType.choices)
    synopsis_short = serializers.CharField(allow_null=True)
    synopsis_long = serializers.CharField(allow_null=True)
    release_year = serializers.IntegerField(allow_null=True)
    duration_minutes = serializers.IntegerField(allow_null=True)
    age_rating = serializers.CharField(allow_null=True)
    country_of_origin = serializers.CharField(allow_null=True)
    language = serializers.CharField(allow_null=True)
    poster_url = serializers.CharField(allow_null=True)
    landscape_url = serializers.CharField(allow_null=True)
    logo_url = serializers.CharField(allow_null=True)
    hls_manifest_url = serializers.CharField(allow_null=True)
    is_featured = serializers.BooleanField()
    status = serializers.ChoiceField(choices=TitleStatus.choices)
    available_from = serializers.DateTimeField(allow_null=True)
    available_until = serializers.DateTimeField(allow_null=True)
    mood_tags = serializers.ListField(child=serializers.CharField())
    theme_tags = serializers.ListField(child=serializers.CharField())
    ai_description = serializers.CharField(allow_null=True)
    genre_ids = serializers.SerializerMethodField()
    metadata = serializers.DictField()
    created_at = serializers.DateTimeField()

    def get_genre_ids(self, title: Title) -> list[UUID]:
        """Its shelves, A to Z."""
        return [genre.id for genre in title.genres.all()]


class TagsField(serializers.ListField):
    """Tags in the order given, each once; empty ones, as a form splits a text into, are left out."""

    child = serializers.CharField(max_length=50, allow_blank=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "max_length": 100} | options)

    def to_internal_value(self, data: Any) -> list[str]:
        """The tags."""
        return list(dict.fromkeys(tag for tag in super().to_internal_value(data) if tag))


class TitleBody(serializers.Serializer[Any]):
    """A title as the form sends it. Of a PUT only what is there changes; `genre_ids` replaces the whole set."""

    title = serializers.CharField(max_length=500)
    title_type = serializers.ChoiceField(choices=TitleType.choices)
    synopsis_short = OptionalTextField(max_length=LONGEST_TEXT)
    synopsis_long = OptionalTextField(max_length=LONGEST_TEXT)
    release_year = OptionalNumberField(min_value=1870, max_value=2200)
    duration_minutes = OptionalNumberField(min_value=1, max_value=100_000)
    age_rating = OptionalTextField(max_length=10)
    country_of_origin = OptionalTextField(max_length=5)
    language = OptionalTextField(max_length=10)
    poster_url = OptionalAddressField(max_length=500)
    landscape_url = OptionalAddressField(max_length=500)
    logo_url = OptionalAddressField(max_length=500)
    hls_manifest_url = OptionalAddressField(max_length=500)
    is_featured = OptionalFlagField()
    status = OptionalChoiceField(choices=TitleStatus.choices)
    available_from = OptionalTimeField()
    available_until = OptionalTimeField()
    mood_tags = TagsField()
    theme_tags = TagsField()
    ai_description = OptionalTextField(max_length=LONGEST_TEXT)
    genre_ids = serializers.ListField(child=serializers.UUIDField(), required=False, allow_null=True, max_length=100)
    metadata = MetadataField(required=False, allow_null=True)

    def validate_mood_tags(self, tags: list[str] | None) -> list[str]:
        """The column knows no null."""
        return tags or []

    def validate_theme_tags(self, tags: list[str] | None) -> list[str]:
        """The column knows no null."""
        return tags or []

    def validate_genre_ids(self, ids: list[UUID] | None) -> list[UUID]:
        """No shelf at all."""
        return ids or []

    def validate_metadata(self, metadata: dict[str, Any] | None) -> dict[str, Any]:
        """Nothing else."""
        return metadata or {}
