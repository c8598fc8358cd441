"""What is on when: a channel's day, now and next, and the grid of many channels."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import MaybeProfileQuery
from accounts.permissions import MaybeProfileView, OwnsProfileIfGiven
from common.api.conditional import Conditional
from common.api.queries import read_query
from epg import services
from epg.api.queries import GridQuery, ScheduleQuery
from epg.api.serializers import GridRowSerializer, OnNowSerializer, ProgrammeSerializer
from epg.models import Programme


class ScheduleView(Conditional, MaybeProfileView):
    """A channel's day."""

    forgives_bad_tokens = True
    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[ScheduleQuery], responses=ProgrammeSerializer(many=True), tags=["guide"])
    def get(self, request: Request, channel_id: UUID) -> Response:
        """The programmes of a UTC day by time, with those that run across midnight; [] for an unknown channel."""
        now = timezone.now()
        day = read_query(ScheduleQuery, request).get("date", now.date())
        programmes = Programme.objects.visible_to(self.profile).of_channel(channel_id).on_day(day).as_listed()
        return Response(ProgrammeSerializer(programmes, many=True, context={"now": now}).data)


class NowView(Conditional, MaybeProfileView):
    """What is on."""

    forgives_bad_tokens = True
    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[MaybeProfileQuery], responses=OnNowSerializer(many=True), tags=["guide"])
    def get(self, request: Request) -> Response:
        """Every channel with its current and its next programme; channels that show nothing are left out."""
        now = timezone.now()
        rows = services.whats_on(at=now, profile=self.profile)
        return Response(OnNowSerializer(rows, many=True, context={"request": request, "now": now}).data)


class GridView(Conditional, MaybeProfileView):
    """Many channels and a period in one answer."""

    forgives_bad_tokens = True
    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[GridQuery], responses=GridRowSerializer(many=True), tags=["guide"])
    def get(self, request: Request) -> Response:
        """Each channel, in the profile's order, with what is on at some moment of the period, by time.

        Channels without a programme are there, unknown ones are not. A page with fewer channels than `page_size` is
        the last one; where that is left out, the one before an empty one. At most 500 channels, seven days, 500
        channels times days, and 20,000 programmes.
        """
        query = read_query(GridQuery, request)
        rows = services.grid(
            start=query["from"],
            end=query["to"],
            profile=self.profile,
            channel_ids=query.get("channel_ids"),
            first=(query["page"] - 1) * query["page_size"],
            most=query["page_size"],
        )
        context = {"request": request, "now": timezone.now()}
        return Response(GridRowSerializer(rows, many=True, context=context).data)
