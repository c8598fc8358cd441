"""Channels for staff and services (contract 2.11)."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.staff import StaffView, staff_of
from common.api.queries import read_body
from epg import editing
from epg.api.staff.serializers import (
    ChannelBody,
    StaffChannelSerializer,
)
from epg.models import Channel


class StaffChannelsView(StaffView):
    """The channels as a table."""

    model = Channel
    scope = "epg"

    @extend_schema(
        operation_id="admin_channels_list", responses=StaffChannelSerializer(many=True), tags=["staff: guide"]
    )
    def get(self, request: Request) -> Response:
        """All channels by number, those out of viewers' sight too."""
        channels = Channel.objects.order_by("channel_number").prefetch_related("external_ids")
        return Response(StaffChannelSerializer(channels, many=True).data)

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
