"""Taking plays out of the history, with or without the positions they left."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.utils import timezone

from catalog.models import Title
from catalog.tests.factories import TitleFactory
from epg.tests.factories import ProgrammeFactory
from viewing import history, services
from viewing.heartbeats import save
from viewing.models import Bookmark, Play, Removal
from viewing.observing import Observation
from viewing.tests.factories import BookmarkFactory, PlayFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.response import _MonkeyPatchedResponse as Answer

    from accounts.models import Profile, User
    from conftest import As

    Ask = Callable[..., Answer]

pytestmark = pytest.mark.django_db

HOUR = 3600
EVERY_WAY = ("", "&positions=true")
both_ways = pytest.mark.parametrize("query", EVERY_WAY, ids=["positions stay", "positions go"])


@pytest.fixture
def delete(as_user: As, alice: User, alices: Profile) -> Ask:
    """Alice deletes one play, or all of them."""
    client = as_user(alice)

    def delete_as_alice(play: Play | None = None, query: str = "") -> Answer:
        place = f"/{play.pk}" if play else ""
        return client.delete(f"/api/v1/viewing/history{place}?profile_id={alices.id}{query}")

    return delete_as_alice


def observed(profile: Profile, title: Title, position: int, *, hours_ago: float = 0, **content: Any) -> Bookmark:
    """What a heartbeat does."""
    content = {"content_type": "movie", "content_id": title.id} | content
    bookmark = Bookmark.objects.filter(profile=profile, **content).first()
    now = timezone.now()
    seen = Observation(position, 2 * HOUR, received_at=now, seen_at=now - timedelta(hours=hours_ago), device_id="tv")
    return save(bookmark or Bookmark(profile=profile, title=title, **content), seen)


@pytest.fixture
def film() -> Title:
    return TitleFactory.create()


def orphans() -> list[object]:
    """Bookmarks that tell of a play that is in no history."""
    told = Bookmark.objects.exclude(play_id=None)
    kept = set(Play.objects.values_list("pk", flat=True))
    return [one for one in told if one.play_id not in kept]


def test_an_old_play_goes_and_the_newer_one_and_the_position_stay(delete: Ask, alices: Profile, film: Title) -> None:
    observed(alices, film, 100, hours_ago=20)
    bookmark = observed(alices, film, 900, hours_ago=2)
    newest, old = Play.objects.order_by("-started_at")
    assert delete(old).status_code == 204
    assert list(Play.objects.all()) == [newest]
    bookmark.refresh_from_db()
    assert (bookmark.position_seconds, bookmark.play_id) == (900, newest.pk)


def test_what_goes_on_after_its_play_was_deleted_begins_another_one_at_its_position(
    delete: Ask, alices: Profile, film: Title
) -> None:
    observed(alices, film, 900, hours_ago=0.1)
    deleted = Play.objects.get()
    assert delete(deleted).status_code == 204
    bookmark = observed(alices, film, 930)
    assert (bookmark.position_seconds, bookmark.play_furthest_seconds) == (930, 930)
    assert Play.objects.get().pk == bookmark.play_id != deleted.pk


def test_a_play_is_deleted_once(delete: Ask, alices: Profile, film: Title) -> None:
    play = PlayFactory.create(profile=alices, title=film)
    assert [delete(play).status_code, delete(play).status_code] == [204, 404]
    assert delete(play).json()["code"] == "play_not_found"


@both_ways
def test_what_another_profile_played_is_as_if_it_did_not_exist(
    delete: Ask, charlie: Profile, bobs: Profile, film: Title, query: str
) -> None:
    for profile in (charlie, bobs):
        observed(profile, film, 100)
        play = Play.objects.get(profile=profile)
        answer, unknown = delete(play, query), delete(Play(pk=uuid4()), query)
        assert (answer.status_code, answer.content) == (404, unknown.content)
    delete(None, query)
    assert (Play.objects.count(), Bookmark.objects.count(), orphans()) == (2, 2, [])


def test_clearing_takes_all_plays_and_leaves_the_positions(delete: Ask, alices: Profile, film: Title) -> None:
    observed(alices, film, 900)
    PlayFactory.create_batch(3, profile=alices)
    assert [delete().status_code, delete().status_code] == [204, 204]
    assert not Play.objects.exists()
    bookmark = Bookmark.objects.get()
    assert (bookmark.position_seconds, bookmark.play_id) == (900, None)
    assert not Removal.objects.exists()


def test_deleting_with_the_position_forgets_where_the_profile_was_and_tells_other_devices(
    delete: Ask, alices: Profile, film: Title
) -> None:
    kept = observed(alices, TitleFactory.create(), 50)
    bookmark = observed(alices, film, 900)
    assert delete(Play.objects.get(bookmark=bookmark), "&positions=true").status_code == 204
    assert list(Bookmark.objects.all()) == [kept]
    assert list(Removal.objects.values_list("profile", "kind", "key")) == [(alices.id, "bookmark", bookmark.id)]


def test_another_device_hears_of_a_forgotten_position_when_it_asks_what_changed(
    delete: Ask, alices: Profile, film: Title, as_user: As
) -> None:
    device, address = as_user(alices.user), f"/api/v1/viewing/changes?profile_id={alices.id}"
    bookmark = observed(alices, film, 900)
    since = device.get(address).json()["next"]
    delete(None, "&positions=true")
    told = device.get(address, {"profile_id": str(alices.id), "since": since}).json()
    assert told["removed"]["bookmarks"] == [str(bookmark.id)]


def test_the_other_plays_of_a_forgotten_position_stay_as_they_ended(delete: Ask, alices: Profile, film: Title) -> None:
    observed(alices, film, 100, hours_ago=20)
    bookmark = observed(alices, film, 900, hours_ago=2)
    old = Play.objects.order_by("started_at")[0]
    delete(old, "&positions=true")
    last = Play.objects.get()
    assert (last.bookmark, last.ended_at, last.furthest_seconds) == (None, bookmark.observed_at, 900)
    assert (last.duration_seconds, last.is_finished, last.device_id) == (2 * HOUR, False, "tv")


def test_a_play_whose_bookmark_was_forgotten_takes_the_one_made_since_then(
    delete: Ask, alices: Profile, film: Title
) -> None:
    old = PlayFactory.create(profile=alices, title=film)
    observed(alices, film, 900)
    delete(old, "&positions=true")
    assert not Bookmark.objects.exists()
    assert Play.objects.count() == 1


def test_clearing_with_positions_forgets_every_bookmark_also_one_without_a_play(delete: Ask, alices: Profile) -> None:
    observed(alices, TitleFactory.create(), 900)
    BookmarkFactory.create(profile=alices)
    keys = set(Bookmark.objects.values_list("id", flat=True))
    assert delete(None, "&positions=true").status_code == 204
    assert (Bookmark.objects.count(), Play.objects.count()) == (0, 0)
    assert set(Removal.objects.values_list("key", flat=True)) == keys


@both_ways
def test_what_is_not_on_show_is_deleted_too_and_does_not_come_back_with_its_title(
    delete: Ask, alices: Profile, film: Title, query: str
) -> None:
    observed(alices, film, 900)
    film.soft_delete()
    assert delete(Play.objects.get(), query).status_code == 204
    observed(alices, film, 930)
    assert delete(None, query).status_code == 204
    assert not Play.objects.exists()


@both_ways
def test_a_play_in_a_programme_that_has_left_the_guide_can_be_deleted(delete: Ask, alices: Profile, query: str) -> None:
    programme = ProgrammeFactory.create()
    play = PlayFactory.create(profile=alices, title=None, content_type="tstv_catchup", content_id=programme.id)
    programme.delete()
    assert delete(play, query).status_code == 204


@pytest.mark.parametrize("positions", ["maybe", "2", "%00"])
def test_positions_are_forgotten_or_not(delete: Ask, alices: Profile, film: Title, positions: str) -> None:
    play = PlayFactory.create(profile=alices, title=film)
    for what in (play, None):
        assert delete(what, f"&positions={positions}").status_code == 422
    assert Play.objects.exists()


@both_ways
def test_clearing_takes_as_many_statements_for_many_plays_as_for_few(
    delete: Ask, alices: Profile, django_assert_max_num_queries: Any, query: str
) -> None:
    for _ in range(30):
        observed(alices, TitleFactory.create(), 900)
    with django_assert_max_num_queries(12):
        delete(None, query)


# --- While somebody watches ------------------------------------------------------------------------------------


@both_ways
@pytest.mark.parametrize("whole", [True, False], ids=["clearing", "deleting one"])
def test_a_heartbeat_that_has_read_its_bookmark_before_the_history_was_forgotten_loses_nothing(
    alices: Profile, film: Title, query: str, whole: bool
) -> None:
    read = observed(alices, film, 900, hours_ago=0.1)
    forget = bool(query)
    if whole:
        history.clear_history(profile=alices, forget_positions=forget)
    else:
        history.delete_play(profile=alices, play_id=read.play_id or uuid4(), forget_position=forget)
    now = timezone.now()
    save(read, Observation(930, 2 * HOUR, received_at=now, seen_at=now))
    bookmark = Bookmark.objects.get()
    assert bookmark.position_seconds == 930
    assert Play.objects.get().pk == bookmark.play_id


@pytest.mark.django_db(transaction=True)
@both_ways
def test_what_a_purge_has_in_its_hands_is_not_waited_for_for_long(
    delete: Ask, alices: Profile, film: Title, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr("common.patience.PATIENCE", timedelta(milliseconds=50))
    observed(alices, film, 900)
    answers: list[Answer] = []

    def ask() -> None:
        answers.extend([delete(Play.objects.get(), query), delete(None, query)])
        connections.close_all()

    with transaction.atomic():
        list(Bookmark.objects.select_for_update())
        viewer = threading.Thread(target=ask)
        viewer.start()
        viewer.join(timeout=20)
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "busy")] * 2
    assert (Play.objects.count(), orphans()) == (1, [])


@pytest.mark.parametrize("forget", [True, False], ids=["positions go", "positions stay"])
def test_what_begins_while_the_history_is_cleared_stays(
    alices: Profile, film: Title, monkeypatch: pytest.MonkeyPatch, forget: bool
) -> None:
    observed(alices, TitleFactory.create(), 900)
    held_by = history._held

    def held_and_then_somebody_begins(places: Any) -> Any:
        yield from held_by(places)
        observed(alices, film, 60)

    monkeypatch.setattr(history, "_held", held_and_then_somebody_begins)
    history.clear_history(profile=alices, forget_positions=forget)
    assert Play.objects.get().content_id == film.id
    assert orphans() == []


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_waits_for_its_position_to_be_forgotten_and_then_begins_anew(
    alices: Profile, film: Title, monkeypatch: pytest.MonkeyPatch
) -> None:
    observed(alices, film, 100, hours_ago=20)
    observed(alices, film, 5000, hours_ago=1)
    close, players = history._close, []

    def close_while_somebody_plays(held: Any) -> None:
        close(held)
        players.append(threading.Thread(target=play_and_leave))
        players[0].start()
        players[0].join(timeout=0.5)

    def play_and_leave() -> None:
        observed(alices, film, 0)
        connections.close_all()

    monkeypatch.setattr(history, "_close", close_while_somebody_plays)
    with transaction.atomic():  # as a purge does
        history.forget_places(Bookmark.objects.filter(profile=alices))
    players[0].join(timeout=20)
    assert Bookmark.objects.get().position_seconds == 0
    assert orphans() == []
    assert [play.furthest_seconds for play in Play.objects.filter(bookmark=None).order_by("started_at")] == [100, 5000]


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_that_meets_somebody_who_removes_what_is_watched_tries_again(alices: Profile, film: Title) -> None:
    observed(alices, film, 5000, hours_ago=1)
    answers: list[Bookmark] = []

    def start_again() -> None:
        answers.append(observed(alices, film, 0))
        connections.close_all()

    with transaction.atomic():
        # As the admin site does that removes an episode: the plays, then the bookmarks.
        list(Play.objects.select_for_update())
        player = threading.Thread(target=start_again)
        player.start()
        player.join(timeout=0.5)
        list(Bookmark.objects.select_for_update())
    player.join(timeout=20)
    assert [bookmark.position_seconds for bookmark in answers] == [0]
    assert Play.objects.count() == 2
    assert orphans() == []


@pytest.mark.django_db(transaction=True)
def test_players_and_a_viewer_who_clears_the_history_again_and_again_end_with_the_newest_positions(
    alices: Profile,
) -> None:
    films = TitleFactory.create_batch(3)
    failures: list[BaseException] = []

    def play(title: Title) -> None:
        # To and fro, so that plays begin and end.
        for position in [5000, 0, 4000, 10, 3000, 20, 2000, 30, 1234]:
            observed(alices, title, position)

    def clear() -> None:
        for number in range(12):
            history.clear_history(profile=alices, forget_positions=bool(number % 2))

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            failures.append(error)
        finally:
            connections.close_all()

    works: list[Callable[[], None]] = [*(lambda title=title: play(title) for title in films), clear, clear]
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert orphans() == []
    for title in films:
        observed(alices, title, 1260)
    assert set(Bookmark.objects.values_list("position_seconds", flat=True)) == {1260}
    assert orphans() == []


def test_clearing_leaves_what_others_played_and_have_no_position_of(alices: Profile, bobs: Profile) -> None:
    PlayFactory.create(profile=alices)
    others = PlayFactory.create(profile=bobs)
    history.clear_history(profile=alices, forget_positions=False)
    assert Play.objects.get() == others


def test_forgetting_a_play_in_catch_up_leaves_the_position_in_start_over(alices: Profile) -> None:
    programme = ProgrammeFactory.create()
    for content_type in ("tstv_catchup", "tstv_startover"):
        services.record_position(
            profile=alices,
            content_type=content_type,
            content_id=programme.id,
            position_seconds=600,
            duration_seconds=6000,
        )
    play = Play.objects.get(content_type="tstv_catchup")
    history.delete_play(profile=alices, play_id=play.pk, forget_position=True)
    assert Bookmark.objects.get().content_type == "tstv_startover"
