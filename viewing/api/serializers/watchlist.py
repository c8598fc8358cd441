"""The watchlist (contract 2.4)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import TitleType
from viewing.api.serializers.cards import card
from viewing.models import WatchlistItem

MOST_IN_ORDER: Final = 1_000


class WatchlistOrderBody(serializers.Serializer[Any]):
    """The titles that come first."""

    title_ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_IN_ORDER)

    def validate_title_ids(self, title_ids: list[UUID]) -> list[UUID]:
        """Each once."""
        if len(set(title_ids)) < len(title_ids):
            raise serializers.ValidationError("A title is there more than once.")
        return title_ids


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
            **card(title, self.context.get("request")),
            "title_type": title.title_type,
            "release_year": title.release_year,
            "age_rating": title.age_rating,
        }
