"""Pages as the contract has them: `{items, total, page, page_size}`, numbered from 1."""

from __future__ import annotations

from typing import Any, ClassVar, cast

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
        self.ask(request)
        return self.rows_of(queryset, queryset.count())

    def ask(self, request: Request) -> None:
        """Read which page is asked for. Who finds the rows in another way sets `total` themselves."""
        query = self.query(data=request.query_params)
        query.is_valid(raise_exception=True)
        self.page: int = query.validated_data["page"]
        self.page_size: int = query.validated_data["page_size"]

    def rows_of(self, queryset: Any, total: int) -> list[Any]:
        """The rows of the page, where their number is known."""
        self.total = total
        return list(self._rows(queryset)) if self._start < total else []

    @property
    def _start(self) -> int:
        return (self.page - 1) * self.page_size

    def _rows(self, queryset: Any) -> Any:
        """The page by its keys: the database would compute all columns of every row before it, to leave them out."""
        keys = queryset.values("pk")[self._start : self._start + self.page_size]
        return queryset.filter(pk__in=keys)

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
        fields = {name: cast("serializers.IntegerField", field) for name, field in self.query().fields.items()}
        return [{"name": name, "in": "query", "schema": _limits(field)} for name, field in fields.items()]


def _limits(field: serializers.IntegerField) -> dict[str, Any]:
    return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value, "default": field.default}


class StaffPageQuery(PageQuery):
    """The query parameters of a page for staff."""

    page_size = serializers.IntegerField(min_value=1, max_value=200, default=20)


class StaffPages(Pages):
    """Longer pages, for tables rather than shelves."""

    query = StaffPageQuery
