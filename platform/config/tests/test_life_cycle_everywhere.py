"""A title that is a draft, archived, not yet or no longer available is for viewers as if it did not exist.

The proof is the walk of test_soft_delete_everywhere.py. Availability begins and ends without any write: there the
clock is what changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import ContentVector, Title
from catalog.tests.factories import TitleFactory
from config.tests.sentinels import OF_A_TITLE, SHOWS_TITLES, World, ask, everybody, is_as_expected, nothing_stays
from conftest import As
from epg.models import FavouriteChannel
from recommendations.taste import taste_of
from viewing.models import Bookmark, Play, Rating, WatchlistItem

pytestmark = pytest.mark.django_db

Fields = Callable[[], dict[str, Any]]
# Ways in which a title is not on show, each by the columns that make it so.
HIDDEN: Final[dict[str, Fields]] = {
    "a draft": lambda: {"status": "draft"},
    "archived": lambda: {"status": "archived"},
    "not yet available": lambda: {"available_from": timezone.now() + timedelta(hours=1)},
    "no longer available": lambda: {"available_until": timezone.now() - timedelta(seconds=1)},
}
every_way = pytest.mark.parametrize("way", HIDDEN)
# What tells of a hidden title all the same, with the reason. The walk fails for one that does not.
STILL_TELLS: Final = {
    "/api/v1/auth/me/export": "what Alice left on a title is hers, whether or not viewers can still see the title",
}


@pytest.fixture
def world(alices: Profile, settings: Settings) -> World:
    """The world with a harmless channel, where nobody asks too often."""
    settings.RATE_LIMIT_USER = settings.RATE_LIMIT_ADDRESS = None
    return World(alices, channel_word="harmless")


def write(world: World, fields: dict[str, Any]) -> None:
    """The same columns for every sentinel title."""
    Title.objects.filter(id__in=[title.id for title in world.titles]).update(**fields)


def hide(world: World, way: str) -> None:
    """Take the titles off show."""
    write(world, HIDDEN[way]())


def show(world: World) -> None:
    """Put them on show again."""
    write(world, {"status": "published", "available_from": None, "available_until": None})


@pytest.mark.thorough
@every_way
def test_what_is_not_on_show_shows_nowhere_and_comes_back_whole(
    way: str, world: World, alice: User, as_user: As, guest: APIClient
) -> None:
    before = everybody(world, alice, as_user, guest)
    assert {path.removeprefix("/api/v1") for path in before["Alice with her profile"]} >= SHOWS_TITLES
    hide(world, way)
    while_hidden = everybody(world, alice, as_user, guest)
    assert {who: shown - set(STILL_TELLS) for who, shown in while_hidden.items()} == {who: set() for who in before}
    assert set().union(*while_hidden.values()) == set(STILL_TELLS)
    show(world)
    assert everybody(world, alice, as_user, guest) == before


@every_way
def test_a_hidden_title_is_answered_like_one_that_never_was(way: str, world: World, alice: User, as_user: As) -> None:
    client = as_user(alice)
    for method, address, there, gone in OF_A_TITLE:
        with nothing_stays():
            hide(world, way)
            answer = ask(client, world, method, address)
            assert is_as_expected(answer, gone), (method, address, answer.content)
            show(world)
            answer = ask(client, world, method, address)
            assert is_as_expected(answer, there), (method, address, answer.content)


def test_a_hidden_title_is_refused_with_the_words_for_an_unknown_one(guest: APIClient) -> None:
    draft = TitleFactory.create(status="draft")
    hidden = guest.get(f"/api/v1/catalog/titles/{draft.id}")
    unknown = guest.get("/api/v1/catalog/titles/00000000-0000-4000-8000-000000000000")
    assert (hidden.status_code, hidden.json()) == (404, unknown.json())


@every_way
def test_what_viewers_left_on_a_hidden_title_is_kept_as_it_was(
    way: str, world: World, alice: User, as_user: As
) -> None:
    models: list[Any] = [Bookmark, Play, Rating, WatchlistItem, FavouriteChannel, ContentVector]
    before = [list(model.objects.order_by("pk").values_list()) for model in models]
    hide(world, way)
    for method, address, _, gone in OF_A_TITLE:
        if method != "DELETE":  # what she takes off herself stays off
            assert is_as_expected(ask(as_user(alice), world, method, address), gone)
    assert [list(model.objects.order_by("pk").values_list()) for model in models] == before


@every_way
def test_a_heartbeat_in_a_hidden_title_leaves_no_row(way: str, world: World, alice: User, as_user: As) -> None:
    Bookmark.objects.all().delete()
    hide(world, way)
    address = f"/api/v1/viewing/bookmarks?profile_id={world.alices.id}"
    for kind, content_id in (("movie", world.film.id), ("episode", world.episodes[0].id)):
        body = {"content_type": kind, "content_id": content_id, "position_seconds": 1, "duration_seconds": 100}
        assert as_user(alice).put(address, body).status_code == 404
    assert not Bookmark.objects.exists()


@every_way
def test_what_is_hidden_shapes_no_taste_until_it_is_on_show_again(way: str, world: World) -> None:
    before = taste_of(world.alices)
    assert {world.film.id, world.series.id} <= before.touched
    hide(world, way)
    taste = taste_of(world.alices)
    assert taste.touched == {world.harmless.id}
    assert taste.centroid is not None
    assert taste.centroid.tolist() == [1, 1, 0.5]
    show(world)
    assert taste_of(world.alices).touched == before.touched


@every_way
def test_bookmarks_in_hidden_titles_choose_no_genre_for_the_home_page(
    way: str, world: World, alice: User, as_user: As
) -> None:
    TitleFactory.create(title="On the same shelf").genres.add(world.genre)

    def rails() -> set[str]:
        answer = as_user(alice).get(f"/api/v1/recommendations/home?profile_id={world.alices.id}").json()
        return {rail["name"] for rail in answer["rails"]}

    assert "Top in Drama" in rails()
    hide(world, way)
    assert "Top in Drama" not in rails()


# --- The clock -------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[Callable[[datetime], None]]:
    """Says what time it is for the rule of what is on show."""
    with patch("catalog.visibility.timezone.now") as now:

        def set_to(moment: datetime) -> None:
            now.return_value = moment

        set_to(datetime.now(tz=timezone.get_current_timezone()))
        yield set_to


def test_availability_begins_with_its_first_moment_and_is_over_at_its_last(
    guest: APIClient, clock: Callable[[datetime], None]
) -> None:
    begin, end = timezone.now() + timedelta(days=1), timezone.now() + timedelta(days=2)
    title = TitleFactory.create(available_from=begin, available_until=end)
    moment = timedelta(microseconds=1)
    seen = []
    for time in (begin - moment, begin, end - moment, end):
        clock(time)
        seen.append(guest.get(f"/api/v1/catalog/titles/{title.id}").status_code)
    assert seen == [404, 200, 200, 404]


@pytest.mark.parametrize(("begin", "end"), [(None, None), (-1, None), (None, 1), (-1, 1)])
def test_an_availability_that_is_open_at_an_end_has_no_limit_there(
    guest: APIClient, begin: int | None, end: int | None
) -> None:
    def day(number: int | None) -> datetime | None:
        return None if number is None else timezone.now() + timedelta(days=number)

    title = TitleFactory.create(available_from=day(begin), available_until=day(end))
    assert guest.get(f"/api/v1/catalog/titles/{title.id}").status_code == 200


# --- Staff -------------------------------------------------------------------------------------------------------


@every_way
def test_staff_see_what_viewers_do_not(way: str, world: World, editor: User, as_user: As) -> None:
    hide(world, way)
    table = as_user(editor).get("/api/v1/admin/titles?q=sentinel").json()
    assert {row["id"] for row in table["items"]} == {str(title.id) for title in world.titles}
    assert as_user(editor).get(f"/api/v1/admin/titles/{world.film.id}").status_code == 200


@every_way
def test_the_words_for_viewers_leave_out_what_is_hidden_whatever_they_begin_with(way: str, world: World) -> None:
    hide(world, way)
    for rows in (Title.objects.all(), Title.with_deleted.all()):
        assert world.film not in rows.visible_to(None)
        assert world.film not in rows.visible_to(world.alices)


def test_each_word_of_the_life_cycle_asks_for_one_thing() -> None:
    rows = {way: TitleFactory.create(**fields()) for way, fields in HIDDEN.items()}
    rows["on show"] = TitleFactory.create()
    times = {rows["not yet available"], rows["no longer available"]}
    assert set(Title.objects.published()) == {rows["on show"], *times}
    assert set(Title.objects.available()) == {rows["on show"], rows["a draft"], rows["archived"]}
    assert set(Title.objects.on_show()) == {rows["on show"]}
