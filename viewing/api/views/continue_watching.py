"""What a profile is in the middle of, and what it has put aside."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProfileQuery
from accounts.permissions import OwnsProfile, ProfileView
from common.api.queries import read_query
from viewing.api.serializers import ContinueWatchingSerializer
from viewing.continue_watching import Occasion, continue_watching, paused


class ContinueWatchingQuery(ProfileQuery):
    """On what and when."""

    device_type = serializers.ChoiceField(choices=["tv", "mobile", "tablet", "web"], default="web")
    hour_of_day = serializers.IntegerField(min_value=0, max_value=23, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=20, default=20)


class ContinueWatchingView(ProfileView):
    """What the profile is in the middle of."""

    permission_classes = (OwnsProfile,)

    @extend_schema(
        parameters=[ContinueWatchingQuery], responses=ContinueWatchingSerializer(many=True), tags=["viewing"]
    )
    def get(self, request: Request) -> Response:
        """Unfinished films and episodes of the last 30 days, most likely to be resumed first."""
        query = read_query(ContinueWatchingQuery, request)
        occasion = Occasion(timezone.now(), query["device_type"], query.get("hour_of_day"))
        items = continue_watching(profile=self.profile, occasion=occasion, limit=query["limit"])
        return Response(ContinueWatchingSerializer(items, many=True, context={"request": request}).data)


class PausedView(ProfileView):
    """What the profile has put aside."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], responses=ContinueWatchingSerializer(many=True), tags=["viewing"])
    def get(self, request: Request) -> Response:
        """Unfinished films and episodes, and series between two, that were dismissed or untouched for over 30 days."""
        items = paused(profile=self.profile, now=timezone.now())
        return Response(ContinueWatchingSerializer(items, many=True, context={"request": request}).data)
