"""Where players report to and resume."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProfileQuery
from accounts.permissions import OwnsProfile, ProfileView
from common.api.handlers import told_of
from common.api.queries import read_body, read_query
from viewing import services
from viewing.api.serializers import BatchResultsSerializer, BookmarkBatchBody, BookmarkBody, BookmarkSerializer
from viewing.models import Bookmark, BookmarkType


class ContentQuery(ProfileQuery):
    """Which of the bookmarks of one content."""

    content_type = serializers.ChoiceField(choices=BookmarkType.choices, required=False)


class BookmarksView(ProfileView):
    """Where players report to."""

    # Players report every few seconds for as long as they play.
    is_rate_limited = False
    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], request=BookmarkBody, responses=BookmarkSerializer, tags=["viewing"])
    def put(self, request: Request) -> Response:
        """Save how far the profile is."""
        bookmark = services.record_position(profile=self.profile, **read_body(BookmarkBody, request))
        return Response(BookmarkSerializer(bookmark).data)


class BookmarkBatchView(ProfileView):
    """Where players report to that were offline."""

    # As for single reports: what is refused would be lost.
    is_rate_limited = False
    permission_classes = (OwnsProfile,)

    @extend_schema(
        parameters=[ProfileQuery], request=BookmarkBatchBody, responses=BatchResultsSerializer, tags=["viewing"]
    )
    def put(self, request: Request) -> Response:
        """Save up to 100 reports; each has a result of its own, and one that is refused costs no other."""
        items = read_body(BookmarkBatchBody, request)["items"]
        read = [BookmarkBody(data=item) for item in items]
        reports = {place: one.validated_data for place, one in enumerate(read) if one.is_valid()}
        results = services.record_positions(profile=self.profile, reports=reports)
        told = [_result(place, results.get(place), one) for place, one in enumerate(read)]
        return Response({"results": told})


def _result(place: int, result: Any, report: BookmarkBody) -> dict[str, Any]:
    if isinstance(result, Bookmark):
        return {"index": place, "status": status.HTTP_200_OK, "bookmark": BookmarkSerializer(result).data}
    refused, body = told_of(result or ValidationError(report.errors))
    return {"index": place, "status": refused, **body}


class ContentBookmarkView(ProfileView):
    """Where a player resumes."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ContentQuery], responses=BookmarkSerializer(allow_null=True), tags=["viewing"])
    def get(self, request: Request, content_id: UUID) -> Response:
        """The newest bookmark in this content, or null."""
        content_type = read_query(ContentQuery, request).get("content_type")
        bookmark = services.newest_bookmark(profile=self.profile, content_id=content_id, content_type=content_type)
        return Response(BookmarkSerializer(bookmark).data if bookmark else None)


class DismissView(ProfileView):
    """Take an item off continue watching."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], request=None, responses=BookmarkSerializer, tags=["viewing"])
    def post(self, request: Request, bookmark_id: UUID) -> Response:
        """Dismiss it."""
        bookmark = services.dismiss_bookmark(profile=self.profile, bookmark_id=bookmark_id)
        return Response(BookmarkSerializer(bookmark).data)


class RestoreView(ProfileView):
    """Put an item back on continue watching."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], request=None, responses=BookmarkSerializer, tags=["viewing"])
    def post(self, request: Request, bookmark_id: UUID) -> Response:
        """Restore it."""
        bookmark = services.restore_bookmark(profile=self.profile, bookmark_id=bookmark_id)
        return Response(BookmarkSerializer(bookmark).data)


class RestorePositionView(ProfileView):
    """Undo a play at the start."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], request=None, responses=BookmarkSerializer, tags=["viewing"])
    def post(self, request: Request, bookmark_id: UUID) -> Response:
        """Return to the far position that is kept for 24 hours; 409 when there is none."""
        bookmark = services.restore_position(profile=self.profile, bookmark_id=bookmark_id)
        return Response(BookmarkSerializer(bookmark).data)
