"""Thumbs up and down (contract 2.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog.models import Title
from catalog.tests.factories import TitleFactory
from viewing.models import Rating

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.response import _MonkeyPatchedResponse as Answer

    from accounts.models import Profile, User
    from conftest import As

    Rate = Callable[..., Answer]

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/viewing/ratings"


@pytest.fixture
def film() -> Title:
    return TitleFactory.create()


@pytest.fixture
def rate(as_user: As, alice: User, alices: Profile) -> Rate:
    """A thumb of Alice's, or of the profile that is given."""
    client = as_user(alice)

    def rate_as_alice(profile: Profile = alices, **body: Any) -> Answer:
        return client.post(f"{ADDRESS}?profile_id={profile.id}", body)

    return rate_as_alice


@pytest.mark.parametrize("thumb", [1, -1])
def test_a_thumb_is_kept_and_has_exactly_the_fields_of_the_contract(rate: Rate, film: Title, thumb: int) -> None:
    answer = rate(title_id=str(film.id), rating=thumb)
    row = Rating.objects.get()
    assert answer.status_code == 200
    assert parse_datetime(answer.json()["created_at"]) == row.created_at
    assert answer.json() == {
        "title_id": str(film.id),
        "rating": thumb,
        "created_at": answer.json()["created_at"],
    }


def test_the_newest_thumb_counts(rate: Rate, film: Title, alices: Profile) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    Rating.objects.create(profile=alices, title=film, rating=1, created_at=yesterday)
    rate(title_id=str(film.id), rating=-1)
    row = Rating.objects.get()
    assert (row.rating, row.created_at > yesterday) == (-1, True)


def test_the_thumb_of_a_title_can_be_read(rate: Rate, as_user: As, alice: User, alices: Profile, film: Title) -> None:
    given = rate(title_id=str(film.id), rating=-1).json()
    answer = as_user(alice).get(f"{ADDRESS}/{film.id}", {"profile_id": str(alices.id)})
    assert (answer.status_code, answer.json()) == (200, given)


def test_a_title_without_a_thumb_answers_the_word_null(as_user: As, alice: User, alices: Profile, film: Title) -> None:
    for title_id in (film.id, uuid4()):
        answer = as_user(alice).get(f"{ADDRESS}/{title_id}", {"profile_id": str(alices.id)})
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"null", "application/json")


def test_a_thumb_belongs_to_one_profile(
    rate: Rate, as_user: As, alice: User, alices: Profile, charlie: Profile, film: Title
) -> None:
    rate(charlie, title_id=str(film.id), rating=1)
    answer = as_user(alice).get(f"{ADDRESS}/{film.id}", {"profile_id": str(alices.id)})
    assert answer.json() is None


@pytest.mark.parametrize("thumb", ["2", 2, 0, -2, None, True, "up", 0.5])
def test_only_up_and_down_are_thumbs(rate: Rate, film: Title, thumb: object) -> None:
    answer = rate(title_id=str(film.id), rating=thumb)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["rating"])
    assert not Rating.objects.exists()


def test_a_thumb_needs_a_title_and_a_direction(rate: Rate, film: Title) -> None:
    assert list(rate().json()["errors"]) == ["title_id", "rating"]
    assert [rate(rating=1).status_code, rate(title_id=str(film.id)).status_code] == [422, 422]
    assert rate(title_id="five", rating=1).status_code == 422


def test_an_unknown_title_cannot_be_rated(rate: Rate) -> None:
    answer = rate(title_id=str(uuid4()), rating=1)
    assert (answer.status_code, answer.json()["code"]) == (404, "title_not_found")


def test_a_child_cannot_rate_what_is_above_its_limit(rate: Rate, charlie: Profile) -> None:
    film = TitleFactory.create(age_rating="TV-14")
    answer = rate(charlie, title_id=str(film.id), rating=1)
    assert (answer.status_code, answer.json()["code"]) == (403, "title_not_suitable")
    assert not Rating.objects.exists()


def test_nobody_rates_for_a_foreign_profile(rate: Rate, bobs: Profile, film: Title) -> None:
    assert rate(bobs, title_id=str(film.id), rating=1).status_code == 403
    assert not Rating.objects.exists()


def test_nobody_reads_the_thumb_of_a_foreign_profile(as_user: As, alice: User, bobs: Profile, film: Title) -> None:
    assert as_user(alice).get(f"{ADDRESS}/{film.id}", {"profile_id": str(bobs.id)}).status_code == 403
