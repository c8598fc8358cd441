"""Lists cost the same number of SQL statements for 10 titles as for 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Credit, Person, Title
from catalog.tests.factories import GenreFactory, TitleFactory

if TYPE_CHECKING:
    from conftest import As

pytestmark = pytest.mark.django_db

BUDGET = 5
LISTS = {"titles": "/api/v1/catalog/titles?page_size=100", "search": "/api/v1/catalog/search?page_size=100&q=ford"}
every_list = pytest.mark.parametrize("address", LISTS.values(), ids=LISTS)


def fill_up_to(count: int) -> None:
    """Titles until there are `count`, each with two genres and a cast, each found by "ford"."""
    crime, drama, ford = (
        GenreFactory.create(slug="crime"),
        GenreFactory.create(slug="drama"),
        Person.objects.create(name="Ford"),
    )
    titles = TitleFactory.create_batch(count - Title.objects.count())
    through = Title.genres.through
    through.objects.bulk_create(through(title=title, genre=genre) for title in titles for genre in (crime, drama))
    Credit.objects.bulk_create(Credit(title=title, person=ford, role="actor") for title in titles)


def cost_of(client: APIClient, address: str, *, shown: int) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert len(answer.json()["items"]) == shown
    return len(captured)


@every_list
def test_a_list_for_a_guest_costs_the_same_for_10_titles_and_for_200(guest: APIClient, address: str) -> None:
    fill_up_to(10)
    few = cost_of(guest, address, shown=10)
    fill_up_to(200)
    assert cost_of(guest, address, shown=100) == few <= BUDGET


@every_list
def test_a_list_for_a_profile_costs_the_same_for_10_titles_and_for_200(
    as_user: As, alice: User, charlie: Profile, address: str
) -> None:
    client, address = as_user(alice), f"{address}&profile_id={charlie.id}"
    fill_up_to(10)
    few = cost_of(client, address, shown=10)
    fill_up_to(200)
    assert cost_of(client, address, shown=100) == few <= BUDGET


def test_the_genres_cost_one_statement(guest: APIClient) -> None:
    GenreFactory.create_batch(30)
    with CaptureQueriesContext(connection) as captured:
        assert len(guest.get("/api/v1/catalog/genres").json()) == 30
    assert len(captured) == 1
