"""The doors of contract 2.3: channels, a channel's day, what is on, search, favourites."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
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
from common import artwork
from common.api.queries import read_query
from common.responses import svg_response
from epg import services
from epg.api.serializers import ChannelSerializer, OnNowSerializer, ProgrammeSerializer
from epg.models import Channel, Programme

SEARCH_LIMIT = 50


class ScheduleQuery(MaybeProfileQuery):
    """Which day."""

    date = serializers.DateField(required=False, help_text="A UTC day; today when left out.")

    def validate_date(self, day: dt.date) -> dt.date:
        """Days that have a tomorrow."""
        if day == dt.date.max:
            raise serializers.ValidationError("This day is too far away.")
        return day


class GuideSearchQuery(MaybeProfileQuery):
    """Which words."""

    q = serializers.CharField(min_length=1, max_length=500)


class ChannelsView(MaybeProfileView):
    """All channels."""

    permission_classes = (HasAccountAndOwnsProfileIfGiven,)

    @extend_schema(parameters=[MaybeProfileQuery], responses=ChannelSerializer(many=True), tags=["guide"])
    def get(self, request: Request) -> Response:
        """Channels by number; with a profile its favourites first."""
        channels = Channel.objects.for_profile(self.profile)
        return Response(ChannelSerializer(channels, many=True, context={"request": request}).data)


class ScheduleView(MaybeProfileView):
    """A channel's day."""

    forgives_bad_tokens = True
    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[ScheduleQuery], responses=ProgrammeSerializer(many=True), tags=["guide"])
    def get(self, request: Request, channel_id: UUID) -> Response:
        """The programmes of a UTC day by time, with those that run across midnight; [] for an unknown channel."""
        now = timezone.now()
        day = read_query(ScheduleQuery, request).get("date", now.date())
        programmes = Programme.objects.visible_to(self.profile).of_channel(channel_id).on_day(day)
        return Response(ProgrammeSerializer(programmes, many=True, context={"now": now}).data)


class NowView(MaybeProfileView):
    """What is on."""

    forgives_bad_tokens = True
    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[MaybeProfileQuery], responses=OnNowSerializer(many=True), tags=["guide"])
    def get(self, request: Request) -> Response:
        """Every channel with its current and its next programme; channels that show nothing are left out."""
        now = timezone.now()
        rows = services.whats_on(at=now, profile=self.profile)
        return Response(OnNowSerializer(rows, many=True, context={"request": request, "now": now}).data)


class GuideSearchView(MaybeProfileView):
    """Search in the guide."""

    forgives_bad_tokens = True
    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[GuideSearchQuery], responses=ProgrammeSerializer(many=True), tags=["guide"])
    def get(self, request: Request) -> Response:
        """The first 50 programmes whose title contains the text, by time."""
        words = read_query(GuideSearchQuery, request)["q"]
        programmes = Programme.objects.visible_to(self.profile).titled(words)[:SEARCH_LIMIT]
        return Response(ProgrammeSerializer(programmes, many=True, context={"now": timezone.now()}).data)


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
    channel = Channel.objects.filter(id=channel_id).first()
    if channel is None:
        raise Http404
    return svg_response(artwork.channel_logo(name=channel.name, seed=channel.name))
