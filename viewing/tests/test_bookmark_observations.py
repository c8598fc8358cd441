"""What players may say beside the contract: when they saw it, on which device, in which order."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from catalog.models import Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from viewing import heartbeats
from viewing.models import Bookmark, Play
from viewing.observing import observe
from viewing.tests.factories import BookmarkFactory

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

    from accounts.models import Profile, User
    from conftest import As

    Save = Callable[..., Answer]

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/viewing/bookmarks"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
# The lane leaves what is peculiar to the view; both must hold.
DOORS = {"lane": "application/json", "view": "application/json; charset=utf-8"}


@pytest.fixture(params=list(DOORS))
def save(request: pytest.FixtureRequest, as_user: As, alice: User, alices: Profile) -> Save:
    """What Alice's player reports of a film of two hours, through each of the doors."""
    client = as_user(alice)

    def save_as_alice(film: Title, position: object, **more: Any) -> Answer:
        body = {"content_type": "movie", "content_id": str(film.id), "position_seconds": position}
        body |= {"duration_seconds": 7200} | more
        content_type = DOORS[request.param]
        return client.generic("PUT", f"{ADDRESS}?profile_id={alices.id}", json.dumps(body), content_type=content_type)

    return save_as_alice


@pytest.fixture
def film() -> Title:
    return TitleFactory.create()


def ago(age: timedelta) -> str:
    return (timezone.now() - age).isoformat()


def test_a_late_report_is_answered_with_the_newer_position(save: Save, film: Title) -> None:
    save(film, 3000, client_time=ago(SECOND), device_id="tv", sequence=7)
    answer = save(film, 100, client_time=ago(timedelta(hours=48)), device_id="phone", sequence=9)
    row = Bookmark.objects.get()
    assert (answer.status_code, answer.json()["position_seconds"]) == (200, 3000)
    assert (row.device_id, row.sequence, row.version) == ("tv", 7, 0)


def test_a_fast_clock_is_held_to_ours(save: Save, film: Title) -> None:
    save(film, 3000, client_time=ago(timedelta(days=-400)))
    assert SECOND * 5 < Bookmark.objects.get().observed_at - timezone.now() <= SECOND * 10


def test_a_time_without_a_zone_is_utc(save: Save, film: Title) -> None:
    at = timezone.now() - MINUTE
    save(film, 3000, client_time=at.replace(tzinfo=None).isoformat())
    assert Bookmark.objects.get().observed_at == at


def test_what_is_left_empty_was_not_sent(save: Save, film: Title) -> None:
    answer = save(film, 3000, client_time=None, device_id="", sequence=None)
    row = Bookmark.objects.get()
    assert (answer.status_code, row.device_id, row.sequence, row.observed_at) == (200, "", 0, row.updated_at)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_time", "yesterday"),
        ("client_time", 1_700_000_000),
        ("client_time", "2026-13-01T00:00:00Z"),
        ("client_time", "0001-01-01T00:00:00+14:00"),
        ("client_time", ["2026-11-20T20:00:00Z"]),
        ("device_id", "d" * 101),
        ("device_id", {"id": "tv"}),
        ("device_id", "tv\x00"),
        ("sequence", -1),
        ("sequence", 2**63),
        ("sequence", 1.5),
        ("sequence", "soon"),
        ("sequence", True),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_no_row(save: Save, film: Title, field: str, value: object) -> None:
    answer = save(film, 60, **{field: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Bookmark.objects.exists()


def test_the_largest_values_are_kept(save: Save, film: Title) -> None:
    assert save(film, 60, device_id="d" * 100, sequence=2**63 - 1, client_time=ago(SECOND)).status_code == 200
    assert (Bookmark.objects.get().sequence, len(Bookmark.objects.get().device_id)) == (2**63 - 1, 100)


def test_content_that_is_archived_is_not_found_even_where_a_bookmark_is(save: Save, film: Title) -> None:
    save(film, 60)
    Title.objects.filter(id=film.id).update(deleted_at=timezone.now())
    assert save(film, 90).status_code == 404
    assert list(Bookmark.objects.values_list("position_seconds", flat=True)) == [60]


def test_an_existing_bookmark_is_no_way_past_the_limit(as_user: As, alice: User, charlie: Profile) -> None:
    bookmark = BookmarkFactory.create(profile=charlie, title=TitleFactory.create(age_rating="TV-MA"))
    body: dict[str, Any] = {"content_type": "movie", "content_id": str(bookmark.content_id)}
    body |= {"position_seconds": 60, "duration_seconds": 7200}
    assert as_user(alice).put(f"{ADDRESS}?profile_id={charlie.id}", body).status_code == 403
    bookmark.refresh_from_db()
    assert bookmark.position_seconds == 3000


def test_a_far_position_is_told_as_long_as_it_can_be_restored(save: Save, film: Title) -> None:
    assert "previous_position_seconds" not in save(film, 5000).json()
    assert save(film, 10).json()["previous_position_seconds"] == 5000
    assert "previous_position_seconds" not in save(film, 5000).json()


def test_what_is_written_meanwhile_is_seen(
    save: Save, film: Title, monkeypatch: pytest.MonkeyPatch, alices: Profile
) -> None:
    save(film, 60, client_time=ago(MINUTE))

    def overtaken(bookmark: Bookmark, seen: Any) -> Any:
        monkeypatch.setattr(heartbeats, "observe", observe)
        Bookmark.objects.update(position_seconds=900, observed_at=timezone.now(), version=F("version") + 1)
        return observe(bookmark, seen)

    monkeypatch.setattr(heartbeats, "observe", overtaken)
    assert save(film, 90, client_time=ago(SECOND * 30)).json()["position_seconds"] == 900


def test_a_bookmark_that_is_removed_meanwhile_is_made_anew(
    save: Save, film: Title, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(film, 60)

    def removed(bookmark: Bookmark, seen: Any) -> Any:
        monkeypatch.setattr(heartbeats, "observe", observe)
        Bookmark.objects.all().delete()
        return observe(bookmark, seen)

    monkeypatch.setattr(heartbeats, "observe", removed)
    assert save(film, 90).json()["position_seconds"] == 90
    assert Bookmark.objects.get().title == film


@pytest.mark.parametrize("action", ["dismiss", "restore"])
def test_dismissing_and_restoring_raise_the_version(as_user: As, alice: User, alices: Profile, action: str) -> None:
    bookmark = BookmarkFactory.create(profile=alices)
    as_user(alice).post(f"{ADDRESS}/{bookmark.id}/{action}?profile_id={alices.id}")
    assert Bookmark.objects.get().version == 1


def test_the_view_needs_few_statements(
    as_user: As, alice: User, alices: Profile, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client, episode = as_user(alice), EpisodeFactory.create()
    body = f'{{"content_type": "episode", "content_id": "{episode.id}", "position_seconds": 6, "duration_seconds": 70}}'

    def put() -> int:
        address = f"{ADDRESS}?profile_id={alices.id}"
        return client.generic("PUT", address, body, content_type=DOORS["view"]).status_code

    put()
    Bookmark.objects.all().delete()
    with django_assert_max_num_queries(7):  # with BEGIN and COMMIT as savepoints of the test
        assert put() == 200
    with django_assert_max_num_queries(4):
        assert put() == 200


# Restoring a far position


@pytest.fixture
def accident(alices: Profile) -> Bookmark:
    """Far on, and by accident begun from the start."""
    kept: dict[str, Any] = {"previous_position_seconds": 5000, "previous_kept_at": timezone.now()}
    return BookmarkFactory.create(profile=alices, position_seconds=10, dismissed_at=timezone.now(), **kept)


def restore(client: Any, bookmark: Bookmark, profile: Profile) -> Answer:
    answer: Answer = client.post(f"{ADDRESS}/{bookmark.id}/restore-position?profile_id={profile.id}")
    return answer


def test_a_far_position_comes_back_and_late_reports_do_not_undo_it(
    as_user: As, alice: User, alices: Profile, accident: Bookmark, save: Save
) -> None:
    late = ago(SECOND)
    answer = restore(as_user(alice), accident, alices)
    assert (answer.status_code, answer.json()["position_seconds"], answer.json()["dismissed_at"]) == (200, 5000, None)
    assert "previous_position_seconds" not in answer.json()
    assert accident.title is not None
    assert save(accident.title, 40, client_time=late).json()["position_seconds"] == 5000


def test_a_play_by_accident_stays_in_the_history_as_short_as_it_was(
    save: Save, film: Title, as_user: As, alice: User, alices: Profile
) -> None:
    save(film, 5000)
    save(film, 10)
    restore(as_user(alice), Bookmark.objects.get(), alices)
    save(film, 5030)
    plays = Play.objects.order_by("started_at").values_list("furthest_seconds", "ended_at")
    assert [(furthest, ended is not None) for furthest, ended in plays] == [(5000, True), (10, True), (0, False)]


@pytest.mark.parametrize("kept_at", [None, timezone.now() - timedelta(hours=25)], ids=["none", "over"])
def test_where_nothing_is_kept_nothing_is_restored(
    as_user: As, alice: User, alices: Profile, accident: Bookmark, kept_at: datetime | None
) -> None:
    position = 5000 if kept_at else None
    Bookmark.objects.update(previous_position_seconds=position, previous_kept_at=kept_at)
    answer = restore(as_user(alice), accident, alices)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_restore")
    assert Bookmark.objects.get().position_seconds == 10


def test_the_far_position_of_another_profile_is_not_there(
    as_user: As, alice: User, charlie: Profile, accident: Bookmark
) -> None:
    answer = restore(as_user(alice), accident, charlie)
    assert (answer.status_code, answer.json()["code"]) == (404, "bookmark_not_found")
