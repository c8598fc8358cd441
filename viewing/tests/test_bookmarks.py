"""Where a profile is in what it watches (contract 2.4, bookmark rules)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog.models import Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from epg.tests.factories import ChannelFactory, ProgrammeFactory
from viewing.models import Bookmark
from viewing.tests.factories import BookmarkFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.response import _MonkeyPatchedResponse as Answer
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

    Save = Callable[..., Answer]

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/viewing/bookmarks"
HOUR = 3600


def report(client: APIClient, profile: Profile, **body: Any) -> Answer:
    return client.put(f"{ADDRESS}?profile_id={profile.id}", {"content_type": "movie", **body})


@pytest.fixture
def save(as_user: As, alice: User, alices: Profile) -> Save:
    """What Alice's player reports, in a film of two hours unless it says otherwise."""
    client = as_user(alice)

    def save_as_alice(content_id: object, position: object, duration: object = 2 * HOUR, **body: Any) -> Answer:
        times = {"position_seconds": position, "duration_seconds": duration}
        return report(client, alices, content_id=str(content_id), **times, **body)

    return save_as_alice


@pytest.fixture
def film() -> Title:
    return TitleFactory.create()


def test_a_bookmark_has_exactly_the_fields_of_the_contract(save: Save, film: Title) -> None:
    answer = save(film.id, 600)
    row = Bookmark.objects.get()
    assert answer.status_code == 200
    assert parse_datetime(answer.json()["updated_at"]) == row.updated_at
    assert answer.json() == {
        "id": str(row.id),
        "content_type": "movie",
        "content_id": str(film.id),
        "position_seconds": 600,
        "duration_seconds": 7200,
        "completed": False,
        "dismissed_at": None,
        "updated_at": answer.json()["updated_at"],
        "title_info": None,
    }


def test_the_last_save_wins_and_makes_no_second_row(save: Save, film: Title) -> None:
    ids = {save(film.id, position).json()["id"] for position in (600, 1200, 300)}
    row = Bookmark.objects.get()
    assert (ids, row.position_seconds) == ({str(row.id)}, 300)


@pytest.mark.parametrize(
    ("position", "duration", "completed"),
    [
        (9499, 10_000, False),
        (9500, 10_000, True),
        (1079, 1200, False),
        (1080, 1200, True),
        (10, 100, False),
        (94, 100, False),
        (95, 100, True),
        (0, 120, False),
    ],
)
def test_an_item_is_complete_at_95_percent_or_in_the_last_two_minutes_of_a_long_one(
    save: Save, film: Title, position: int, duration: int, completed: bool
) -> None:
    assert save(film.id, position, duration).json()["completed"] is completed


def test_seeking_back_reopens_a_finished_item(save: Save, film: Title) -> None:
    assert [save(film.id, position).json()["completed"] for position in (7200, 60)] == [True, False]


def test_a_save_brings_a_dismissed_item_back(save: Save, film: Title, alices: Profile) -> None:
    dismissed = BookmarkFactory.create(profile=alices, title=film, dismissed_at=timezone.now())
    assert save(film.id, 600).json()["dismissed_at"] is None
    dismissed.refresh_from_db()
    assert dismissed.dismissed_at is None


def test_in_catch_up_the_position_only_moves_forward(save: Save) -> None:
    programme = ProgrammeFactory.create()
    positions = [save(programme.id, seconds, content_type="tstv_catchup").json() for seconds in (600, 300, 900)]
    assert [answer["position_seconds"] for answer in positions] == [600, 600, 900]


def test_a_late_report_with_a_shorter_duration_moves_nothing_back_in_catch_up(save: Save) -> None:
    programme = ProgrammeFactory.create()
    save(programme.id, 900, 3600, content_type="tstv_catchup")
    answer = save(programme.id, 10, 600, content_type="tstv_catchup").json()
    assert (answer["position_seconds"], answer["duration_seconds"], answer["completed"]) == (900, 3600, False)


def test_a_report_past_a_shorter_end_moves_nothing_back_in_catch_up(save: Save) -> None:
    programme = ProgrammeFactory.create()
    save(programme.id, 100, 3000, content_type="tstv_catchup")
    answer = save(programme.id, 150, 60, content_type="tstv_catchup").json()
    assert (answer["position_seconds"], answer["duration_seconds"], answer["completed"]) == (100, 3000, False)


def test_a_late_report_with_a_longer_duration_is_believed_in_catch_up(save: Save) -> None:
    programme = ProgrammeFactory.create()
    save(programme.id, 100, 3000, content_type="tstv_catchup")
    answer = save(programme.id, 40, 3600, content_type="tstv_catchup").json()
    assert (answer["position_seconds"], answer["duration_seconds"]) == (100, 3600)


def test_in_start_over_the_position_only_moves_forward(save: Save) -> None:
    channel = ProgrammeFactory.create().channel
    positions = [save(channel.id, seconds, content_type="tstv_startover").json() for seconds in (600, 0)]
    assert [answer["position_seconds"] for answer in positions] == [600, 600]


def test_fractions_of_a_second_are_cut_off(save: Save, film: Title) -> None:
    answer = save(film.id, 61.9, 7200.99).json()
    assert (answer["position_seconds"], answer["duration_seconds"]) == (61, 7200)


def test_a_position_past_the_end_is_the_end(save: Save, film: Title) -> None:
    answer = save(film.id, 9000).json()
    assert (answer["position_seconds"], answer["completed"]) == (7200, True)


def test_a_position_of_zero_is_kept(save: Save, film: Title) -> None:
    answer = save(film.id, 0)
    assert (answer.status_code, answer.json()["position_seconds"]) == (200, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("position_seconds", -1),
        ("position_seconds", None),
        ("position_seconds", "soon"),
        ("duration_seconds", 0),
        ("duration_seconds", True),
        ("content_id", "five"),
        ("content_type", "radio"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused_and_leaves_no_row(
    as_user: As, alice: User, alices: Profile, film: Title, field: str, value: object
) -> None:
    body = {"content_id": str(film.id), "position_seconds": 60, "duration_seconds": 7200, field: value}
    answer = report(as_user(alice), alices, **body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Bookmark.objects.exists()


@pytest.mark.parametrize("content_type", ["movie", "episode", "tstv_catchup", "tstv_startover"])
def test_what_does_not_exist_cannot_be_bookmarked(save: Save, content_type: str) -> None:
    answer = save(uuid4(), 600, content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (404, "content_not_found")
    assert not Bookmark.objects.exists()


def test_the_content_type_says_what_the_id_means(save: Save, film: Title) -> None:
    assert save(film.id, 600, content_type="episode").status_code == 404
    assert save(EpisodeFactory.create().id, 600, content_type="movie").status_code == 404


@pytest.mark.parametrize("rating", ["TV-14", "R", "unheard of", None])
def test_a_child_cannot_bookmark_what_is_above_its_limit(
    as_user: As, alice: User, charlie: Profile, rating: str | None
) -> None:
    film, programme = TitleFactory.create(age_rating=rating), ProgrammeFactory.create(age_rating=rating)
    episode = EpisodeFactory.create(season__title__age_rating=rating)
    contents: dict[str, Any] = {
        "movie": film,
        "episode": episode,
        "tstv_catchup": programme,
        "tstv_startover": programme,
    }
    for content_type, content in contents.items():
        body = {"content_id": str(content.id), "position_seconds": 60, "duration_seconds": 7200}
        answer = report(as_user(alice), charlie, content_type=content_type, **body)
        assert (answer.status_code, answer.json()["code"]) == (403, "content_not_suitable")
    assert not Bookmark.objects.exists()


def test_a_child_keeps_its_place_on_a_channel_whatever_comes_on_next(
    as_user: As, alice: User, charlie: Profile
) -> None:
    channel = ProgrammeFactory.create(age_rating="TV-MA").channel
    body = {"content_id": str(channel.id), "position_seconds": 60, "duration_seconds": 7200}
    assert report(as_user(alice), charlie, content_type="tstv_startover", **body).status_code == 200


def test_a_child_may_bookmark_what_is_within_its_limit(as_user: As, alice: User, charlie: Profile) -> None:
    film = TitleFactory.create(age_rating="PG")
    body = {"content_id": str(film.id), "position_seconds": 60, "duration_seconds": 7200}
    assert report(as_user(alice), charlie, **body).status_code == 200


def test_the_bookmark_of_an_episode_has_its_series_as_title(save: Save) -> None:
    episode = EpisodeFactory.create()
    assert save(episode.id, 600, content_type="episode").json()["content_id"] == str(episode.id)
    row = Bookmark.objects.get()
    assert (row.episode, row.title) == (episode, episode.season.title)


def test_start_over_may_name_the_channel_or_the_programme(save: Save) -> None:
    programme = ProgrammeFactory.create()
    answers = [save(content.id, 60, content_type="tstv_startover") for content in (programme.channel, programme)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {row.content_id for row in Bookmark.objects.all()} == {programme.channel_id, programme.id}


def test_start_over_works_on_a_channel_that_shows_nothing_now(save: Save) -> None:
    assert save(ChannelFactory.create().id, 60, content_type="tstv_startover").status_code == 200


def test_catch_up_and_start_over_of_one_programme_are_two_bookmarks(
    save: Save, as_user: As, alice: User, alices: Profile
) -> None:
    programme = ProgrammeFactory.create()
    save(programme.id, 100, content_type="tstv_catchup")
    save(programme.id, 200, content_type="tstv_startover")
    client = as_user(alice)
    for content_type, position in (("tstv_catchup", 100), ("tstv_startover", 200)):
        query = {"profile_id": str(alices.id), "content_type": content_type}
        answer = client.get(f"{ADDRESS}/by-content/{programme.id}", query)
        assert answer.json()["position_seconds"] == position


def test_without_a_content_type_the_newest_bookmark_of_the_content_is_found(
    as_user: As, alice: User, alices: Profile
) -> None:
    content_id, now = uuid4(), timezone.now()
    for age, content_type in ((2, "tstv_catchup"), (1, "tstv_startover")):
        moment = now - timedelta(hours=age)
        BookmarkFactory.create(
            profile=alices, title=None, content_id=content_id, content_type=content_type, updated_at=moment
        )
    answer = as_user(alice).get(f"{ADDRESS}/by-content/{content_id}", {"profile_id": str(alices.id)})
    assert answer.json()["content_type"] == "tstv_startover"


def test_content_without_a_bookmark_answers_the_word_null(as_user: As, alice: User, alices: Profile) -> None:
    answer = as_user(alice).get(f"{ADDRESS}/by-content/{uuid4()}", {"profile_id": str(alices.id)})
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"null", "application/json")


def test_a_profile_does_not_find_the_bookmark_of_another(
    as_user: As, alice: User, alices: Profile, charlie: Profile
) -> None:
    bookmark = BookmarkFactory.create(profile=charlie)
    answer = as_user(alice).get(f"{ADDRESS}/by-content/{bookmark.content_id}", {"profile_id": str(alices.id)})
    assert answer.json() is None


def test_dismissing_sets_the_moment_and_nothing_else(as_user: As, alice: User, alices: Profile) -> None:
    bookmark = BookmarkFactory.create(profile=alices, updated_at=timezone.now() - timedelta(days=2))
    answer = as_user(alice).post(f"{ADDRESS}/{bookmark.id}/dismiss?profile_id={alices.id}")
    dismissed = Bookmark.objects.get()
    assert answer.status_code == 200
    assert parse_datetime(answer.json()["dismissed_at"]) == dismissed.dismissed_at
    assert (dismissed.updated_at, dismissed.position_seconds) == (bookmark.updated_at, bookmark.position_seconds)


def test_restoring_clears_the_moment_and_makes_the_item_the_newest(as_user: As, alice: User, alices: Profile) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    bookmark = BookmarkFactory.create(profile=alices, updated_at=long_ago, dismissed_at=long_ago)
    answer = as_user(alice).post(f"{ADDRESS}/{bookmark.id}/restore?profile_id={alices.id}")
    restored = Bookmark.objects.get()
    assert (answer.status_code, answer.json()["dismissed_at"], restored.dismissed_at) == (200, None, None)
    assert restored.updated_at > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize("verb", ["dismiss", "restore"])
def test_the_bookmark_of_another_profile_is_not_there(
    as_user: As, alice: User, alices: Profile, charlie: Profile, verb: str
) -> None:
    moment = timezone.now() - timedelta(days=1)
    bookmark = BookmarkFactory.create(profile=charlie, dismissed_at=moment, updated_at=moment)
    for bookmark_id in (bookmark.id, uuid4()):
        answer = as_user(alice).post(f"{ADDRESS}/{bookmark_id}/{verb}?profile_id={alices.id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "bookmark_not_found")
    bookmark.refresh_from_db()
    assert (bookmark.dismissed_at, bookmark.updated_at) == (moment, moment)


def test_nobody_saves_for_a_foreign_profile(as_user: As, alice: User, bobs: Profile, film: Title) -> None:
    body = {"content_id": str(film.id), "position_seconds": 60, "duration_seconds": 7200}
    assert report(as_user(alice), bobs, **body).status_code == 403
    assert not Bookmark.objects.exists()


def test_a_deleted_title_takes_its_bookmarks_along(alices: Profile) -> None:
    film, episode = TitleFactory.create(), EpisodeFactory.create()
    kept = BookmarkFactory.create(profile=alices)
    BookmarkFactory.create(profile=alices, title=film)
    BookmarkFactory.create(profile=alices, title=episode.season.title, episode=episode, content_type="episode")
    film.delete()
    episode.season.title.delete()
    assert list(Bookmark.objects.all()) == [kept]


@pytest.mark.django_db(transaction=True)
def test_eight_first_saves_at_once_make_one_row_and_no_failure(
    as_user: As, alice: User, alices: Profile, film: Title
) -> None:
    clients, start = [as_user(alice) for _ in range(8)], Barrier(8)

    def save_first(client: APIClient) -> int:
        try:
            start.wait(timeout=10)
            body = {"content_id": str(film.id), "position_seconds": 60, "duration_seconds": 7200}
            return report(client, alices, **body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        statuses = list(pool.map(save_first, clients))
    assert statuses == [200] * 8
    assert Bookmark.objects.filter(profile=alices, content_id=film.id).count() == 1


@pytest.mark.parametrize("action", ["dismiss", "restore"])
def test_what_is_above_the_limit_by_now_is_neither_dismissed_nor_restored(
    as_user: As, alice: User, charlie: Profile, action: str
) -> None:
    film = TitleFactory.create(age_rating="TV-MA")
    bookmark = BookmarkFactory.create(profile=charlie, title=film)
    answer = as_user(alice).post(f"{ADDRESS}/{bookmark.id}/{action}?profile_id={charlie.id}")
    assert answer.status_code == 404
    assert str(film.id) not in answer.content.decode()
