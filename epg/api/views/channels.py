"""Channels: the list, a profile's favourites, and drawn logos."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import MaybeProfileQuery, ProfileQuery
from accounts.permissions import HasAccountAndOwnsProfileIfGiven, MaybeProfileView, OwnsProfile, ProfileView
from common import artwork
from common.api.conditional import Conditional
from common.responses import svg_response
from epg import services
from epg.api.serializers import ChannelSerializer
from epg.models import Channel


class ChannelsView(Conditional, MaybeProfileView):
    """All channels."""

    permission_classes = (HasAccountAndOwnsProfileIfGiven,)

    @extend_schema(parameters=[MaybeProfileQuery], responses=ChannelSerializer(many=True), tags=["guide"])
    def get(self, request: Request) -> Response:
        """Channels by number; with a profile its favourites first."""
        channels = Channel.objects.on_view().for_profile(self.profile)
        return Response(ChannelSerializer(channels, many=True, context={"request": request}).data)


class FavouriteView(ProfileView):
    """A profile's favourite channel."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], request=None, responses={204: None}, tags=["guide"])
    def post(self, request: Request, channel_id: UUID) -> Response:
        """Put the channel first; may be repeated."""
        services.add_favourite(profile=self.profile, channel_id=channel_id)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(parameters=[ProfileQuery], responses={204: None}, tags=["guide"])
    def delete(self, request: Request, channel_id: UUID) -> Response:
        """Put it back; may be repeated."""
        services.remove_favourite(profile=self.profile, channel_id=channel_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


@cache_control(public=True, max_age=86_400)
def channel_logo(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """A drawn logo, 400×240, for a channel that has none of its own."""
    channel = Channel.objects.on_view().filter(id=channel_id).first()
    if channel is None:
        raise Http404
    return svg_response(artwork.channel_logo(name=channel.name, seed=channel.name))
