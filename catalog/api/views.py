"""The doors of contract 2.2: browse, look at, search."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import MaybeProfileQuery
from accounts.permissions import MaybeProfileView, OwnsProfileIfGiven
from catalog.api.serializers import GenreSerializer, TitleDetailSerializer, TitleItemSerializer
from catalog.models import Genre, Title, TitleType
from catalog.pictures import is_sealed
from catalog.services import title_for
from common import artwork
from common.api.pagination import Pages
from common.api.queries import read_query
from common.api.views import ApiView
from common.permissions import Public
from common.responses import svg_response


class BrowseQuery(MaybeProfileQuery):
    """How the catalogue may be narrowed."""

    genre = serializers.CharField(required=False, allow_blank=True, max_length=50, help_text="A genre's slug.")
    type = serializers.ChoiceField(choices=TitleType.choices, required=False, allow_blank=True)
    q = serializers.CharField(required=False, allow_blank=True, max_length=500)


class SearchQuery(BrowseQuery):
    """As browsing, and the words are required."""

    q = serializers.CharField(min_length=1, max_length=500)


class TitlesView(MaybeProfileView, generics.GenericAPIView[Title]):
    """The catalogue in pages, A to Z."""

    permission_classes = (OwnsProfileIfGiven,)
    pagination_class = Pages
    serializer_class = TitleItemSerializer
    query_class: type[BrowseQuery] = BrowseQuery

    def get_queryset(self) -> QuerySet[Title]:
        """What the profile may see, narrowed by the query."""
        query = read_query(self.query_class, self.request)
        titles = Title.objects.visible_to(self.profile).with_genres().alphabetical()
        if genre := query.get("genre"):
            titles = titles.of_genre(genre)
        if title_type := query.get("type"):
            titles = titles.filter(title_type=title_type)
        if words := query.get("q"):
            titles = titles.matching(words)
        return titles

    @extend_schema(parameters=[BrowseQuery], tags=["catalogue"])
    def get(self, request: Request) -> Response:
        """A page of titles."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class SearchView(TitlesView):
    """Keyword search: as browsing with `q`."""

    query_class = SearchQuery

    @extend_schema(parameters=[SearchQuery], tags=["catalogue"])
    def get(self, request: Request) -> Response:
        """A page of titles that contain the text."""
        return super().get(request)


class TitleView(MaybeProfileView):
    """A title's own page; an episode's id leads to its series."""

    permission_classes: tuple[type[BasePermission], ...] = (OwnsProfileIfGiven,)

    @extend_schema(
        operation_id="catalog_title",
        parameters=[MaybeProfileQuery],
        responses=TitleDetailSerializer,
        tags=["catalogue"],
    )
    def get(self, request: Request, content_id: UUID) -> Response:
        """The title with its people, seasons and episodes."""
        title = title_for(self.profile, content_id, Title.objects.with_everything())
        return Response(TitleDetailSerializer(title, context={"request": request}).data)


class GenresView(ApiView):
    """The shelves."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(responses=GenreSerializer(many=True), tags=["catalogue"])
    def get(self, request: Request) -> Response:
        """All genres, A to Z."""
        return Response(GenreSerializer(Genre.objects.all(), many=True).data)


@cache_control(public=True, max_age=86_400)
def poster(request: HttpRequest, title_id: UUID, seal: str) -> HttpResponse:
    """A drawn upright picture, 600×900, for a title that has none of its own."""
    return _drawn(artwork.poster, title_id, seal)


@cache_control(public=True, max_age=86_400)
def landscape(request: HttpRequest, title_id: UUID, seal: str) -> HttpResponse:
    """A drawn wide picture, 1280×720, for a title that has none of its own."""
    return _drawn(artwork.landscape, title_id, seal)


def _drawn(draw: Callable[..., str], title_id: UUID, seal: str) -> HttpResponse:
    title = Title.objects.with_genres().filter(id=title_id).first() if is_sealed(title_id, seal) else None
    if title is None:
        raise Http404
    genre = next(iter(title.genre_names), None)
    return svg_response(draw(title=title.title, seed=str(title), year=title.release_year, genre=genre))
