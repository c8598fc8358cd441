"""The signed-in account: who it is, a copy of all that is kept about it, and its end."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import cookies, personal_data, services
from accounts.api.serializers import ErasureBody, UserSerializer
from accounts.devices import device_of
from accounts.openapi import DescribesBodyOfDelete
from accounts.permissions import account_of
from common.api.queries import read_body
from common.api.views import ApiView
from common.permissions import HasAccount


class MeView(ApiView):
    """The signed-in account."""

    permission_classes = (HasAccount,)
    schema = DescribesBodyOfDelete()

    @extend_schema(responses=UserSerializer, tags=["accounts"])
    def get(self, request: Request) -> Response:
        """Tell who is signed in."""
        return Response(UserSerializer(request.user).data)

    @extend_schema(request=ErasureBody, responses={204: None}, tags=["accounts"])
    def delete(self, request: Request) -> Response:
        """Erase the account for good, with all profiles and everything they watched, rated and kept.

        The body holds the password; a wrong one is 403. The last superuser stays (409).
        """
        password = read_body(ErasureBody, request)["password"]
        services.erase_own_account(user=account_of(request), password=password, device=device_of(request))
        return cookies.forget(Response(status=status.HTTP_204_NO_CONTENT))


class ExportView(ApiView):
    """A copy for the owner."""

    permission_classes = (HasAccount,)

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT}, tags=["accounts"])
    def get(self, request: Request) -> HttpResponse:
        """Everything that is kept about the account and its profiles, as a file; a list for each kind of thing."""
        now = timezone.now()
        document = personal_data.export(user=account_of(request), at=now)
        name = f'attachment; filename="marquee-export-{now:%Y-%m-%d}.json"'
        response = HttpResponse(document, "application/json", headers={"Content-Disposition": name})
        add_never_cache_headers(response)
        return response
