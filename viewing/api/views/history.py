"""The doors to the history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProfileQuery
from accounts.permissions import OwnsProfile, ProfileView
from common.api.pagination import Pages
from common.api.queries import read_query
from viewing import history
from viewing.api.serializers import PlaySerializer
from viewing.models import Play


class ForgetQuery(ProfileQuery):
    """Whose history, and whether the positions go too."""

    positions = serializers.BooleanField(
        default=False, help_text="Forget as well how far the profile is: it begins anew, on every device."
    )


class HistoryView(ProfileView, generics.GenericAPIView[Play]):
    """What the profile has played."""

    permission_classes = (OwnsProfile,)
    pagination_class = Pages
    serializer_class = PlaySerializer

    @extend_schema(
        operation_id="viewing_history_list",
        parameters=[ProfileQuery],
        responses=PlaySerializer(many=True),
        tags=["viewing"],
    )
    def get(self, request: Request) -> Response:
        """A page of finished, abandoned and running plays, the one that began last first."""
        plays = self.paginate_queryset(history.history_of(self.profile)) or []
        shown = self.get_serializer(history.entries(plays, timezone.now()), many=True)
        return self.get_paginated_response(shown.data)

    @extend_schema(
        operation_id="viewing_history_clear", parameters=[ForgetQuery], responses={204: None}, tags=["viewing"]
    )
    def delete(self, request: Request) -> Response:
        """Empty it, of what cannot be seen just now too; may be repeated."""
        query = read_query(ForgetQuery, request)
        history.clear_history(profile=self.profile, forget_positions=query["positions"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class PlayView(ProfileView):
    """One play of the history."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ForgetQuery], responses={204: None}, tags=["viewing"])
    def delete(self, request: Request, play_id: UUID) -> Response:
        """Take it out of the history."""
        query: dict[str, Any] = read_query(ForgetQuery, request)
        history.delete_play(profile=self.profile, play_id=play_id, forget_position=query["positions"])
        return Response(status=status.HTTP_204_NO_CONTENT)
