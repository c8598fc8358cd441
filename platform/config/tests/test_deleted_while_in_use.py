"""Somebody is watching while their profile or account goes: a clear answer, nothing half-written, never a 500.

Every operation that takes a profile or an account is called, and in the middle of it somebody else deletes the one it
works for, on a connection of their own: after the permission was given, just before a row is written, and after it
was written but not yet for good.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import services
from accounts.models import Profile, RefreshToken, SecurityEvent, Session, User
from accounts.permissions import OwnsProfile
from accounts.tests.factories import ProfileFactory
from accounts.tokens import AccessToken
from catalog.tests.factories import TitleFactory
from common.permissions import HasAccount
from config.tests.operations import operations, routes, view_class
from conftest import As
from epg.models import FavouriteChannel, Reminder
from epg.tests.factories import ChannelFactory, ProgrammeFactory
from viewing.models import Bookmark, Play, Rating, StreamSession, WatchlistItem
from viewing.tests.factories import BookmarkFactory, PlayFactory, StreamFactory

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db(transaction=True)

PREFIX: Final = "/api/v1"
IN_USE: Final = "Whoever is watching"
PASSWORD: Final = "correct horse battery staple"
Operation = tuple[str, str]
WATCHED: Final = (
    Bookmark,
    Play,
    Rating,
    StreamSession,
    WatchlistItem,
    FavouriteChannel,
    Reminder,
    Profile,
    Session,
    SecurityEvent,
    RefreshToken,
    User,
)

# What becomes of a request that writes, by the moment at which the profile is deleted: after the permission was given ·
# before a row is written · after it was written and before it is there for good. `-` where there is no such moment.
# A 2xx is a request that was done before: then the deletion waited, or took along what had been written.
PROFILE_DELETED = """
PUT    /auth/profiles/{profile_id}                   403 200 200
PUT    /auth/profiles/{profile_id}/select            200   -   -
DELETE /auth/profiles/{profile_id}                   403   -   -
POST   /epg/favorites/{channel_id}                   403 403 403
DELETE /epg/favorites/{channel_id}                   204   -   -
POST   /epg/reminders/{programme_id}                 403 201 201
DELETE /epg/reminders/{programme_id}                 204   -   -
PUT    /viewing/bookmarks                            403 403 403
POST   /viewing/bookmarks/{bookmark_id}/dismiss      404   -   -
POST   /viewing/bookmarks/{bookmark_id}/restore      404   -   -
POST   /viewing/bookmarks/{bookmark_id}/restore-position 404   -   -
PUT    /viewing/bookmarks/batch                      403 403 403
DELETE /viewing/history                              403   -   -
DELETE /viewing/history/{play_id}                    403   -   -
POST   /viewing/ratings                              403 403 403
DELETE /viewing/ratings/{title_id}                   204   -   -
PUT    /viewing/watchlist/order                      200   -   -
POST   /viewing/watchlist/{title_id}                 403 403 403
DELETE /viewing/watchlist/{title_id}                 204   -   -
"""
# The same when the account is erased, for all that an account can write.
ACCOUNT_ERASED = """
DELETE /auth/me                                      403   -   -
POST   /auth/logout-all                              401 204 204
DELETE /auth/sessions/{session_id}                   401 204 204
PUT    /auth/password                                403 204 204
POST   /auth/profiles                                401 201 201
PUT    /auth/profiles/{profile_id}                   401 200 200
PUT    /auth/profiles/{profile_id}/select            200   -   -
DELETE /auth/profiles/{profile_id}                   401   -   -
POST   /epg/favorites/{channel_id}                   403 403 403
DELETE /epg/favorites/{channel_id}                   204   -   -
POST   /epg/reminders/{programme_id}                 403 201 201
DELETE /epg/reminders/{programme_id}                 204   -   -
PUT    /viewing/bookmarks                            403 403 403
POST   /viewing/bookmarks/{bookmark_id}/dismiss      404   -   -
POST   /viewing/bookmarks/{bookmark_id}/restore      404   -   -
POST   /viewing/bookmarks/{bookmark_id}/restore-position 404   -   -
PUT    /viewing/bookmarks/batch                      403 403 403
DELETE /viewing/history                              403   -   -
DELETE /viewing/history/{play_id}                    403   -   -
POST   /viewing/ratings                              403 403 403
DELETE /viewing/ratings/{title_id}                   204   -   -
PUT    /viewing/watchlist/order                      200   -   -
POST   /viewing/sessions                             401 201 201
PUT    /viewing/sessions/{stream_id}/heartbeat       404   -   -
DELETE /viewing/sessions/{stream_id}                 404   -   -
POST   /viewing/watchlist/{title_id}                 403 403 403
DELETE /viewing/watchlist/{title_id}                 204   -   -
"""


class Household:
    """An account with two profiles, one of which is in use, and what its requests name."""

    def __init__(self, as_user: As) -> None:
        self.user = User.objects.create_user(f"alice+{uuid4()}@example.com", PASSWORD)
        ProfileFactory.create(user=self.user)
        self.profile = ProfileFactory.create(user=self.user, name=IN_USE)
        self.credentials = {"email": self.user.email, "password": PASSWORD}
        self.client = as_user(self.user)
        title = TitleFactory.create()
        kept = {"previous_position_seconds": 5000, "previous_kept_at": timezone.now()}
        bookmark = BookmarkFactory.create(profile=self.profile, title=title, **kept)
        self.ids: dict[str, object] = {
            "profile_id": self.profile.id,
            "content_id": title.id,
            "title_id": title.id,
            "channel_id": ChannelFactory.create().id,
            "programme_id": ProgrammeFactory.create(start_time=timezone.now() + timedelta(hours=1)).id,
            "bookmark_id": bookmark.id,
            "play_id": PlayFactory.create(profile=self.profile, title=title, bookmark=bookmark).id,
            "session_id": Session.objects.get(user=self.user).id,
            "stream_id": StreamFactory.create(user=self.user, title=title).id,
        }
        position = {"content_type": "movie", "content_id": str(TitleFactory.create().id)}
        self.bodies: dict[str, dict[str, Any]] = {
            "PUT /viewing/bookmarks": {**position, "position_seconds": 1, "duration_seconds": 100},
            "PUT /viewing/bookmarks/batch": {"items": [{**position, "position_seconds": 1, "duration_seconds": 100}]},
            "POST /viewing/sessions": {"title_id": str(title.id)},
            "POST /viewing/ratings": {"title_id": str(title.id), "rating": 1},
            "PUT /viewing/watchlist/order": {"title_ids": [str(title.id)]},
            "POST /auth/profiles": {"name": "Dora"},
            "PUT /auth/profiles/{profile_id}": {"name": "Dora"},
            "PUT /auth/password": {"current_password": PASSWORD, "new_password": "another long one"},
            "DELETE /auth/me": {"password": PASSWORD},
        }

    def call(self, operation: Operation) -> Answer:
        """As the household's remote control."""
        method, path = operation
        address = f"{PREFIX}{path.format(**self.ids)}?profile_id={self.profile.id}&q=film"
        body = self.bodies.get(f"{method} {path}")
        data = "" if body is None else json.dumps(body)
        return self.client.generic(method, address, data, content_type="application/json")

    def status(self, operation: Operation) -> int:
        """Of the answer."""
        return self.call(operation).status_code

    @staticmethod
    def post(path: str, body: dict[str, str]) -> int:
        """The status of what a device is answered that is not signed in."""
        return APIClient(raise_request_exception=False).post(PREFIX + path, body).status_code

    def delete_profile(self) -> None:
        """On another device."""
        services.delete_profile(profile=self.profile)

    def erase(self) -> None:
        """On another device."""
        services.erase_account(user=self.user)


@pytest.fixture
def household(db: None, as_user: As, settings: Settings) -> Callable[[], Household]:
    """Makes one. Password hashes are quick, as nothing here is about them, and nobody asks too often."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RATE_LIMIT_USER = settings.RATE_LIMIT_ADDRESS = None
    return lambda: Household(as_user)


def elsewhere(act: Callable[[], None]) -> Thread:
    """Act on another connection, and come back when that is done or waits for this one."""

    def work() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = Thread(target=work)
    thread.start()
    while thread.is_alive() and not somebody_waits():
        thread.join(timeout=0.01)
    return thread


def somebody_waits() -> bool:
    """Whether a connection to this database waits for a lock; the suite of somebody else may use the same cluster."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone() != (0,))


class Once:
    """Acts the first time it is called, whatever with."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.act = act
        self.thread: Thread | None = None

    def __call__(self, *_given: Any, **_named: Any) -> None:
        if self.thread is None:
            self.thread = elsewhere(self.act)


@contextmanager
def after_the_permission(act: Callable[[], None]) -> Iterator[Once]:
    """The profile or the account was found good; now it goes."""
    once = Once(act)
    with pytest.MonkeyPatch.context() as patch:
        for permission in (OwnsProfile, HasAccount):
            decide = permission.has_permission

            def has_permission(self: Any, request: Any, view: Any, decide: Any = decide) -> bool:
                may = decide(self, request, view)
                if type(self) in view.permission_classes:
                    once()
                return bool(may)

            patch.setattr(permission, "has_permission", has_permission)
        yield once


@contextmanager
def at_signal(signal: Any, act: Callable[[], None]) -> Iterator[Once]:
    """A row is about to be written, or was written and is not there for good yet."""
    once = Once(act)

    def receive(sender: type[Model], **_signal: Any) -> None:
        if sender in WATCHED:
            once()

    signal.connect(receive)
    try:
        yield once
    finally:
        signal.disconnect(receive)


MOMENTS: Final[dict[str, Callable[[Callable[[], None]], AbstractContextManager[Once]]]] = {
    "after the permission": after_the_permission,
    "before a row is written": lambda act: at_signal(pre_save, act),
    "after a row is written": lambda act: at_signal(post_save, act),
}


def taking(permission: type) -> set[Operation]:
    """Every operation whose view lists this permission, or one made of it."""
    views = dict(routes(f"{PREFIX}/"))
    return {
        (method, path.removeprefix(PREFIX))
        for method, path in operations()
        if path in views and any(issubclass(one, permission) for one in view_class(views[path]).permission_classes)
    }


def writing(operations: set[Operation]) -> set[Operation]:
    return {one for one in operations if one[0] != "GET"}


def listed(table: str) -> dict[Operation, list[str]]:
    rows = [line.split() for line in table.strip().splitlines()]
    return {(method, path): moments for method, path, *moments in rows}


def test_every_operation_that_writes_is_listed() -> None:
    assert set(listed(PROFILE_DELETED)) == writing(taking(OwnsProfile))
    assert set(listed(ACCOUNT_ERASED)) == writing(taking(OwnsProfile) | taking(HasAccount))


def happens(
    operation: Operation, moment: str, make: Callable[[], Household], act: Callable[[Household], None]
) -> tuple[str, Answer | None]:
    """The status of the answer when something happens at this moment; `-` when the moment never comes."""
    household = make()
    with MOMENTS[moment](lambda: act(household)) as once:
        answer = household.call(operation)
    if once.thread is None:
        return "-", None
    once.thread.join(timeout=10)
    assert not once.thread.is_alive()
    assert not Profile.objects.filter(id=household.profile.id).exists()
    assert act is Household.delete_profile or not User.with_deleted.filter(id=household.user.id).exists()
    return str(answer.status_code), answer


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_profile_that_is_deleted_meanwhile_is_refused(moment: str, household: Callable[[], Household]) -> None:
    number = list(MOMENTS).index(moment)
    wanted, seen = {}, {}
    for operation, statuses in listed(PROFILE_DELETED).items():
        wanted[operation] = statuses[number]
        seen[operation], answer = happens(operation, moment, household, Household.delete_profile)
        if answer is not None and answer.status_code == 403:
            assert answer.json()["code"] == "profile_refused"
    assert seen == wanted
    connection.check_constraints()


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_account_that_is_erased_meanwhile_is_refused(moment: str, household: Callable[[], Household]) -> None:
    number = list(MOMENTS).index(moment)
    wanted, seen = {}, {}
    for operation, statuses in listed(ACCOUNT_ERASED).items():
        wanted[operation] = statuses[number]
        seen[operation], answer = happens(operation, moment, household, Household.erase)
        if answer is not None and answer.status_code == 401:
            assert answer["WWW-Authenticate"].startswith("Bearer")
    assert seen == wanted
    connection.check_constraints()


@pytest.mark.parametrize("act", [Household.delete_profile, Household.erase])
def test_reading_for_somebody_who_is_gone_never_fails(
    household: Callable[[], Household], act: Callable[[Household], None]
) -> None:
    reading = {one for one in taking(OwnsProfile) | taking(HasAccount) if one[0] == "GET"}
    assert len(reading) > 15
    for operation in reading:
        status, _ = happens(operation, "after the permission", household, act)
        assert status in {"200", "401", "403", "-"}, operation


# Many at once


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What the calls return, each made in a thread of its own in the same moment."""
    together = Barrier(len(calls))

    def make(call: Callable[[], Any]) -> Any:
        try:
            together.wait(timeout=20)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(make, calls))


WRITES: Final = [
    ("PUT", "/viewing/bookmarks"),
    ("POST", "/viewing/ratings"),
    ("POST", "/viewing/sessions"),
    ("POST", "/viewing/watchlist/{title_id}"),
    ("POST", "/epg/favorites/{channel_id}"),
    ("POST", "/epg/reminders/{programme_id}"),
    ("POST", "/viewing/bookmarks/{bookmark_id}/dismiss"),
    ("DELETE", "/viewing/history"),
]


@pytest.mark.parametrize("act", [Household.delete_profile, Household.erase])
@pytest.mark.parametrize("attempt", range(3))
def test_a_deletion_in_a_storm_of_writes_succeeds_and_leaves_nothing(
    household: Callable[[], Household], act: Callable[[Household], None], attempt: int
) -> None:
    one = household()
    *statuses, deleted = at_once([*(partial(one.status, write) for write in WRITES), partial(act, one)])
    assert set(statuses) <= {200, 201, 204, 401, 403, 404}
    assert deleted is None
    assert not Profile.objects.filter(name=IN_USE).exists()
    connection.check_constraints()


@pytest.mark.parametrize("attempt", range(3))
def test_an_erasure_among_devices_that_sign_in_and_out_succeeds_and_leaves_nothing(
    household: Callable[[], Household], attempt: int
) -> None:
    one = household()
    newest = services.issue_tokens(user=one.user).refresh_token
    spent = services.issue_tokens(user=one.user).refresh_token
    services.refresh_tokens(refresh_token=spent)
    RefreshToken.objects.filter(rotated_at__isnull=False).update(rotated_at=timezone.now() - timedelta(hours=1))
    *statuses, erased = at_once(
        [
            partial(one.post, "/auth/refresh", {"refresh_token": newest}),
            partial(one.post, "/auth/refresh", {"refresh_token": spent}),
            partial(one.post, "/auth/login", one.credentials),
            partial(one.post, "/auth/login", one.credentials | {"password": "wrong"}),
            partial(one.status, ("PUT", "/auth/password")),
            partial(one.status, ("POST", "/auth/logout-all")),
            partial(one.status, ("POST", "/auth/profiles")),
            one.erase,
        ]
    )
    assert set(statuses) <= {200, 201, 204, 401, 403}
    assert erased is None
    assert not User.with_deleted.exists()
    connection.check_constraints()


def test_of_two_erasures_at_once_one_is_too_late(household: Callable[[], Household]) -> None:
    one = household()
    statuses = at_once([partial(one.status, ("DELETE", "/auth/me"))] * 2)
    assert sorted(statuses) in ([204, 401], [204, 403])
    assert not User.with_deleted.exists()


# In the middle of an evening


def me(client: APIClient) -> Answer:
    return client.get(f"{PREFIX}/auth/me")


def test_a_token_that_ends_is_refused_at_the_next_request(household: Callable[[], Household]) -> None:
    one = household()
    token = AccessToken.for_session(Session.objects.get(user=one.user))
    token.set_exp(lifetime=timedelta(seconds=2))
    one.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert me(one.client).status_code == 200
    token.set_exp(lifetime=timedelta(seconds=-1))
    one.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    for operation in sorted(writing(taking(OwnsProfile) | taking(HasAccount))):
        answer = one.call(operation)
        assert answer.status_code == 401, operation
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert Bookmark.objects.count() == 1
    assert one.user.profiles.count() == 2


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"deleted_at": "2024-01-01T00:00Z"}], ids=["deactivated", "deleted"]
)
def test_an_account_that_is_switched_off_is_refused_at_the_next_request(
    household: Callable[[], Household], change: dict[str, Any]
) -> None:
    one = household()
    assert me(one.client).status_code == 200
    User.objects.filter(id=one.user.id).update(**change)
    for operation in sorted(writing(taking(OwnsProfile) | taking(HasAccount))):
        answer = one.call(operation)
        assert answer.status_code == 401, operation
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert Bookmark.objects.count() == 1
    assert one.user.profiles.count() == 2


def test_an_erased_account_is_refused_at_the_next_request(household: Callable[[], Household]) -> None:
    one = household()
    assert one.call(("DELETE", "/auth/me")).status_code == 204
    answer = me(one.client)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
