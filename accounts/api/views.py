"""The doors of contract 2.1: register, sign in, refresh, who am I, profiles."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.serializers import (
    CredentialsBody,
    ProfileBody,
    ProfileSerializer,
    RefreshBody,
    RegistrationBody,
    TokensSerializer,
    UserSerializer,
)
from accounts.models import Profile
from accounts.permissions import OwnsProfileInPath, ProfileView, account_of
from common.api.queries import read_body
from common.permissions import HasAccount, Public


class RegisterView(APIView):
    """Open an account. A stale token in the header does not matter here."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(request=RegistrationBody, responses={201: TokensSerializer}, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Open an account with one profile named Default and sign in to it."""
        user = services.register_account(**read_body(RegistrationBody, request))
        return Response(TokensSerializer(services.issue_tokens(user=user)).data, status=status.HTTP_201_CREATED)


class LoginView(APIView):
    """Sign in. A stale token in the header does not matter here."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(request=CredentialsBody, responses=TokensSerializer, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Trade e-mail and password for a pair of tokens."""
        return Response(TokensSerializer(services.sign_in(**read_body(CredentialsBody, request))).data)


class RefreshView(APIView):
    """Stay signed in. A stale token in the header does not matter here."""

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(request=RefreshBody, responses=TokensSerializer, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Trade a refresh token for a new pair; the old one is spent."""
        return Response(TokensSerializer(services.refresh_tokens(**read_body(RefreshBody, request))).data)


class MeView(APIView):
    """The signed-in account."""

    permission_classes = (HasAccount,)

    @extend_schema(responses=UserSerializer, tags=["accounts"])
    def get(self, request: Request) -> Response:
        """Tell who is signed in."""
        return Response(UserSerializer(request.user).data)


class ProfilesView(APIView):
    """The people of the household."""

    permission_classes = (HasAccount,)

    @extend_schema(responses=ProfileSerializer(many=True), tags=["accounts"])
    def get(self, request: Request) -> Response:
        """The household's profiles, oldest first."""
        return Response(ProfileSerializer(Profile.objects.owned_by(request.user), many=True).data)

    @extend_schema(request=ProfileBody, responses={201: ProfileSerializer}, tags=["accounts"])
    def post(self, request: Request) -> Response:
        """Add a person. A child without a rating gets a child's limit."""
        body = {"avatar_url": None, "parental_rating": None} | read_body(ProfileBody, request)
        profile = services.add_profile(user=account_of(request), **body)
        return Response(ProfileSerializer(profile).data, status=status.HTTP_201_CREATED)


class SelectProfileView(ProfileView):
    """A client says who is watching; the server keeps nothing of it."""

    permission_classes = (OwnsProfileInPath,)

    @extend_schema(request=None, responses=ProfileSerializer, tags=["accounts"])
    def put(self, request: Request, profile_id: str) -> Response:
        """The profile, if it is the caller's."""
        return Response(ProfileSerializer(self.profile).data)
