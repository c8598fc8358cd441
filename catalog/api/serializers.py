"""Titles as JSON (contract 2.2)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog import access, pictures
from catalog.models import CreditRole, Title, TitleType
from catalog.relations import RELATIONS
from common.api.fields import OpenToAccountsField


class GenreSerializer(serializers.Serializer[Any]):
    """A shelf."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.SlugField()


class CollectionSerializer(serializers.Serializer[Any]):
    """What editors put together. `title_count` counts what the asker may see."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.SlugField()
    description = serializers.CharField(allow_null=True)
    title_count = serializers.IntegerField()


class AccessOptionSerializer(serializers.Serializer[Any]):
    """A way to get access."""

    type = serializers.ChoiceField(choices=["free", "rent", "buy"])
    label = serializers.CharField()  # type: ignore[assignment]  # a field named like an attribute of Field
    price_cents = serializers.IntegerField(required=False)
    currency = serializers.CharField(required=False)
    rental_window_hours = serializers.IntegerField(required=False)


class UserAccessSerializer(serializers.Serializer[Any]):
    """What the asker has."""

    has_access = serializers.BooleanField()
    access_type = serializers.ChoiceField(choices=["svod", "tvod_buy", "tvod_rent", "free"], allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    required_tier = serializers.CharField(allow_null=True)


class PicturedSerializer(serializers.Serializer[Any]):
    """What every picture of a title on a shelf needs."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    title_type = serializers.ChoiceField(choices=TitleType.choices)
    synopsis_short = serializers.CharField(allow_null=True)
    release_year = serializers.IntegerField(allow_null=True)
    age_rating = serializers.CharField(allow_null=True)
    poster_url = serializers.SerializerMethodField()
    landscape_url = serializers.SerializerMethodField()

    def get_poster_url(self, title: Title) -> str | None:
        """Its own picture, or a drawn one."""
        return pictures.poster_url(title, self.context.get("request"))

    def get_landscape_url(self, title: Title) -> str | None:
        """Its own picture, or a drawn one."""
        return pictures.landscape_url(title, self.context.get("request"))


class TitleItemSerializer(PicturedSerializer):
    """A title in a list."""

    duration_minutes = serializers.IntegerField(allow_null=True)
    is_featured = serializers.BooleanField()
    mood_tags = serializers.ListField(child=serializers.CharField())
    genres = serializers.ListField(child=serializers.CharField(), source="genre_names")
    access_options = serializers.SerializerMethodField()
    user_access = serializers.SerializerMethodField()

    @extend_schema_field(AccessOptionSerializer(many=True))
    def get_access_options(self, title: Title) -> list[dict[str, Any]]:
        """The ways to get access."""
        return access.access_options()

    @extend_schema_field(UserAccessSerializer(allow_null=True))
    def get_user_access(self, title: Title) -> dict[str, Any] | None:
        """What the asker has; null for a guest."""
        return access.user_access(signed_in=self.context["request"].user.is_authenticated)


class RelationSerializer(serializers.Serializer[Any]):
    """A related title, and what it is to the one that was asked for."""

    relation = serializers.ChoiceField(choices=RELATIONS)
    title = TitleItemSerializer()


class CastSerializer(serializers.Serializer[Any]):
    """Somebody on or behind the screen."""

    person_name = serializers.CharField(source="person.name")
    role = serializers.ChoiceField(choices=CreditRole.choices)
    character_name = serializers.CharField(allow_null=True)


class EpisodeSerializer(serializers.Serializer[Any]):
    """A part of a season."""

    id = serializers.UUIDField()
    episode_number = serializers.IntegerField()
    title = serializers.CharField()
    synopsis = serializers.CharField(allow_null=True)
    duration_minutes = serializers.IntegerField(allow_null=True)
    hls_manifest_url = OpenToAccountsField()


class SeasonSerializer(serializers.Serializer[Any]):
    """A run of episodes."""

    id = serializers.UUIDField()
    season_number = serializers.IntegerField()
    name = serializers.CharField(allow_null=True)
    synopsis = serializers.CharField(allow_null=True)
    episodes = EpisodeSerializer(many=True)


class TitleDetailSerializer(TitleItemSerializer):
    """A title's own page."""

    synopsis_long = serializers.CharField(allow_null=True)
    country_of_origin = serializers.CharField(allow_null=True)
    language = serializers.CharField(allow_null=True)
    logo_url = serializers.CharField(allow_null=True)
    hls_manifest_url = OpenToAccountsField()
    theme_tags = serializers.ListField(child=serializers.CharField())
    ai_description = serializers.CharField(allow_null=True)
    cast = CastSerializer(many=True, source="credits")
    seasons = SeasonSerializer(many=True)
