"""Reminders of a profile."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProfileQuery
from accounts.permissions import OwnsProfile, ProfileView
from common.api.queries import read_body
from epg import reminders
from epg.api.serializers import ReminderBody, ReminderSerializer
from epg.models import Reminder


class RemindersView(ProfileView):
    """What a profile does not want to miss."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], responses=ReminderSerializer(many=True), tags=["guide"])
    def get(self, request: Request) -> Response:
        """Reminders of what has not begun, by start.

        `program` is the programme as it is now, and null while the guide has lost it; the rest is what it was then.
        What is above the profile's limit is left out.
        """
        now = timezone.now()
        rows = Reminder.objects.of(self.profile).upcoming(now).select_related("programme")
        return Response(ReminderSerializer(rows, many=True, context={"now": now}).data)


class ReminderView(ProfileView):
    """A reminder of one programme."""

    permission_classes = (OwnsProfile,)

    @extend_schema(
        parameters=[ProfileQuery],
        request=ReminderBody,
        responses={200: ReminderSerializer, 201: ReminderSerializer},
        tags=["guide"],
    )
    def post(self, request: Request, programme_id: UUID) -> Response:
        """Remind of the programme; once more, and only the minutes change, where they are given.

        404 for a programme that is not there or above the profile's limit, 422 for one that has begun, 409 for one
        reminder too many.
        """
        minutes = read_body(ReminderBody, request).get("minutes_before")
        reminder, is_new = reminders.remind(
            profile=self.profile, programme_id=programme_id, minutes_before=minutes, at=timezone.now()
        )
        data = ReminderSerializer(reminder, context={"now": timezone.now()}).data
        return Response(data, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(parameters=[ProfileQuery], responses={204: None}, tags=["guide"])
    def delete(self, request: Request, programme_id: UUID) -> Response:
        """Remind of it no more; may be repeated. For a reminder without a programme its own id is taken."""
        reminders.forget(profile=self.profile, programme_id=programme_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
