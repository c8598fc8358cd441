"""Channels and the schedule for staff and services (contract 2.11)."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.staff import StaffView, staff_of
from common.api.queries import read_body, read_query
from epg import editing
from epg.api.staff.serializers import (
    ChannelBody,
    ProgrammeBody,
    StaffChannelSerializer,
    StaffProgrammeSerializer,
    StaffScheduleQuery,
)
from epg.models import Channel, Programme


class StaffChannelsView(StaffView):
    """The channels as a table."""

    model = Channel
    scope = "epg"

    @extend_schema(
        operation_id="admin_channels_list", responses=StaffChannelSerializer(many=True), tags=["staff: guide"]
    )
    def get(self, request: Request) -> Response:
        """All channels by number."""
        return Response(StaffChannelSerializer(Channel.objects.order_by("channel_number"), many=True).data)

    @extend_schema(request=ChannelBody, responses={201: StaffChannelSerializer}, tags=["staff: guide"])
    def post(self, request: Request) -> Response:
        """Add a channel."""
        channel = editing.create_channel(fields=read_body(ChannelBody, request))
        return Response(StaffChannelSerializer(channel).data, status=status.HTTP_201_CREATED)


class StaffChannelView(StaffView):
    """One channel."""

    model = Channel
    scope = "epg"

    @extend_schema(request=ChannelBody(partial=True), responses=StaffChannelSerializer, tags=["staff: guide"])
    def put(self, request: Request, channel_id: UUID) -> Response:
        """Change what is sent; the rest stays."""
        fields = read_body(ChannelBody, request, partial=True)
        channel = editing.change_channel(channel_id=channel_id, fields=fields)
        return Response(StaffChannelSerializer(channel).data)

    @extend_schema(responses={204: None}, tags=["staff: guide"])
    def delete(self, request: Request, channel_id: UUID) -> Response:
        """Take it from viewers at once, with its schedule. It can be restored."""
        editing.delete_channel(channel_id=channel_id, by=staff_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RestoreChannelView(StaffView):
    """A deleted channel."""

    model = Channel
    scope = "epg"
    actions = {"POST": "delete"}

    @extend_schema(request=None, responses=StaffChannelSerializer, tags=["staff: guide"])
    def post(self, request: Request, channel_id: UUID) -> Response:
        """Give it back; who may delete may do so."""
        return Response(StaffChannelSerializer(editing.restore_channel(channel_id=channel_id)).data)


class StaffScheduleView(StaffView):
    """A channel's day as a table."""

    model = Programme
    scope = "epg"

    @extend_schema(
        operation_id="admin_schedule_list",
        parameters=[StaffScheduleQuery],
        responses=StaffProgrammeSerializer(many=True),
        tags=["staff: guide"],
    )
    def get(self, request: Request) -> Response:
        """The programmes of a UTC day by time, whatever their rating; [] for an unknown channel."""
        query, now = read_query(StaffScheduleQuery, request), timezone.now()
        day = query.get("date", now.date())
        programmes = Programme.objects.filter(channel__deleted_at=None).of_channel(query["channel_id"]).on_day(day)
        return Response(StaffProgrammeSerializer(programmes, many=True, context={"now": now}).data)

    @extend_schema(request=ProgrammeBody, responses={201: StaffProgrammeSerializer}, tags=["staff: guide"])
    def post(self, request: Request) -> Response:
        """Put a programme on."""
        body = read_body(ProgrammeBody, request)
        programme = editing.create_programme(channel_id=body.pop("channel_id"), fields=body)
        return _shown(programme, status.HTTP_201_CREATED)


class StaffProgrammeView(StaffView):
    """One entry of the schedule."""

    model = Programme
    scope = "epg"

    @extend_schema(request=ProgrammeBody(partial=True), responses=StaffProgrammeSerializer, tags=["staff: guide"])
    def put(self, request: Request, programme_id: UUID) -> Response:
        """Change what is sent; the rest stays."""
        fields = read_body(ProgrammeBody, request, partial=True)
        return _shown(editing.change_programme(programme_id=programme_id, fields=fields))

    @extend_schema(responses={204: None}, tags=["staff: guide"])
    def delete(self, request: Request, programme_id: UUID) -> Response:
        """Take it off the schedule for good."""
        editing.delete_programme(programme_id=programme_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(programme: Programme, status_code: int = status.HTTP_200_OK) -> Response:
    data = StaffProgrammeSerializer(programme, context={"now": timezone.now()}).data
    return Response(data, status=status_code)
