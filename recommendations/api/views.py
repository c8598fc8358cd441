"""The doors of contract 2.5, and `/catalog/featured`, which is ranked by taste."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import MaybeProfileQuery, ProfileQuery
from accounts.permissions import (
    HasAccountAndOwnsProfileIfGiven,
    MaybeProfileView,
    OwnsProfile,
    OwnsProfileIfGiven,
    ProfileView,
)
from catalog.api.serializers import TitleItemSerializer
from common.api.conditional import Conditional
from common.api.queries import read_query
from recommendations import rails
from recommendations.api.serializers import HomeSerializer, RailItemSerializer


class SimilarQuery(MaybeProfileQuery):
    """How many."""

    limit = serializers.IntegerField(min_value=1, max_value=50, default=12)


class PostPlayQuery(ProfileQuery):
    """How many."""

    limit = serializers.IntegerField(min_value=1, max_value=20, default=8)


class HomeView(ProfileView):
    """The home page."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], responses=HomeSerializer, tags=["recommendations"])
    def get(self, request: Request) -> Response:
        """Its rails in order."""
        page = {"rails": rails.home(profile=self.profile)}
        return Response(HomeSerializer(page, context={"request": request}).data)


class SimilarView(MaybeProfileView):
    """More like this."""

    permission_classes = (HasAccountAndOwnsProfileIfGiven,)

    @extend_schema(parameters=[SimilarQuery], responses=RailItemSerializer(many=True), tags=["recommendations"])
    def get(self, request: Request, title_id: UUID) -> Response:
        """The titles nearest to this one."""
        limit = read_query(SimilarQuery, request)["limit"]
        items = rails.similar(title_id=title_id, profile=self.profile, limit=limit)
        return Response(RailItemSerializer(items, many=True, context={"request": request}).data)


class PostPlayView(ProfileView):
    """When the credits roll."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[PostPlayQuery], responses=RailItemSerializer(many=True), tags=["recommendations"])
    def get(self, request: Request, content_id: UUID) -> Response:
        """The next episode, then similar titles."""
        limit = read_query(PostPlayQuery, request)["limit"]
        items = rails.post_play(content_id=content_id, profile=self.profile, limit=limit)
        return Response(RailItemSerializer(items, many=True, context={"request": request}).data)


class FeaturedView(Conditional, MaybeProfileView):
    """What the editors put in front."""

    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[MaybeProfileQuery], responses=TitleItemSerializer(many=True), tags=["catalogue"])
    def get(self, request: Request) -> Response:
        """Featured titles, newest first; with a profile that has a history by its taste."""
        titles = rails.featured(profile=self.profile)
        return Response(TitleItemSerializer(titles, many=True, context={"request": request}).data)
