"""Thumbs up and down."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProfileQuery
from accounts.permissions import OwnsProfile, ProfileView
from catalog.models import Title
from common.api.queries import read_body
from viewing import services
from viewing.api.serializers import RatingBody, RatingSerializer
from viewing.models import Rating


class RatingsView(ProfileView):
    """Thumbs up and down."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], request=RatingBody, responses=RatingSerializer, tags=["viewing"])
    def post(self, request: Request) -> Response:
        """Give a thumb; the newest counts, and the same again changes nothing."""
        rating = services.rate_title(profile=self.profile, **read_body(RatingBody, request))
        return Response(RatingSerializer(rating).data)


class TitleRatingView(ProfileView):
    """The profile's thumb for a title."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], responses=RatingSerializer(allow_null=True), tags=["viewing"])
    def get(self, request: Request, title_id: UUID) -> Response:
        """The thumb, or null."""
        titles = Title.objects.visible_to(self.profile).named_by(title_id)
        rating = Rating.objects.of(self.profile).filter(title__in=titles).first()
        return Response(RatingSerializer(rating).data if rating else None)

    @extend_schema(parameters=[ProfileQuery], responses={204: None}, tags=["viewing"])
    def delete(self, request: Request, title_id: UUID) -> Response:
        """Take it back; may be repeated."""
        services.take_rating_back(profile=self.profile, title_id=title_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
