"""The doors of contract 2.2: browse, look at, search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import MaybeProfileQuery
from accounts.permissions import MaybeProfileView, OwnsProfileIfGiven
from catalog.api.queries import BrowseQuery, SearchQuery
from catalog.api.serializers import (
    CollectionSerializer,
    GenreSerializer,
    RelationSerializer,
    TitleDetailSerializer,
    TitleItemSerializer,
)
from catalog.browsing import in_order, narrowed
from catalog.models import Collection, Genre, Title
from catalog.pictures import is_sealed
from catalog.relations import relations_of
from catalog.search.find import keyword_page
from catalog.search.keyword import keyword_hits
from catalog.services import title_for
from common import artwork
from common.api.conditional import Conditional
from common.api.pagination import Pages
from common.api.queries import read_query
from common.api.views import ApiView
from common.permissions import Public
from common.responses import svg_response


class TitlesView(Conditional, MaybeProfileView, generics.GenericAPIView[Title]):
    """The catalogue in pages."""

    permission_classes = (OwnsProfileIfGiven,)
    pagination_class = Pages
    serializer_class = TitleItemSerializer
    query_class: type[BrowseQuery] = BrowseQuery

    def page_of(self, query: dict[str, Any]) -> list[Title]:
        """The titles of the page: what the profile may see, narrowed, and ordered or ranked by the words."""
        titles = narrowed(self.profile, query).with_genre_names()
        words, pages = query.get("q", ""), cast("Pages", self.paginator)
        if not words:
            return pages.paginate_queryset(in_order(titles, query), self.request, self)
        pages.ask(self.request)
        if query.get("sort"):
            hits = [hit.title_id for hit in keyword_hits(words, titles)]
            return pages.rows_of(in_order(titles.filter(id__in=hits), query), len(hits))
        found, pages.total = keyword_page(words, titles, page=pages.page, page_size=pages.page_size)
        return found

    @extend_schema(
        operation_id="catalog_titles_list",
        parameters=[BrowseQuery],
        responses=TitleItemSerializer(many=True),
        tags=["catalogue"],
    )
    def get(self, request: Request) -> Response:
        """A page of titles: A to Z, or as `sort` says."""
        page = self.page_of(read_query(self.query_class, request))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class SearchView(TitlesView):
    """Keyword search: as browsing with `q`."""

    query_class = SearchQuery

    @extend_schema(
        operation_id="catalog_search_list",
        parameters=[SearchQuery],
        responses=TitleItemSerializer(many=True),
        tags=["catalogue"],
    )
    def get(self, request: Request) -> Response:
        """A page of titles that contain the text."""
        return super().get(request)


class TitleView(Conditional, MaybeProfileView):
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


class RelationsView(Conditional, MaybeProfileView):
    """What a title is related to."""

    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(
        operation_id="catalog_title_relations",
        parameters=[MaybeProfileQuery],
        responses=RelationSerializer(many=True),
        tags=["catalogue"],
    )
    def get(self, request: Request, content_id: UUID) -> Response:
        """Sequels, prequels, remakes, spin-offs and originals, by year."""
        relations = relations_of(title_for(self.profile, content_id), self.profile)
        return Response(RelationSerializer(relations, many=True, context={"request": request}).data)


class CollectionsView(Conditional, MaybeProfileView):
    """What editors put together."""

    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[MaybeProfileQuery], responses=CollectionSerializer(many=True), tags=["catalogue"])
    def get(self, request: Request) -> Response:
        """Collections with something to see, A to Z; their titles are `/catalog/titles?collection=slug`."""
        return Response(CollectionSerializer(Collection.objects.visible_to(self.profile), many=True).data)


class GenresView(Conditional, ApiView):
    """The shelves."""

    authentication_classes = ()
    fresh_for = 60
    permission_classes = (Public,)

    @extend_schema(responses=GenreSerializer(many=True), tags=["catalogue"])
    def get(self, request: Request) -> Response:
        """All genres, A to Z."""
        return Response(GenreSerializer(Genre.objects.all(), many=True).data)


# So long a cache shows the picture of a title that has been taken off.
SECONDS_A_PICTURE_IS_KEPT: Final = 3_600


@cache_control(public=True, max_age=SECONDS_A_PICTURE_IS_KEPT)
def poster(request: HttpRequest, title_id: UUID, seal: str) -> HttpResponse:
    """A drawn upright picture, 600×900, for a title that has none of its own."""
    return _drawn(artwork.poster, title_id, seal)


@cache_control(public=True, max_age=SECONDS_A_PICTURE_IS_KEPT)
def landscape(request: HttpRequest, title_id: UUID, seal: str) -> HttpResponse:
    """A drawn wide picture, 1280×720, for a title that has none of its own."""
    return _drawn(artwork.landscape, title_id, seal)


def _drawn(draw: Callable[..., str], title_id: UUID, seal: str) -> HttpResponse:
    # A picture shows the title's name, so it comes and goes with the title.
    shown = Title.objects.on_show().with_genres()
    title = shown.filter(id=title_id).first() if is_sealed(title_id, seal) else None
    if title is None:
        raise Http404
    genre = next(iter(title.genre_names), None)
    return svg_response(draw(title=title.title, seed=str(title), year=title.release_year, genre=genre))
