"""What the database never lets into viewing state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Title
from catalog.tests.factories import TitleFactory
from viewing.models import Bookmark, BookmarkType, Rating, WatchlistItem
from viewing.tests.factories import BookmarkFactory

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
    alices.delete()
    assert [model.objects.count() for model in (Bookmark, Rating, WatchlistItem)] == [0, 0, 0]
