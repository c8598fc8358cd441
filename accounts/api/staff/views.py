"""Accounts for staff (contract 2.11). No API key gets in here: who the customers are is no service's business."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.staff.serializers import StaffUserSerializer, StaffUsersQuery
from accounts.errors import AccountNotFoundError
from accounts.models import User
from accounts.permissions import account_of
from accounts.services import staff
from accounts.staff import StaffView
from common.api.queries import read_query


def accounts() -> QuerySet[User]:
    """Live accounts with the number of their profiles, in the order in which they were opened."""
    return User.objects.annotate(profiles_count=Count("profiles")).order_by("created_at", "id")


def shown(user_id: UUID) -> Response:
    """An account as the table shows it."""
    account = accounts().filter(id=user_id).first()
    if account is None:
        raise AccountNotFoundError
    return Response(StaffUserSerializer(account).data)


class StaffUsersView(StaffView):
    """The accounts as a table."""

    model = User
    scope = None

    @extend_schema(
        operation_id="admin_users_list",
        parameters=[StaffUsersQuery],
        responses=StaffUserSerializer(many=True),
        tags=["staff: accounts"],
    )
    def get(self, request: Request) -> Response:
        """Accounts in the order in which they were opened."""
        query = read_query(StaffUsersQuery, request)
        found = accounts().filter(email__icontains=query.get("q", ""))
        page = found[query["offset"] : query["offset"] + query["limit"]]
        return Response(StaffUserSerializer(page, many=True).data)


class StaffUserView(StaffView):
    """One account."""

    model = User
    scope = None

    @extend_schema(responses={204: None}, tags=["staff: accounts"])
    def delete(self, request: Request, user_id: UUID) -> Response:
        """Close it: it is signed out everywhere at once, and nobody can sign in. It can be restored."""
        staff.delete_account(user_id=user_id, by=account_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RestoreUserView(StaffView):
    """A deleted account."""

    model = User
    scope = None
    actions = {"POST": "delete"}

    @extend_schema(request=None, responses=StaffUserSerializer, tags=["staff: accounts"])
    def post(self, request: Request, user_id: UUID) -> Response:
        """Open it again; who may delete may do so."""
        return shown(staff.restore_account(user_id=user_id, by=account_of(request)).id)


class UnlockUserView(StaffView):
    """An account that is locked after too many wrong passwords."""

    model = User
    scope = None
    actions = {"POST": "change"}

    @extend_schema(request=None, responses=StaffUserSerializer, tags=["staff: accounts"])
    def post(self, request: Request, user_id: UUID) -> Response:
        """Let its owner try again at once."""
        return shown(staff.unlock_account(user_id=user_id, by=account_of(request)).id)
