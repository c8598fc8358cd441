"""Rails as JSON (contract 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from catalog.api.serializers import PicturedSerializer
from catalog.models import Title
from recommendations.rails import Item


class RailItemSerializer(serializers.Serializer[Any]):
    """A picture on a rail: a title, or in post-play the next episode dressed in its series' artwork."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    title_type = serializers.ChoiceField(choices=["movie", "series", "episode"])
    poster_url = serializers.CharField(allow_null=True)
    landscape_url = serializers.CharField(allow_null=True)
    synopsis_short = serializers.CharField(allow_null=True)
    release_year = serializers.IntegerField(allow_null=True)
    age_rating = serializers.CharField(allow_null=True)
    similarity_score = serializers.FloatField(allow_null=True)

    def to_representation(self, instance: Item) -> dict[str, Any]:
        """The title's card, and what the rail knows beyond it."""
        card: dict[str, Any] = dict(_card(instance.title, self.context))
        if episode := instance.episode:
            number = f"S{episode.season.season_number}E{episode.episode_number}"
            card |= {
                "id": str(episode.id),
                "title": episode.title,
                "title_type": "episode",
                "synopsis_short": number,
            }
        return card | {"similarity_score": instance.score}


def _card(title: Title, context: Mapping[str, Any]) -> dict[str, Any]:
    return dict(PicturedSerializer(title, context=context).data)


class RailSerializer(serializers.Serializer[Any]):
    """A row of pictures."""

    name = serializers.CharField()
    rail_type = serializers.CharField()
    items = RailItemSerializer(many=True)


class HomeSerializer(serializers.Serializer[Any]):
    """The home page."""

    rails = RailSerializer(many=True)
