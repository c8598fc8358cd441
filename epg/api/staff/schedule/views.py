"""The schedule for staff and services (contract 2.11)."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.staff import StaffView
from common.api.queries import read_body, read_query
from epg import editing
from epg.api.staff.schedule.serializers import (
    PeriodBody,
    PeriodSerializer,
    ProgrammeBody,
    StaffProgrammeSerializer,
    StaffScheduleQuery,
)
from epg.models import Programme


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
        """Put a programme on; 409 where another one is on then, with those `conflicts`."""
        body = read_body(ProgrammeBody, request)
        programme = editing.create_programme(channel_id=body.pop("channel_id"), fields=body)
        return _shown(programme, status.HTTP_201_CREATED)


class StaffProgrammeView(StaffView):
    """One entry of the schedule."""

    model = Programme
    scope = "epg"

    @extend_schema(request=ProgrammeBody(partial=True), responses=StaffProgrammeSerializer, tags=["staff: guide"])
    def put(self, request: Request, programme_id: UUID) -> Response:
        """Change what is sent; the rest stays. 409 where another one is on then, with those `conflicts`."""
        fields = read_body(ProgrammeBody, request, partial=True)
        return _shown(editing.change_programme(programme_id=programme_id, fields=fields))

    @extend_schema(responses={204: None}, tags=["staff: guide"])
    def delete(self, request: Request, programme_id: UUID) -> Response:
        """Take it off the schedule for good."""
        editing.delete_programme(programme_id=programme_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StaffPeriodView(StaffView):
    """What begins on a channel within a period."""

    model = Programme
    scope = "epg"
    # It takes off what is not sent.
    actions = {"PUT": "delete"}

    @extend_schema(
        operation_id="admin_channel_schedule_replace",
        request=PeriodBody,
        responses=PeriodSerializer,
        tags=["staff: guide"],
    )
    def put(self, request: Request, channel_id: UUID) -> Response:
        """Have what begins in the period be exactly what is sent: all of it or, with a sentence, nothing.

        A programme belongs to the period in which it begins: one that runs in from before stays, and the last one may
        run on beyond the end. Where there is no room at the borders it is 409 with those `conflicts`. What has the
        title of a programme and begins within six hours of it, or else begins when one did, is that programme: it keeps
        its id, its reminders and what is not sent of it.
        """
        body = read_body(PeriodBody, request)
        start, end = body["from"], body["to"]
        changes = editing.replace_period(channel_id=channel_id, start=start, end=end, entries=body["programs"])
        programmes = Programme.objects.of_channel(channel_id).beginning(start, end)
        data = {**asdict(changes), "programs": programmes}
        return Response(PeriodSerializer(data, context={"now": timezone.now()}).data)


def _shown(programme: Programme, status_code: int = status.HTTP_200_OK) -> Response:
    data = StaffProgrammeSerializer(programme, context={"now": timezone.now()}).data
    return Response(data, status=status_code)
