"""Pages as the contract has them: `{items, total, page, page_size}`, numbered from 1."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class PageQuery(serializers.Serializer[Any]):
    """The query parameters of a page."""

    page = serializers.IntegerField(min_value=1, max_value=2_147_483_647, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=20)


class Pages(BasePagination):
    """A page past the end is empty and still tells the true total. A value out of range is refused with 422."""

    query: ClassVar[type[PageQuery]] = PageQuery

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """The rows of the asked page; one statement to count, one to read."""
        query = self.query(data=request.query_params)
        query.is_valid(raise_exception=True)
        self.page: int = query.validated_data["page"]
        self.page_size: int = query.validated_data["page_size"]
        self.total = queryset.count()
        start = (self.page - 1) * self.page_size
        return list(queryset[start : start + self.page_size]) if start < self.total else []

    def get_paginated_response(self, data: Any) -> Response:
        """The page as an answer."""
        return Response({"items": data, "total": self.total, "page": self.page, "page_size": self.page_size})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page in the OpenAPI document."""
        number = {"type": "integer"}
        properties = {"items": schema, "total": number, "page": number, "page_size": number}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The page's query parameters in the OpenAPI document."""
        field = self.query().fields["page_size"]
        assert isinstance(field, serializers.IntegerField)
        size = {"type": "integer", "minimum": 1, "maximum": field.max_value, "default": 20}
        return [
            {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}},
            {"name": "page_size", "in": "query", "schema": size},
        ]


class StaffPageQuery(PageQuery):
    """The query parameters of a page for staff."""

    page_size = serializers.IntegerField(min_value=1, max_value=200, default=20)


class StaffPages(Pages):
    """Longer pages, for tables rather than shelves."""

    query = StaffPageQuery
