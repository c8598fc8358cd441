"""The people of the household."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.api.serializers import ProfileBody, ProfileChangesBody, ProfileSerializer
from accounts.models import Profile
from accounts.permissions import OwnsProfileInPath, ProfileView, account_of
from common.api.queries import read_body
from common.api.views import ApiView
from common.permissions import HasAccount

if TYPE_CHECKING:
    from accounts.services.profiles import ProfileChanges


class ProfilesView(ApiView):
    """The people of the household."""

    permission_classes = (HasAccount,)

    @extend_schema(responses=ProfileSerializer(many=True), tags=["accounts"])
    def get(self, request: Request) -> Response:
        """The household's profiles, oldest first."""
        return Response(ProfileSerializer(Profile.objects.owned_by(request.user), many=True).data)

    @extend_schema(request=ProfileBody, responses={201: ProfileSerializer}, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Add a person. A child without a rating gets a child's limit; a ninth person is 409."""
        body = {"avatar_url": None, "parental_rating": None} | read_body(ProfileBody, request)
        profile = services.add_profile(user=account_of(request), **body)
        return Response(ProfileSerializer(profile).data, status=status.HTTP_201_CREATED)


class ProfileDetailView(ProfileView):
    """One person of the household."""

    permission_classes = (OwnsProfileInPath,)

    @extend_schema(request=ProfileChangesBody, responses=ProfileSerializer, tags=["accounts"])
    def put(self, request: Request, profile_id: str) -> Response:
        """Change what is sent and leave the rest. Who becomes a child gets a child's limit if there was none."""
        changes = cast("ProfileChanges", read_body(ProfileChangesBody, request))
        return Response(ProfileSerializer(services.edit_profile(profile=self.profile, changes=changes)).data)

    @extend_schema(responses={204: None}, tags=["accounts"])
    def delete(self, request: Request, profile_id: str) -> Response:
        """Remove the person for good, with everything they watched, rated and kept. The last one stays (409)."""
        services.delete_profile(profile=self.profile)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SelectProfileView(ProfileView):
    """A client says who is watching; the server keeps nothing of it."""

    permission_classes = (OwnsProfileInPath,)

    @extend_schema(request=None, responses=ProfileSerializer, tags=["accounts"])
    def put(self, request: Request, profile_id: str) -> Response:
        """The profile, if it is the caller's."""
        return Response(ProfileSerializer(self.profile).data)
