"""What titles lack, for the dashboard of staff."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.staff import StaffView
from catalog.api.staff.serializers import StaffTitleSerializer
from catalog.completeness import MEANINGS, count_missing, incomplete
from catalog.models import Title, TitleStatus
from common.api.pagination import StaffPageQuery, StaffPages
from common.api.queries import read_query


class CompletenessQuery(StaffPageQuery):
    """Of which titles, and whether the titles themselves are wanted."""

    missing = serializers.ChoiceField(
        choices=list(MEANINGS.items()), required=False, help_text="List the titles that lack this."
    )
    status = serializers.ChoiceField(choices=TitleStatus.choices, required=False)


class MissingSerializer(serializers.Serializer[Any]):
    """How many titles lack something."""

    name = serializers.CharField()
    meaning = serializers.CharField()
    missing = serializers.IntegerField()
    share = serializers.FloatField()


class CompletenessSerializer(serializers.Serializer[Any]):
    """How complete the catalogue is."""

    total = serializers.IntegerField()
    checks = MissingSerializer(many=True)


class IncompletePageSerializer(serializers.Serializer[Any]):
    """A page of the titles that lack something."""

    items = StaffTitleSerializer(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()


class CompletenessView(StaffView, generics.GenericAPIView[Title]):
    """What is still to be done."""

    model = Title
    scope = "catalog"
    pagination_class = StaffPages

    @extend_schema(
        operation_id="admin_titles_completeness",
        parameters=[CompletenessQuery],
        responses=PolymorphicProxySerializer(
            component_name="CompletenessAnswer",
            serializers=[CompletenessSerializer, IncompletePageSerializer],
            resource_type_field_name=None,
        ),
        tags=["staff: catalogue"],
    )
    def get(self, request: Request) -> Response:
        """How many titles lack what; with `missing`, a page of those that lack it, A to Z."""
        query = read_query(CompletenessQuery, request)
        of_status = {"status": query["status"]} if "status" in query else {}
        if "missing" in query:
            titles = incomplete(Title.objects.for_staff().filter(**of_status), [query["missing"]])
            page = self.paginate_queryset(titles)
            return self.get_paginated_response(StaffTitleSerializer(page, many=True).data)
        counted = count_missing(Title.objects.filter(**of_status))
        checks = [
            {"name": name, "meaning": MEANINGS[name], "missing": number, "share": round(counted.share(name), 4)}
            for name, number in counted.missing.items()
        ]
        return Response({"total": counted.total, "checks": checks})
