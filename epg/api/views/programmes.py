"""Programmes: found by words, and everything known of one."""

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
from epg.api.queries import GuideSearchQuery
from epg.api.serializers import ProgrammeDetailSerializer, ProgrammeSerializer
from epg.models import Programme

SEARCH_LIMIT = 50


class GuideSearchView(MaybeProfileView):
    """Search in the guide."""

    forgives_bad_tokens = True
    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(parameters=[GuideSearchQuery], responses=ProgrammeSerializer(many=True), tags=["guide"])
    def get(self, request: Request) -> Response:
        """The first 50 programmes whose title or sub-title contains the text, by time."""
        words = read_query(GuideSearchQuery, request)["q"]
        programmes = Programme.objects.visible_to(self.profile).titled(words)[:SEARCH_LIMIT]
        return Response(ProgrammeSerializer(programmes, many=True, context={"now": timezone.now()}).data)


class ProgrammeView(Conditional, MaybeProfileView):
    """A programme's own page."""

    forgives_bad_tokens = True
    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(
        operation_id="epg_program", parameters=[MaybeProfileQuery], responses=ProgrammeDetailSerializer, tags=["guide"]
    )
    def get(self, request: Request, programme_id: UUID) -> Response:
        """Everything known of it, with its channel; 403 when it is rated above the profile's limit."""
        programme = services.programme_for(self.profile, programme_id)
        context = {"request": request, "now": timezone.now()}
        return Response(ProgrammeDetailSerializer(programme, context=context).data)
