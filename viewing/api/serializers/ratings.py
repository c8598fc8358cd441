"""Thumbs (contract 2.4)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class RatingBody(serializers.Serializer[Any]):
    """A thumb."""

    title_id = serializers.UUIDField()
    rating = serializers.ChoiceField(choices=[(1, "Thumb up"), (-1, "Thumb down")])


class RatingSerializer(serializers.Serializer[Any]):
    """A thumb and when it was given."""

    title_id = serializers.UUIDField()
    rating = serializers.IntegerField()
    created_at = serializers.DateTimeField()
