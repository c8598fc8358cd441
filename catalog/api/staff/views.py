"""The catalogue for staff and services (contract 2.11)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.staff import StaffView, staff_of
from catalog import editing
from catalog.api.staff.serializers import (
    StaffTitleFormSerializer,
    StaffTitleSerializer,
    StaffTitlesQuery,
    TitleBody,
)
from catalog.errors import TitleNotFoundError
from catalog.models import Title
from common.api.pagination import StaffPages
from common.api.queries import read_body, read_query


def shown(title_id: UUID, *, status_code: int = status.HTTP_200_OK) -> Response:
    """A title as the table shows it."""
    title = Title.objects.for_staff().filter(id=title_id).first()
    if title is None:
        raise TitleNotFoundError
    return Response(StaffTitleSerializer(title).data, status=status_code)


class StaffTitlesView(StaffView, generics.GenericAPIView[Title]):
    """The catalogue as a table."""

    model = Title
    scope = "catalog"
    pagination_class = StaffPages
    serializer_class = StaffTitleSerializer

    def get_queryset(self) -> QuerySet[Title]:
        """Titles, newest first."""
        query = read_query(StaffTitlesQuery, self.request)
        titles = Title.objects.for_staff().filter(title__icontains=query.get("q", ""))
        if status_asked := query.get("status"):
            titles = titles.filter(status=status_asked)
        return titles.newest_first()

    @extend_schema(
        operation_id="admin_titles_list",
        parameters=[StaffTitlesQuery],
        responses=StaffTitleSerializer(many=True),
        tags=["staff: catalogue"],
    )
    def get(self, request: Request) -> Response:
        """A page of titles, newest first, whatever their rating and whether or not they are on show."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=TitleBody, responses={201: StaffTitleSerializer}, tags=["staff: catalogue"])
    def post(self, request: Request) -> Response:
        """Add a title."""
        body = read_body(TitleBody, request)
        title = editing.create_title(genre_ids=body.pop("genre_ids", ()), fields=body)
        return shown(title.id, status_code=status.HTTP_201_CREATED)


class StaffTitleView(StaffView):
    """One title."""

    model = Title
    scope = "catalog"

    @extend_schema(responses=StaffTitleFormSerializer, tags=["staff: catalogue"])
    def get(self, request: Request, title_id: UUID) -> Response:
        """Everything that can be edited."""
        title = Title.objects.with_genres().filter(id=title_id).first()
        if title is None:
            raise TitleNotFoundError
        return Response(StaffTitleFormSerializer(title).data)

    @extend_schema(request=TitleBody(partial=True), responses=StaffTitleSerializer, tags=["staff: catalogue"])
    def put(self, request: Request, title_id: UUID) -> Response:
        """Change what is sent; the rest stays."""
        body = read_body(TitleBody, request, partial=True)
        editing.change_title(title_id=title_id, genre_ids=body.pop("genre_ids", None), fields=body)
        return shown(title_id)

    @extend_schema(responses={204: None}, tags=["staff: catalogue"])
    def delete(self, request: Request, title_id: UUID) -> Response:
        """Take it from viewers at once, with its episodes and what viewers left on it. It can be restored."""
        editing.delete_title(title_id=title_id, by=staff_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RestoreTitleView(StaffView):
    """A deleted title."""

    model = Title
    scope = "catalog"
    actions = {"POST": "delete"}

    @extend_schema(request=None, responses=StaffTitleSerializer, tags=["staff: catalogue"])
    def post(self, request: Request, title_id: UUID) -> Response:
        """Give it back; who may delete may do so."""
        editing.restore_title(title_id=title_id)
        return shown(title_id)
