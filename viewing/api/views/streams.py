"""The account's streams."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import account_of
from common.api.queries import read_body
from common.api.views import ApiView
from common.permissions import HasAccount
from viewing import streams
from viewing.api.serializers import (
    StreamBody,
    StreamHeartbeatSerializer,
    StreamLimitSerializer,
    StreamSerializer,
    StreamStartedSerializer,
)


class StreamsView(ApiView):
    """What the account plays, on all its devices."""

    # At a 429 players show that every place is taken, so it must mean nothing else here (contract 1.5).
    is_rate_limited = False
    permission_classes = (HasAccount,)

    @extend_schema(operation_id="viewing_sessions_list", responses=StreamSerializer(many=True), tags=["viewing"])
    def get(self, request: Request) -> Response:
        """Those that are open, newest first."""
        return Response(StreamSerializer(streams.open_streams(account_of(request)), many=True).data)

    @extend_schema(
        request=StreamBody, responses={201: StreamStartedSerializer, 429: StreamLimitSerializer}, tags=["viewing"]
    )
    def post(self, request: Request) -> Response:
        """Take a place. 429 when all are taken, 404 when there is nothing to play with this id."""
        body = read_body(StreamBody, request)
        stream = streams.start_stream(
            user=account_of(request), content_type=body["content_type"], content_id=body["title_id"]
        )
        return Response(StreamStartedSerializer(stream).data, status=status.HTTP_201_CREATED)


class StreamView(ApiView):
    """One stream."""

    # A player that is refused would play on, and its place stay taken.
    is_rate_limited = False
    permission_classes = (HasAccount,)

    @extend_schema(responses={204: None}, tags=["viewing"])
    def delete(self, request: Request, stream_id: UUID) -> Response:
        """Give the place back, from any device of the account; may be repeated."""
        streams.end_stream(user=account_of(request), stream_id=stream_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StreamHeartbeatView(ApiView):
    """Where players say that they still play."""

    # A player that is refused would lose its place.
    is_rate_limited = False
    permission_classes = (HasAccount,)

    @extend_schema(request=None, responses=StreamHeartbeatSerializer, tags=["viewing"])
    def put(self, request: Request, stream_id: UUID) -> Response:
        """Keep the place, every 30 seconds. 404 when it was ended, at which players stop."""
        heard_at = streams.keep_stream(user=account_of(request), stream_id=stream_id)
        return Response(StreamHeartbeatSerializer({"last_heartbeat_at": heard_at}).data)
