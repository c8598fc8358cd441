"""What changed in viewing state, as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from viewing.api.serializers.bookmarks import BookmarkSerializer
from viewing.api.serializers.ratings import RatingSerializer
from viewing.api.serializers.watchlist import WatchlistItemSerializer
from viewing.changes import Changes


class RemovedStateSerializer(serializers.Serializer[Any]):
    """What to take away: bookmarks by their own ids, thumbs by those of their titles."""

    bookmarks = serializers.ListField(child=serializers.UUIDField(), source="removed_bookmarks")
    ratings = serializers.ListField(child=serializers.UUIDField(), source="removed_ratings")


class ViewingChangesSerializer(serializers.Serializer[Any]):
    """What to take away, what to put in its place, and where to go on."""

    bookmarks = BookmarkSerializer(many=True)
    ratings = RatingSerializer(many=True)
    watchlist = WatchlistItemSerializer(
        many=True, allow_null=True, help_text="The whole list, in order; null where it is as it was."
    )
    removed = serializers.SerializerMethodField()
    next = serializers.CharField()
    more = serializers.BooleanField()

    @extend_schema_field(RemovedStateSerializer)
    def get_removed(self, changes: Changes) -> Any:
        """What is gone."""
        return RemovedStateSerializer(changes).data
