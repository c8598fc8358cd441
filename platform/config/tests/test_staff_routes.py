"""Everything under /api/v1/admin/ has one base, which decides who may enter. The views are found, not listed."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model
from rest_framework.test import APIClient

from accounts.authentication import ApiKeyAuthentication, BearerAuthentication
from accounts.models import Scope, User
from accounts.staff import ACTIONS, StaffMay, StaffView
from accounts.tests.factories import UserFactory
from catalog.models import ContentVector
from catalog.tests.factories import TitleFactory
from config.tests.operations import METHODS, described, routes, view_class
from conftest import As
from epg.tests.factories import ChannelFactory

PREFIX = "/api/v1/admin/"
# What of the base decides who may enter, and under whose name changes are recorded. Nobody has an own way in.
GUARDS = (
    "authentication_classes",
    "permission_classes",
    "dispatch",
    "initialize_request",
    "initial",
    "perform_authentication",
    "get_authenticators",
    "get_permissions",
    "check_permissions",
    "permission_for",
    "scope_for",
)


def staff_views() -> dict[str, Any]:
    """By their address, every view under the prefix."""
    return {path: view_class(view) for path, view in routes(PREFIX)}


def faults_of(view: Any) -> list[str]:
    """What is wrong with a view for staff."""
    if view is None or not issubclass(view, StaffView):
        return ["does not inherit StaffView"]
    faults = [f"overrides {guard}" for guard in GUARDS if _raw(view, guard) is not _raw(StaffView, guard)]
    faults += [f"does not declare {name}" for name in ("model", "scope") if not hasattr(view, name)]
    if not issubclass(getattr(view, "model", object), Model):
        faults.append("has no model")
    if getattr(view, "scope", None) not in {None, *(scope.partition(":")[0] for scope in Scope.values)}:
        faults.append("has an unknown scope")
    return faults


def _raw(view: Any, name: str) -> Any:
    """The attribute as it stands in the class that has it."""
    return next((vars(base)[name] for base in view.__mro__ if name in vars(base)), None)


def test_there_are_staff_routes() -> None:
    assert len(staff_views()) >= 12


def test_every_view_under_the_prefix_has_the_one_base_and_overrides_none_of_its_guards() -> None:
    assert {path: faults for path, view in staff_views().items() if (faults := faults_of(view))} == {}


def test_nothing_outside_the_prefix_has_that_base() -> None:
    others = {path: view_class(view) for path, view in routes() if not path.startswith(PREFIX)}
    assert [path for path, view in others.items() if isinstance(view, type) and issubclass(view, StaffView)] == []


def test_the_base_itself_asks_for_a_token_or_a_key_and_for_the_permission() -> None:
    assert StaffView.authentication_classes == (BearerAuthentication, ApiKeyAuthentication)
    assert StaffView.permission_classes == (StaffMay,)


def test_the_finder_sees_a_view_that_goes_its_own_way() -> None:
    class Own(StaffView):
        permission_classes = ()  # type: ignore[assignment]

        def initial(self, *args: Any, **kwargs: Any) -> None:
            """Nobody is asked."""

    assert faults_of(Own) == [
        "overrides permission_classes",
        "overrides initial",
        "does not declare model",
        "does not declare scope",
        "has no model",
    ]
    assert faults_of(APIClient) == faults_of(None) == ["does not inherit StaffView"]


@pytest.mark.django_db
def test_every_operation_asks_for_a_permission_that_exists() -> None:
    known = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
    for path, view in staff_views().items():
        methods = [method.upper() for method in METHODS if hasattr(view, method)]
        assert set(methods) <= set(ACTIONS), path
        assert set(view.actions) <= set(methods), path
        assert {view.permission_for(method) for method in methods} <= known, path


def test_the_description_tells_where_a_key_gets_in() -> None:
    for (method, path), operation in described().items():
        view = staff_views().get(path)
        schemes = [next(iter(one)) for one in operation.get("security", []) if one]
        assert ("apiKey" in schemes) == bool(view and view.scope), f"{method} {path}"
        assert view is None or "bearer" in schemes, f"{method} {path}"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PATCH", "TRACE", "OPTIONS", "HEAD", "QUERY"])
def test_a_method_that_no_view_has_opens_nothing(
    method: str, guest: APIClient, alice: User, trainee: User, as_user: As
) -> None:
    clients = {guest: 401, as_user(alice): 403, as_user(trainee): 403}
    for path in staff_views():
        address = re.sub(r"\{\w+\}", str(uuid4()), path)
        assert [client.generic(method, address).status_code for client in clients] == [*clients.values()], address


@pytest.mark.django_db
def test_the_dashboard_counts_what_is_there(editor: User, as_user: As) -> None:
    TitleFactory.create()
    titles, channels, users = TitleFactory.create_batch(2), ChannelFactory.create_batch(2), UserFactory.create_batch(2)
    for title in titles:
        ContentVector.objects.create(title=title, model="test", version="1", dimension=2, vector=[1, 0])
    for deleted in (titles[0], channels[0], users[0]):
        deleted.soft_delete()
    assert as_user(editor).get(f"{PREFIX}stats").json() == {
        "title_count": 2,
        "channel_count": 1,
        "user_count": 2,
        "embedding_count": 1,
    }
