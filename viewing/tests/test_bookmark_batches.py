"""What a player that was offline reports all at once: each report has a result of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalog.tests.factories import EpisodeFactory, TitleFactory
from viewing.errors import ContentNotFoundError
from viewing.heartbeats import save
from viewing.models import Bookmark
from viewing.services import batches

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

    from accounts.models import Profile, User
    from conftest import As

    Send = Callable[..., Answer]

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/viewing/bookmarks/batch"


def report(content: Any, position: int, minutes_ago: float = 0, **more: Any) -> dict[str, Any]:
    at = (timezone.now() - timedelta(minutes=minutes_ago)).isoformat()
    body = {"content_type": "movie", "content_id": str(getattr(content, "id", content)), "client_time": at}
    return body | {"position_seconds": position, "duration_seconds": 7200} | more


@pytest.fixture
def send(as_user: As, alice: User, alices: Profile) -> Send:
    """A batch of Alice's."""
    client = as_user(alice)
    return lambda *items: client.put(f"{ADDRESS}?profile_id={alices.id}", {"items": items})


def test_reports_of_one_film_are_taken_in_the_order_in_which_they_were_seen(send: Send) -> None:
    film = TitleFactory.create()
    answer = send(report(film, 3000, 1), report(film, 1000, 3), report(film, 2000, 2))
    results = answer.json()["results"]
    assert [(one["index"], one["status"]) for one in results] == [(0, 200), (1, 200), (2, 200)]
    assert [one["bookmark"]["position_seconds"] for one in results] == [3000, 1000, 2000]
    assert Bookmark.objects.get().position_seconds == 3000


def test_a_bad_report_costs_no_other(send: Send, alices: Profile) -> None:
    film, episode = TitleFactory.create(), EpisodeFactory.create()
    answer = send(
        report(film, 100),
        report(uuid4(), 100),
        report(film, -1),
        "nonsense",
        report(episode, 5, content_type="episode"),
    )
    results = answer.json()["results"]
    assert [one["status"] for one in results] == [200, 404, 422, 422, 200]
    assert results[1] == {
        "index": 1,
        "status": 404,
        "detail": "There is nothing to watch with this id.",
        "code": "content_not_found",
    }
    assert list(results[2]["errors"]) == ["position_seconds"]
    assert Bookmark.objects.filter(profile=alices).count() == 2


def test_what_is_above_the_limit_is_refused_for_itself(as_user: As, alice: User, charlie: Profile) -> None:
    items = [report(TitleFactory.create(age_rating=rating), 100) for rating in ("TV-MA", "TV-G")]
    answer = as_user(alice).put(f"{ADDRESS}?profile_id={charlie.id}", {"items": items})
    assert [one["status"] for one in answer.json()["results"]] == [403, 200]


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": None}, {"items": "all"}, {"items": [{}] * 101}, []])
def test_what_is_no_batch_is_refused(as_user: As, alice: User, alices: Profile, body: Any) -> None:
    assert as_user(alice).put(f"{ADDRESS}?profile_id={alices.id}", body).status_code == 422


def test_a_hundred_reports_are_taken(send: Send) -> None:
    film = TitleFactory.create()
    answer = send(*[report(film, 60 * place, 100 - place) for place in range(100)])
    assert {one["status"] for one in answer.json()["results"]} == {200}
    assert Bookmark.objects.get().position_seconds == 5940


def test_sent_again_a_batch_changes_nothing(send: Send) -> None:
    film = TitleFactory.create()
    items = [report(film, 1000, 2), report(film, 2000, 1)]
    assert [send(*items).json()["results"][1]["bookmark"]["position_seconds"] for _ in range(2)] == [2000, 2000]
    assert Bookmark.objects.get().position_seconds == 2000


def test_a_hundred_contents_are_looked_up_by_as_many_statements_as_two(
    send: Send, django_assert_num_queries: Any
) -> None:
    films = TitleFactory.create_batch(100)
    send(*[report(film, 100, 5) for film in films])
    for few in (2, 100):
        # Account and profile, bookmarks, films; and a write for each.
        with django_assert_num_queries(3 + few):
            answer = send(*[report(film, 100 + few, 3 - few / 100) for film in films[:few]])
        assert {one["bookmark"]["position_seconds"] for one in answer.json()["results"]} == {100 + few}


def test_what_was_saved_before_the_title_went_keeps_its_result(
    alices: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = TitleFactory.create()
    calls: list[Any] = []

    def save_once(bookmark: Bookmark, seen: Any) -> Bookmark:
        calls.append(seen)
        if len(calls) == 1:
            return save(bookmark, seen)
        type(film).objects.filter(pk=film.pk).update(status="archived")
        raise IntegrityError

    monkeypatch.setattr(batches, "save", save_once)
    report_of_it = {"content_type": "movie", "content_id": film.id, "duration_seconds": 6000}
    results = batches.record_positions(
        profile=alices, reports={place: report_of_it | {"position_seconds": 600 + place} for place in (0, 1)}
    )
    assert isinstance(results[0], Bookmark)
    assert isinstance(results[1], ContentNotFoundError)
