"""Search by meaning and by words (contract 2.2)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import MaybeProfileQuery
from accounts.permissions import MaybeProfileView, OwnsProfileIfGiven
from catalog.api.serializers import PicturedSerializer
from catalog.models import Title
from catalog.search.find import Found, search_page
from catalog.search.hybrid import MODES
from common.api.conditional import Conditional
from common.api.pagination import PageQuery
from common.api.queries import read_query

# What is longer is refused; of what is shorter, the first forty words count.
LONGEST_QUERY = 4_000


class SemanticSearchQuery(MaybeProfileQuery, PageQuery):
    """What is looked for, and how."""

    q = serializers.CharField(min_length=1, max_length=LONGEST_QUERY)
    mode = serializers.ChoiceField(choices=MODES, default="hybrid")


class SearchCardSerializer(PicturedSerializer):
    """A title as hits show it."""

    duration_minutes = serializers.IntegerField(allow_null=True)
    is_featured = serializers.BooleanField()
    mood_tags = serializers.ListField(child=serializers.CharField())
    genres = serializers.ListField(child=serializers.CharField(), source="genre_names")


class SearchHitSerializer(SearchCardSerializer):
    """A title, and why and how it was found."""

    match_reason = serializers.CharField()
    match_type = serializers.ChoiceField(choices=["keyword", "semantic", "both"])
    similarity_score = serializers.FloatField(allow_null=True)

    def to_representation(self, instance: Found) -> dict[str, Any]:
        """The card, and what the search knows beyond it."""
        card: dict[str, Any] = SearchCardSerializer(instance.title, context=self.context).data
        found = {
            "match_reason": instance.reason,
            "match_type": instance.hit.match_type,
            "similarity_score": instance.hit.similarity,
        }
        return card | found


class SearchAnswerSerializer(serializers.Serializer[Any]):
    """A page of hits. `total` is how many are in it; `query` and `mode` are what was asked."""

    items = SearchHitSerializer(many=True)
    total = serializers.IntegerField()
    query = serializers.CharField()
    mode = serializers.ChoiceField(choices=MODES)


class SemanticSearchView(Conditional, MaybeProfileView):
    """Search for people who describe what they want to see."""

    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[SemanticSearchQuery], responses=SearchAnswerSerializer, tags=["catalogue"])
    def get(self, request: Request) -> Response:
        """Hits, best first. The header X-Search-Mode tells by what they were found: keywords, where vectors cannot."""
        query = read_query(SemanticSearchQuery, request)
        titles = Title.objects.visible_to(self.profile).with_genre_names()
        text, mode = query["q"], query["mode"]
        found, used = search_page(text, titles, mode, page=query["page"], page_size=query["page_size"])
        items = SearchHitSerializer(found, many=True, context={"request": request}).data
        answer = {"items": items, "total": len(items), "query": request.query_params["q"], "mode": mode}
        return Response(answer, headers={"X-Search-Mode": used})
