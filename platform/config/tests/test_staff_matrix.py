"""The access policy for staff and services on one page: who gets which answer at every address under /api/v1/admin/.

Columns: a guest · Alice, a customer · staff without a role · catalogue editor · guide editor · support · viewer (read
only) · superuser · and API keys with catalog:read, catalog:write, epg:read, epg:write.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from catalog.tests.factories import TitleFactory
from conftest import As, WithKey
from epg.tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db

STAFF_MATRIX = """
GET    /admin/stats                          401 403 403  200 200 403 200 200  403 403 403 403
GET    /admin/titles                         401 403 403  200 200 403 200 200  200 200 403 403
POST   /admin/titles                         401 403 403  201 403 403 403 201  403 201 403 403
POST   /admin/titles/import                  401 403 403  200 403 403 403 200  403 200 403 403
GET    /admin/titles/completeness            401 403 403  200 200 403 200 200  200 200 403 403
GET    /admin/titles/{title_id}              401 403 403  200 200 403 200 200  200 200 403 403
PUT    /admin/titles/{title_id}              401 403 403  200 403 403 403 200  403 200 403 403
DELETE /admin/titles/{title_id}              401 403 403  204 403 403 403 204  403 204 403 403
POST   /admin/titles/{title_id}/restore      401 403 403  200 403 403 403 200  403 200 403 403
GET    /admin/users                          401 403 403  403 403 200 403 200  403 403 403 403
DELETE /admin/users/{user_id}                401 403 403  403 403 403 403 204  403 403 403 403
POST   /admin/users/{user_id}/restore        401 403 403  403 403 403 403 200  403 403 403 403
POST   /admin/users/{user_id}/unlock         401 403 403  403 403 200 403 200  403 403 403 403
GET    /admin/channels                       401 403 403  403 200 403 200 200  403 403 200 200
POST   /admin/channels                       401 403 403  403 201 403 403 201  403 403 403 201
PUT    /admin/channels/{channel_id}          401 403 403  403 200 403 403 200  403 403 403 200
DELETE /admin/channels/{channel_id}          401 403 403  403 204 403 403 204  403 403 403 204
POST   /admin/channels/{channel_id}/restore  401 403 403  403 200 403 403 200  403 403 403 200
PUT    /admin/channels/{channel_id}/schedule 401 403 403  403 200 403 403 200  403 403 403 200
GET    /admin/schedule?channel_id={channel_id} 401 403 403  403 200 403 200 200  403 403 200 200
POST   /admin/schedule                       401 403 403  403 201 403 403 201  403 403 403 201
PUT    /admin/schedule/{programme_id}        401 403 403  403 200 403 403 200  403 403 403 200
DELETE /admin/schedule/{programme_id}        401 403 403  403 204 403 403 204  403 403 403 204
"""
STAFF_ROWS = [line.split() for line in STAFF_MATRIX.strip().splitlines()]
STAFF = ("alice", "trainee", "editor", "guide_editor", "supporter", "onlooker", "carol")
KEYS = ("catalog:read", "catalog:write", "epg:read", "epg:write")
COLUMNS = ("guest", *STAFF, *KEYS)


class StaffWorld:
    """One of everything, and everybody who might ask for it."""

    def __init__(self, clients: dict[str, APIClient]) -> None:
        evening = datetime(2026, 5, 17, 20, tzinfo=UTC)
        programme = ProgrammeFactory.create(channel__channel_number=1, start_time=evening)
        channel, title = programme.channel, TitleFactory.create()
        self.clients = clients
        self.ids = {
            "title_id": title.id,
            "user_id": UserFactory.create().id,
            "channel_id": channel.id,
            "programme_id": programme.id,
        }
        times = {"start_time": evening + timedelta(hours=2), "end_time": evening + timedelta(hours=3)}
        self.bodies: dict[str, dict[str, Any]] = {
            "POST /admin/titles": {"title": "A film", "title_type": "movie"},
            "POST /admin/titles/import": {"rows": [{"title": "A film"}]},
            "PUT /admin/titles/{title_id}": {"title": "Another name"},
            "POST /admin/channels": {"name": "Two", "channel_number": 2},
            "PUT /admin/channels/{channel_id}": {"name": "Another name"},
            "PUT /admin/channels/{channel_id}/schedule": {
                "from": evening,
                "to": evening + timedelta(hours=1),
                "programs": [],
            },
            "POST /admin/schedule": {"channel_id": channel.id, "title": "Later", **times},
            "PUT /admin/schedule/{programme_id}": {"title": "Another name"},
        }

    def status(self, method: str, path: str, who: str) -> int:
        """The status of the answer for somebody; nothing of it stays."""
        body = json.dumps(self.bodies.get(f"{method} {path}", {}), default=str) if method != "GET" else ""
        with transaction.atomic():
            address = "/api/v1" + path.format(**self.ids)
            answer = self.clients[who].generic(method, address, body, content_type="application/json")
            transaction.set_rollback(True)
        return int(answer.status_code)


@pytest.fixture
def staff_world(request: pytest.FixtureRequest, guest: APIClient, as_user: As, with_key: WithKey) -> StaffWorld:
    """One of everything."""
    people: dict[str, User] = {name: request.getfixturevalue(name) for name in STAFF}
    clients = {name: as_user(user) for name, user in people.items()} | {scope: with_key(scope) for scope in KEYS}
    return StaffWorld(clients | {"guest": guest})


@pytest.mark.parametrize("row", STAFF_ROWS, ids=[f"{row[0]} {row[1]}" for row in STAFF_ROWS])
def test_everybody_gets_the_answer_of_the_matrix(row: list[str], staff_world: StaffWorld) -> None:
    method, path, *expected = row
    wanted = dict(zip(COLUMNS, expected, strict=True))
    assert {who: str(staff_world.status(method, path, who)) for who in COLUMNS} == wanted
