"""What changed in viewing state since a device last asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProfileQuery
from accounts.permissions import OwnsProfile, ProfileView
from common.api.queries import read_query
from viewing.api.serializers import ViewingChangesSerializer
from viewing.changes import MOST_CHANGES, Place, changes_since, nothing_yet

# By how much a client's clock may go fast.
FAST: Final = timedelta(minutes=1)


class ViewingPlaceField(serializers.CharField):
    """`next` of an earlier answer, or a time."""

    def run_validation(self, data: Any = empty) -> Any:
        """The place. It cannot be later than now."""
        try:
            place = Place.read(super().run_validation(data))
        except ValueError:
            raise serializers.ValidationError("This is neither a time nor the `next` of an answer.") from None
        if place.moment > timezone.now() + FAST:
            raise serializers.ValidationError("This is in the future.")
        return place


class ViewingChangesQuery(ProfileQuery):
    """Since when."""

    since = ViewingPlaceField(
        required=False,
        # An empty one would otherwise count as left out, and what changed never be told.
        allow_blank=True,
        max_length=300,
        help_text="`next` of the last answer, or an ISO 8601 time. Without it nothing is told but where to begin: ask "
        "so before loading bookmarks, thumbs and the watchlist, and go on with `next` afterwards.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST_CHANGES, default=MOST_CHANGES)


class ChangesView(ProfileView):
    """For apps that keep viewing state on the device."""

    permission_classes = (OwnsProfile,)

    @extend_schema(
        operation_id="viewing_changes",
        parameters=[ViewingChangesQuery],
        responses=ViewingChangesSerializer,
        tags=["viewing"],
    )
    def get(self, request: Request) -> Response:
        """What to change in what was loaded before: first take away `removed`, then put in the rest.

        Bookmarks are known by `id`, thumbs by `title_id`; `watchlist` is the whole list, or null where it is as it was.
        Go on with `next`, at once while there is `more`. The same may be told twice, nothing is left out. 410 when
        `since` is too long ago, or what the profile may see is not what it was: load everything anew. Only a `next`
        knows what that was; so go by `next` and not by times.
        """
        query = read_query(ViewingChangesQuery, request)
        since = query.get("since")
        changes = changes_since(since, self.profile, most=query["limit"]) if since else nothing_yet(self.profile)
        return Response(ViewingChangesSerializer(changes, context={"request": request}).data)
