"""The doors of contract 2.4: bookmarks, continue watching, ratings, watchlist."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProfileQuery
from accounts.permissions import OwnsProfile, ProfileView
from catalog.models import Title
from common.api.queries import read_body, read_query
from viewing import services
from viewing.api.serializers import (
    BookmarkBody,
    BookmarkSerializer,
    ContinueWatchingSerializer,
    RatingBody,
    RatingSerializer,
    WatchlistItemSerializer,
)
from viewing.continue_watching import Occasion, continue_watching, paused
from viewing.models import BookmarkType, Rating, WatchlistItem


class ContinueWatchingQuery(ProfileQuery):
    """On what and when."""

    device_type = serializers.ChoiceField(choices=["tv", "mobile", "tablet", "web"], default="web")
    hour_of_day = serializers.IntegerField(min_value=0, max_value=23, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=20, default=20)


class ContentQuery(ProfileQuery):
    """Which of the bookmarks of one content."""

    content_type = serializers.ChoiceField(choices=BookmarkType.choices, required=False)


class ContinueWatchingView(ProfileView):
    """What the profile is in the middle of."""

    permission_classes = (OwnsProfile,)

    @extend_schema(
        parameters=[ContinueWatchingQuery], responses=ContinueWatchingSerializer(many=True), tags=["viewing"]
    )
    def get(self, request: Request) -> Response:
        """Unfinished films and episodes of the last 30 days, most likely to be resumed first."""
        query = read_query(ContinueWatchingQuery, request)
        occasion = Occasion(timezone.now(), query["device_type"], query.get("hour_of_day"))
        items = continue_watching(profile=self.profile, occasion=occasion, limit=query["limit"])
        return Response(ContinueWatchingSerializer(items, many=True, context={"request": request}).data)


class PausedView(ProfileView):
    """What the profile has put aside."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], responses=ContinueWatchingSerializer(many=True), tags=["viewing"])
    def get(self, request: Request) -> Response:
        """Unfinished films and episodes that were dismissed or untouched for over 30 days."""
        items = paused(profile=self.profile, now=timezone.now())
        return Response(ContinueWatchingSerializer(items, many=True, context={"request": request}).data)


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


class RatingsView(ProfileView):
    """Thumbs up and down."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], request=RatingBody, responses=RatingSerializer, tags=["viewing"])
    def post(self, request: Request) -> Response:
        """Give a thumb; the newest counts."""
        rating = services.rate_title(profile=self.profile, **read_body(RatingBody, request))
        return Response(RatingSerializer(rating).data)


class TitleRatingView(ProfileView):
    """The profile's thumb for a title."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], responses=RatingSerializer(allow_null=True), tags=["viewing"])
    def get(self, request: Request, title_id: UUID) -> Response:
        """The thumb, or null."""
        titles = Title.objects.visible_to(self.profile).named_by(title_id)
        rating = Rating.objects.of(self.profile).filter(title__in=titles).first()
        return Response(RatingSerializer(rating).data if rating else None)


class WatchlistView(ProfileView):
    """What the profile keeps for later."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], responses=WatchlistItemSerializer(many=True), tags=["viewing"])
    def get(self, request: Request) -> Response:
        """The list, newest first."""
        items = WatchlistItem.objects.of(self.profile).suitable_for(self.profile).select_related("title")
        return Response(WatchlistItemSerializer(items, many=True, context={"request": request}).data)


class WatchlistTitleView(ProfileView):
    """One title of the watchlist."""

    permission_classes = (OwnsProfile,)

    @extend_schema(parameters=[ProfileQuery], request=None, responses={201: WatchlistItemSerializer}, tags=["viewing"])
    def post(self, request: Request, title_id: UUID) -> Response:
        """Keep it; may be repeated."""
        item = services.keep_title(profile=self.profile, title_id=title_id)
        body = WatchlistItemSerializer(item, context={"request": request}).data
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[ProfileQuery], responses={204: None}, tags=["viewing"])
    def delete(self, request: Request, title_id: UUID) -> Response:
        """Drop it; may be repeated."""
        services.drop_title(profile=self.profile, title_id=title_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
