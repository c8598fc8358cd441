"""The fast lane answers as the view does, byte for byte, leaves the same row and opens no door the view keeps shut."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.authentication import LAST_USE_PRECISION
from accounts.models import Profile, Session, User
from accounts.services import issue_tokens
from accounts.tokens import AccessToken
from catalog.models import Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from conftest import As, WithKey
from epg.models import Channel
from epg.tests.factories import ChannelFactory, ProgrammeFactory
from viewing import lane
from viewing.models import Bookmark
from viewing.tests.factories import BookmarkFactory

pytestmark = pytest.mark.django_db

PATH = "/api/v1/viewing/bookmarks"
NOW = datetime.now(UTC).replace(microsecond=250_000)
Send = Callable[[], Any]


class Came(NamedTuple):
    """What came of a request: the answer with its headers, but no seconds that run, and the rows."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    rows: list[dict[str, Any]]


class Sofa:
    """Alice's player, and a film she is in the middle of."""

    def __init__(self, client: APIClient, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client, self.profile, self.monkeypatch = client, profile, monkeypatch
        self.film = TitleFactory.create(age_rating="TV-G")
        self.bookmark = BookmarkFactory.create(
            profile=profile, title=self.film, position_seconds=3_000, play_id=uuid4(), play_started_at=NOW
        )
        times = {"observed_at": NOW - timedelta(minutes=1), "updated_at": NOW - timedelta(minutes=1)}
        Bookmark.objects.filter(pk=self.bookmark.pk).update(**times)
        self.taken: list[bool] = []
        monkeypatch.setattr(timezone, "now", lambda: NOW)

    def body(self, **changes: Any) -> dict[str, Any]:
        """An ordinary report."""
        usual = {"content_type": "movie", "content_id": str(self.film.id), "position_seconds": 3_030}
        return usual | {"duration_seconds": 7_200} | changes

    def put(self, body: Any = None, query: str | None = None, **extra: Any) -> Any:
        """Report it."""
        data: Any = body if isinstance(body, bytes) else json.dumps(self.body() if body is None else body)
        query = f"profile_id={self.profile.id}" if query is None else query
        return self.client.generic("PUT", f"{PATH}?{query}", data, **({"content_type": "application/json"} | extra))

    def both(self, send: Send) -> tuple[Came, Came]:
        """By the lane and by the view, each from the same beginning."""
        return self._once(send, with_lane=True), self._once(send, with_lane=False)

    def _once(self, send: Send, *, with_lane: bool) -> Came:
        answer_of = lane._answer

        def noted(request: Any) -> Any:
            answer = answer_of(request) if with_lane else None
            self.taken.append(answer is not None)
            return answer

        with self.monkeypatch.context() as patch, transaction.atomic():
            patch.setattr(lane, "_answer", noted)
            patch.setattr(Bookmark._meta.get_field("id"), "_get_default", lambda: UUID(int=1))
            caches["default"].clear()
            answer = send()
            rows = [_shown(row) for row in Bookmark.objects.order_by("content_id", "content_type")]
            headers = tuple(sorted(item for item in answer.items() if item[0] != "X-RateLimit-Reset"))
            came = Came(answer.status_code, headers, answer.content, rows)
            transaction.set_rollback(True)
        return came


def _shown(bookmark: Bookmark) -> dict[str, Any]:
    """All of a row that can be foreseen: a play that has just begun has an id of its own."""
    row = model_to_dict(bookmark) | {"id": bookmark.id}
    del row["created_at"]
    return row | {"play_id": bookmark.play_id is not None}


@pytest.fixture
def sofa(alice: User, alices: Profile, as_user: As, monkeypatch: pytest.MonkeyPatch) -> Sofa:
    return Sofa(as_user(alice), alices, monkeypatch)


def is_the_same(sofa: Sofa, send: Send, *, status: int = 200, in_lane: bool) -> None:
    by_lane, by_view = sofa.both(send)
    assert by_lane == by_view
    assert by_view.status == status, by_view.body
    assert sofa.taken[0] is in_lane


# What is ordinary

ORDINARY: dict[str, dict[str, Any]] = {
    "a report": {},
    "fractions of seconds": {"position_seconds": 3_030.9, "duration_seconds": 7_200.5},
    "seeking back": {"position_seconds": 2_000},
    "starting again": {"position_seconds": 10},
    "at the very beginning": {"position_seconds": 0},
    "at the end": {"position_seconds": 7_200},
    "behind the end": {"position_seconds": 9_000},
    "another length": {"duration_seconds": 5_000},
    "seen some seconds ago": {"client_time": f"{NOW - timedelta(seconds=20):%Y-%m-%dT%H:%M:%SZ}"},
    "seen in another time zone": {"client_time": "2026-01-02T03:04:05.123+02:00"},
    "seen in the future": {"client_time": f"{NOW + timedelta(days=2):%Y-%m-%dT%H:%M:%S.%fZ}"},
    "seen long ago": {"client_time": "2001-01-01T00:00:00Z"},
    "with device and sequence": {
        "client_time": f"{NOW:%Y-%m-%dT%H:%M:%S.%fZ}",
        "device_id": "living room",
        "sequence": 2**40,
    },
    "a device alone": {"device_id": "tv"},
    "a sequence alone": {"sequence": 7},
}


@pytest.mark.parametrize("changes", ORDINARY.values(), ids=ORDINARY)
def test_what_is_ordinary_is_answered_as_by_the_view(sofa: Sofa, changes: dict[str, Any]) -> None:
    is_the_same(sofa, lambda: sofa.put(sofa.body(**changes)), in_lane=True)


@pytest.mark.parametrize("hours", [1, 25], ids=["kept", "too long ago"])
def test_a_position_that_can_be_restored_is_told_as_by_the_view(sofa: Sofa, hours: int) -> None:
    kept = {"previous_position_seconds": 6_000, "previous_kept_at": NOW - timedelta(hours=hours)}
    Bookmark.objects.update(**kept)
    is_the_same(sofa, sofa.put, in_lane=True)
    assert (b"previous_position_seconds" in sofa.put().content) is (hours == 1)


@pytest.mark.parametrize("dismissed", [NOW, NOW + timedelta(hours=1)], ids=["before", "after"])
def test_a_dismissed_item_is_told_as_by_the_view(sofa: Sofa, dismissed: datetime) -> None:
    Bookmark.objects.update(dismissed_at=dismissed)
    is_the_same(sofa, sofa.put, in_lane=True)


def test_times_of_whole_seconds_are_written_as_by_the_view(sofa: Sofa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW.replace(microsecond=0))
    is_the_same(sofa, sofa.put, in_lane=True)


def test_headers_for_pages_of_other_origins_are_there(sofa: Sofa) -> None:
    is_the_same(sofa, lambda: sofa.put(HTTP_ORIGIN="http://localhost:5173"), in_lane=True)
    answer = sofa.put(HTTP_ORIGIN="http://localhost:5173")
    assert answer["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_episodes_programmes_and_channels_are_answered_as_by_the_view(sofa: Sofa) -> None:
    episode, programme, channel = EpisodeFactory.create(), ProgrammeFactory.create(), ChannelFactory.create()
    told = [("episode", episode.id), ("tstv_catchup", programme.id)]
    told += [("tstv_startover", programme.id), ("tstv_startover", channel.id)]
    for content_type, content_id in told:
        report = sofa.body(content_type=content_type, content_id=str(content_id))
        sofa.put(report)
        sofa.taken.clear()
        is_the_same(sofa, lambda report=report: sofa.put(report), in_lane=True)  # type: ignore[misc]


def test_a_first_report_makes_the_row_that_the_view_makes(sofa: Sofa) -> None:
    programme, film = ProgrammeFactory.create(catalogue_title=TitleFactory.create()), TitleFactory.create()
    told = [("movie", film.id), ("episode", EpisodeFactory.create().id), ("tstv_catchup", programme.id)]
    for content_type, content_id in [*told, ("tstv_startover", ChannelFactory.create().id)]:
        report = sofa.body(content_type=content_type, content_id=str(content_id))
        sofa.taken.clear()
        is_the_same(sofa, lambda report=report: sofa.put(report), in_lane=True)  # type: ignore[misc]


# What is left to the view

PECULIAR: dict[str, tuple[dict[str, Any], int]] = {
    "a position below nothing": ({"position_seconds": -1}, 422),
    "a position of nothing": ({"position_seconds": None}, 422),
    "a position in words": ({"position_seconds": "3030"}, 200),
    "a position that is true": ({"position_seconds": True}, 422),
    "no length": ({"duration_seconds": 0}, 422),
    "endless": ({"duration_seconds": 2_000_000_001}, 422),
    "another type": ({"content_type": "trailer"}, 422),
    "no id": ({"content_id": "film"}, 422),
    "an unknown id": ({"content_id": str(uuid4())}, 404),
    "an id written otherwise": ({"content_id": str(uuid4()).upper()}, 404),
    "one word more": ({"volume": 11}, 200),
    "a device and the end of a line": ({"device_id": "tv\n"}, 200),
    "a long device and the end of a line": ({"device_id": "x" * 100 + "\n"}, 200),
    "a time and the end of a line": ({"client_time": "2026-01-02T03:04:05Z\n"}, 200),
}


@pytest.mark.parametrize(("changes", "status"), PECULIAR.values(), ids=PECULIAR)
def test_a_peculiar_report_is_the_views(sofa: Sofa, changes: dict[str, Any], status: int) -> None:
    is_the_same(sofa, lambda: sofa.put(sofa.body(**changes)), status=status, in_lane=False)


BROKEN = {
    "nothing": (b"", 422),
    "no JSON": (b"{", 400),
    "a list": (b"[]", 422),
    "a key twice": (b'{"content_type":"movie","content_type":"movie"}', 400),
    "no text": (b'{"content_type":"\xff"}', 400),
    "too many digits": (b'{"position_seconds":' + b"1" * 101 + b"}", 400),
    "long": (b'{"a":"' + b"b" * 3_000 + b'"}', 422),
}


@pytest.mark.parametrize(("body", "status"), BROKEN.values(), ids=BROKEN)
def test_a_broken_body_is_the_views(sofa: Sofa, body: bytes, status: int) -> None:
    is_the_same(sofa, lambda: sofa.put(body), status=status, in_lane=False)


@pytest.mark.parametrize("place", ["position_seconds", "content_type", "device_id"])
def test_a_key_that_comes_twice_is_refused_whatever_it_is(sofa: Sofa, place: str) -> None:
    body = json.dumps(sofa.body(device_id="tv"))[:-1] + f', "{place}": {json.dumps(sofa.body(device_id="tv")[place])}}}'
    is_the_same(sofa, lambda: sofa.put(body.encode()), status=400, in_lane=False)


FORMS: dict[str, tuple[dict[str, Any], int]] = {
    "another type of body": ({"content_type": "text/plain"}, 415),
    "a form": ({"content_type": "application/x-www-form-urlencoded"}, 415),
    "a coding": ({"HTTP_CONTENT_ENCODING": "gzip"}, 415),
    "an answer in HTML": ({"HTTP_ACCEPT": "text/html"}, 406),
    "without a length": ({"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}, 411),
    "in pieces": ({"HTTP_TRANSFER_ENCODING": "chunked"}, 200),
    "no profile": ({"query": ""}, 422),
    "no id of a profile": ({"query": "profile_id=alice"}, 422),
    "a profile that does not exist": ({"query": f"profile_id={uuid4()}"}, 403),
}


@pytest.mark.parametrize(("extra", "status"), FORMS.values(), ids=FORMS)
def test_a_peculiar_request_is_the_views(sofa: Sofa, extra: dict[str, Any], status: int) -> None:
    is_the_same(sofa, lambda: sofa.put(**extra), status=status, in_lane=False)


def test_a_profile_named_twice_is_the_views(sofa: Sofa, bobs: Profile) -> None:
    query = f"profile_id={sofa.profile.id}&profile_id={bobs.id}"
    is_the_same(sofa, lambda: sofa.put(query=query), status=403, in_lane=False)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_the_views(sofa: Sofa, method: str) -> None:
    address = f"{PATH}?profile_id={sofa.profile.id}"
    by_lane, by_view = sofa.both(lambda: sofa.client.generic(method, address, json.dumps(sofa.body())))
    assert by_lane == by_view
    assert by_view.status == (200 if method == "OPTIONS" else 405)
    assert sofa.taken == []


# Who may not


def token_of(shown: Any) -> AccessToken:
    return AccessToken(shown)


def refused(sofa: Sofa, status: int) -> None:
    is_the_same(sofa, sofa.put, status=status, in_lane=False)
    position = sofa.bookmark.position_seconds
    assert Bookmark.objects.get(pk=sofa.bookmark.pk).position_seconds == position


def test_a_revoked_session_is_refused(sofa: Sofa) -> None:
    Session.objects.update(revoked_at=NOW)
    refused(sofa, 401)


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": NOW}], ids=["switched off", "deleted"])
def test_an_account_that_is_gone_is_refused(sofa: Sofa, alice: User, change: dict[str, Any]) -> None:
    User.objects.filter(pk=alice.pk).update(**change)
    refused(sofa, 401)


def test_somebody_elses_profile_is_refused(sofa: Sofa, bobs: Profile) -> None:
    sofa.profile = bobs
    refused(sofa, 403)


def test_a_token_of_one_account_with_a_session_of_another_is_refused(sofa: Sofa, bob: User) -> None:
    token = token_of(issue_tokens(user=bob).access_token)
    token["sub"] = str(sofa.profile.user_id)
    sofa.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    refused(sofa, 401)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer no-token", "Bearer a b", "Basic YWxpY2U6", "Bearer \xff"], ids=repr
)
def test_without_a_good_token_nobody_gets_in(sofa: Sofa, header: str) -> None:
    sofa.client.credentials(HTTP_AUTHORIZATION=header)
    refused(sofa, 401)


def test_a_token_that_has_ended_is_refused(sofa: Sofa, alice: User) -> None:
    token = token_of(issue_tokens(user=alice).access_token)
    token.set_exp(from_time=NOW - timedelta(days=2), lifetime=timedelta(hours=1))
    sofa.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    refused(sofa, 401)


def test_a_service_is_refused(sofa: Sofa, with_key: WithKey) -> None:
    sofa.client = with_key("catalog:write")
    refused(sofa, 403)


HIDDEN: dict[str, dict[str, Any]] = {
    "deleted": {"deleted_at": NOW},
    "a draft": {"status": "draft"},
    "archived": {"status": "archived"},
    "not yet": {"available_from": NOW + timedelta(seconds=1)},
    "not any more": {"available_until": NOW},
}


@pytest.mark.parametrize("change", HIDDEN.values(), ids=HIDDEN)
def test_a_title_that_is_not_on_show_takes_no_report(sofa: Sofa, change: dict[str, Any]) -> None:
    Title.objects.update(**change)
    refused(sofa, 404)


@pytest.mark.parametrize("change", HIDDEN.values(), ids=HIDDEN)
def test_an_episode_goes_with_its_series(sofa: Sofa, change: dict[str, Any]) -> None:
    episode = EpisodeFactory.create()
    report = sofa.body(content_type="episode", content_id=str(episode.id))
    assert sofa.put(report).status_code == 200
    Title.objects.filter(id=episode.season.title_id).update(**change)
    is_the_same(sofa, lambda: sofa.put(report), status=404, in_lane=False)


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": NOW}], ids=["switched off", "deleted"])
def test_a_programme_goes_with_its_channel(sofa: Sofa, change: dict[str, Any]) -> None:
    programme = ProgrammeFactory.create()
    reports = [
        sofa.body(content_type="tstv_catchup", content_id=str(programme.id)),
        sofa.body(content_type="tstv_startover", content_id=str(programme.id)),
        sofa.body(content_type="tstv_startover", content_id=str(programme.channel_id)),
    ]
    Channel.objects.update(**change)
    for report in reports:
        is_the_same(sofa, lambda report=report: sofa.put(report), status=404, in_lane=False)  # type: ignore[misc]


@pytest.mark.parametrize("rating", ["TV-MA", None, "unheard of"], ids=repr)
def test_a_child_reports_nothing_above_its_limit(sofa: Sofa, charlie: Profile, rating: str | None) -> None:
    sofa.profile = charlie
    is_the_same(sofa, sofa.put, in_lane=True)
    Title.objects.update(age_rating=rating)
    sofa.taken.clear()
    is_the_same(sofa, sofa.put, status=403, in_lane=False)


def test_when_a_device_was_last_used_is_still_noted(sofa: Sofa) -> None:
    Session.objects.update(last_used_at=NOW - LAST_USE_PRECISION - timedelta(seconds=1))
    assert sofa.put().status_code == 200
    assert Session.objects.get().last_used_at == NOW


def test_accounts_are_not_counted_and_bad_tokens_are(sofa: Sofa) -> None:
    assert "X-RateLimit-Limit" not in sofa.put()
    sofa.client.credentials(HTTP_AUTHORIZATION="Bearer no-token")
    assert "X-RateLimit-Limit" in sofa.put()


# What it costs


def statements(send: Send) -> list[str]:
    """The first words of what goes to the database; what only frames it is left out."""
    with CaptureQueriesContext(connection) as captured:
        assert send().status_code == 200
    words = [query["sql"].split()[0] for query in captured]
    return [word for word in words if word not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")]


@pytest.mark.parametrize("planned_once", [True, False], ids=["planned once", "planned each time"])
def test_a_report_takes_two_statements(sofa: Sofa, settings: Settings, planned_once: bool) -> None:
    settings.DB_PREPARED_STATEMENTS = planned_once
    assert statements(sofa.put) == ["SELECT", "UPDATE"]


def test_a_late_one_takes_one_statement(sofa: Sofa) -> None:
    assert statements(lambda: sofa.put(sofa.body(client_time="2026-01-01T00:00:00Z", position_seconds=2_000))) == [
        "SELECT"
    ]


@pytest.mark.parametrize("content_type", ["movie", "episode", "tstv_catchup", "tstv_startover"])
def test_a_first_report_takes_at_most_four_statements(sofa: Sofa, content_type: str) -> None:
    made: dict[str, Any] = {"movie": TitleFactory, "episode": EpisodeFactory, "tstv_catchup": ProgrammeFactory}
    content = made.get(content_type, ChannelFactory).create()
    report = sofa.body(content_type=content_type, content_id=str(content.id))
    assert statements(lambda: sofa.put(report)) == ["SELECT", "INSERT", "INSERT"]
