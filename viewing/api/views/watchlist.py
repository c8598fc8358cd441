"""What a profile keeps for later."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProfileQuery
from accounts.models import Profile
from accounts.permissions import OwnsProfile, ProfileView
from common.api.queries import read_body
from viewing import services
from viewing.api.serializers import WatchlistItemSerializer, WatchlistOrderBody
from viewing.models import WatchlistItem


class WatchlistView(ProfileView):
    """What the profile keeps for later."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], responses=WatchlistItemSerializer(many=True), tags=["viewing"])
    def get(self, request: Request) -> Response:
        """The list, newest first or in the order it was put in."""
        return _list_of(self.profile, request)


class WatchlistOrderView(ProfileView):
    """The order of the watchlist."""

    permission_classes = (OwnsProfile,)

    @extend_schema(
        parameters=[ProfileQuery],
        request=WatchlistOrderBody,
        responses=WatchlistItemSerializer(many=True),
        tags=["viewing"],
    )
    def put(self, request: Request) -> Response:
        """Put these titles first, in this order; the others follow as they were. What is added later comes on top."""
        services.put_in_order(profile=self.profile, **read_body(WatchlistOrderBody, request))
        return _list_of(self.profile, request)


def _list_of(profile: Profile, request: Request) -> Response:
    items = WatchlistItem.objects.of(profile).suitable_for(profile).select_related("title")
    return Response(WatchlistItemSerializer(items, many=True, context={"request": request}).data)


class WatchlistTitleView(ProfileView):
    """One title of the watchlist."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], request=None, responses={201: WatchlistItemSerializer}, tags=["viewing"])
    def post(self, request: Request, title_id: UUID) -> Response:
        """Keep it; may be repeated."""
        item = services.keep_title(profile=self.profile, title_id=title_id)
        body = WatchlistItemSerializer(item, context={"request": request}).data
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[ProfileQuery], responses={204: None}, tags=["viewing"])
    def delete(self, request: Request, title_id: UUID) -> Response:
        """Drop it; may be repeated."""
        services.drop_title(profile=self.profile, title_id=title_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
