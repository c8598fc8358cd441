"""What staff see first: how much there is of everything. It counts over all rooms, so it lives here."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.staff import StaffView
from catalog.models import ContentVector, Title
from epg.models import Channel


class StatsSerializer(serializers.Serializer[Any]):
    """How much there is."""

    title_count = serializers.IntegerField()
    channel_count = serializers.IntegerField()
    user_count = serializers.IntegerField()
    embedding_count = serializers.IntegerField()


class StatsView(StaffView):
    """The dashboard's numbers, for everybody who may see the catalogue."""

    model = Title
    scope = None

    @extend_schema(responses=StatsSerializer, tags=["staff"])
    def get(self, request: Request) -> Response:
        """Titles, channels, accounts, and titles with a content vector; nothing that is deleted counts."""
        return Response(
            {
                "title_count": Title.objects.count(),
                "channel_count": Channel.objects.count(),
                "user_count": User.objects.count(),
                "embedding_count": ContentVector.objects.filter(title__deleted_at=None).count(),
            }
        )
