"""What the database never lets into viewing state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from viewing.models import Bookmark, BookmarkType, Play, Rating, Removal, WatchlistItem
from viewing.tests.factories import BookmarkFactory, PlayFactory

if TYPE_CHECKING:
    from accounts.models import Profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def film() -> Title:
    return TitleFactory.create()


def test_a_profile_has_one_bookmark_per_content_and_type(alices: Profile, film: Title) -> None:
    BookmarkFactory.create(profile=alices, title=film)
    with pytest.raises(IntegrityError, match="bookmark_once"), transaction.atomic():
        BookmarkFactory.create(profile=alices, title=film)


def test_other_profiles_and_other_types_have_bookmarks_of_their_own(
    alices: Profile, charlie: Profile, film: Title
) -> None:
    for profile in (alices, charlie):
        for content_type in (BookmarkType.MOVIE, BookmarkType.CATCHUP):
            BookmarkFactory.create(profile=profile, title=film, content_type=content_type)
    assert Bookmark.objects.filter(content_id=film.id).count() == 4


def test_a_position_is_never_past_the_end() -> None:
    with pytest.raises(IntegrityError, match="bookmark_position_within_duration"), transaction.atomic():
        BookmarkFactory.create(position_seconds=101, duration_seconds=100)
    assert BookmarkFactory.create(position_seconds=100, duration_seconds=100).pk


def test_a_bookmark_is_in_something_of_a_known_type() -> None:
    with pytest.raises(IntegrityError, match="bookmark_type_known"), transaction.atomic():
        BookmarkFactory.create(content_type="radio")


def test_a_bookmark_is_in_something_that_lasts() -> None:
    with pytest.raises(IntegrityError, match="bookmark_has_a_duration"), transaction.atomic():
        BookmarkFactory.create(position_seconds=0, duration_seconds=0)


def test_a_position_is_never_negative() -> None:
    with pytest.raises(IntegrityError, match="position_seconds"), transaction.atomic():
        BookmarkFactory.create(position_seconds=-1)


def test_a_profile_rates_a_title_once(alices: Profile, charlie: Profile, film: Title) -> None:
    for profile in (alices, charlie):
        Rating.objects.create(profile=profile, title=film, rating=1)
    with pytest.raises(IntegrityError, match="rating_once"), transaction.atomic():
        Rating.objects.create(profile=alices, title=film, rating=-1)


@pytest.mark.parametrize("value", [0, 2, -2])
def test_a_rating_is_a_thumb_up_or_down(alices: Profile, film: Title, value: int) -> None:
    with pytest.raises(IntegrityError, match="rating_is_a_thumb"), transaction.atomic():
        Rating.objects.create(profile=alices, title=film, rating=value)


def test_a_profile_keeps_a_title_once(alices: Profile, charlie: Profile, film: Title) -> None:
    for profile in (alices, charlie):
        WatchlistItem.objects.create(profile=profile, title=film)
    with pytest.raises(IntegrityError, match="watchlist_once"), transaction.atomic():
        WatchlistItem.objects.create(profile=alices, title=film)


def test_a_deleted_profile_takes_its_viewing_state_along(alices: Profile, film: Title) -> None:
    BookmarkFactory.create(profile=alices, title=film)
    Rating.objects.create(profile=alices, title=film, rating=1)
    WatchlistItem.objects.create(profile=alices, title=film)
    PlayFactory.create(profile=alices, title=film, bookmark=Bookmark.objects.get())
    Removal.objects.create(profile=alices, kind="rating", key=film.id)
    alices.delete()
    models: list[Any] = [Bookmark, Rating, WatchlistItem, Play, Removal]
    assert [model.objects.count() for model in models] == [0] * 5


def test_an_episode_takes_its_bookmarks_and_plays_along_and_nothing_else_of_its_series(alices: Profile) -> None:
    gone = EpisodeFactory.create()
    kept = EpisodeFactory.create(season=gone.season)
    for episode in (gone, kept):
        of_episode = {"profile": alices, "title": episode.season.title, "episode": episode, "content_type": "episode"}
        PlayFactory.create(bookmark=BookmarkFactory.create(**of_episode), **of_episode)
    gone.delete()
    assert (Bookmark.objects.get().episode, Play.objects.get().episode) == (kept, kept)


def test_a_play_does_not_end_before_it_begins() -> None:
    play = PlayFactory.create()
    with pytest.raises(IntegrityError, match="play_ends_after_it_starts"), transaction.atomic():
        Play.objects.filter(pk=play.pk).update(ended_at=play.started_at - timedelta(seconds=1))


def test_a_play_is_of_something_of_a_known_type() -> None:
    with pytest.raises(IntegrityError, match="play_type_known"), transaction.atomic():
        PlayFactory.create(content_type="radio")


def test_a_removal_is_of_a_known_kind(alices: Profile, film: Title) -> None:
    with pytest.raises(IntegrityError, match="removal_kind_known"), transaction.atomic():
        Removal.objects.create(profile=alices, kind="radio", key=film.id)


def test_a_position_that_was_put_aside_has_its_time() -> None:
    bookmark = BookmarkFactory.create()
    with pytest.raises(IntegrityError, match="bookmark_previous_position_has_a_time"), transaction.atomic():
        Bookmark.objects.filter(pk=bookmark.pk).update(previous_position_seconds=1)
