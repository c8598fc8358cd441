"""Thumbs up and down (contract 2.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog.models import Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from viewing.models import Rating, Removal

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.response import _MonkeyPatchedResponse as Answer
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

    Rate = Callable[..., Answer]

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/viewing/ratings"


@pytest.fixture
def film() -> Title:
    return TitleFactory.create()


def address(title_id: object, profile: Profile) -> str:
    return f"{ADDRESS}/{title_id}?profile_id={profile.id}"


@pytest.fixture
def client(as_user: As, alice: User) -> APIClient:
    return as_user(alice)


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


def test_the_same_thumb_again_changes_nothing(rate: Rate, film: Title, alices: Profile) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    Rating.objects.create(profile=alices, title=film, rating=1, created_at=yesterday)
    answer = rate(title_id=str(film.id), rating=1)
    assert parse_datetime(answer.json()["created_at"]) == yesterday
    assert Rating.objects.get().created_at == yesterday


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


# Taking it back


def test_a_thumb_can_be_taken_back_and_twice(client: APIClient, alices: Profile, film: Title) -> None:
    Rating.objects.create(profile=alices, title=film, rating=1)
    answers = [client.delete(address(film.id, alices)) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert client.get(address(film.id, alices)).json() is None


def test_other_devices_hear_once_that_a_thumb_was_taken_back(client: APIClient, alices: Profile, film: Title) -> None:
    Rating.objects.create(profile=alices, title=film, rating=1)
    for _ in range(2):
        client.delete(address(film.id, alices))
    client.delete(address(uuid4(), alices))
    assert [(row.profile, row.kind, row.key) for row in Removal.objects.all()] == [(alices, "rating", film.id)]


def test_only_that_thumb_is_taken_back(client: APIClient, alices: Profile, charlie: Profile, film: Title) -> None:
    other = TitleFactory.create()
    for profile, title in ((alices, film), (alices, other), (charlie, film)):
        Rating.objects.create(profile=profile, title=title, rating=1)
    client.delete(address(film.id, alices))
    assert {(row.profile, row.title) for row in Rating.objects.all()} == {(alices, other), (charlie, film)}


def test_an_episode_stands_for_its_series(client: APIClient, rate: Rate, alices: Profile) -> None:
    episode = EpisodeFactory.create()
    rate(title_id=str(episode.id), rating=1)
    assert [row.title for row in Rating.objects.all()] == [episode.season.title]
    client.delete(address(episode.id, alices))
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    "hidden",
    [{"status": "archived"}, {"deleted_at": timezone.now()}, {"age_rating": "TV-MA"}],
    ids=["archived", "deleted", "above the limit"],
)
def test_what_is_taken_back_while_it_is_hidden_does_not_come_back_with_the_title(
    client: APIClient, charlie: Profile, film: Title, hidden: dict[str, Any]
) -> None:
    Rating.objects.create(profile=charlie, title=film, rating=1)
    Title.with_deleted.filter(id=film.id).update(**hidden)
    assert client.delete(address(film.id, charlie)).status_code == 204
    assert not Rating.objects.exists()


def test_nobody_takes_back_the_thumb_of_a_foreign_profile(client: APIClient, bobs: Profile, film: Title) -> None:
    Rating.objects.create(profile=bobs, title=film, rating=1)
    assert client.delete(address(film.id, bobs)).status_code == 403
    assert Rating.objects.exists()
