"""Lists cost the same number of SQL statements for 10 titles as for 1,000, whatever the size of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Collection, CollectionItem, Credit, Person, Title
from catalog.querysets import TitleQuerySet
from catalog.search.documents import index_catalogue
from catalog.search.terms import vocabulary
from catalog.tests.factories import GenreFactory, TitleFactory

if TYPE_CHECKING:
    from conftest import As

pytestmark = pytest.mark.django_db

TITLES = "/api/v1/catalog/titles"
# What narrows or orders; it finds every title below.
QUERIES = {
    "everything": "",
    "by year": "sort=year",
    "newest": "sort=newest",
    "every filter": "genre=crime&type=movie"
    "&year_from=1990&year_to=2020&maturity=TV-MA&country=us&language=en&mood=Dark",
    "a collection": "collection=evenings",
    "a search": "q=film",
    "a search in another order": "q=film&sort=year",
}


def fill_up_to(count: int) -> None:
    """Titles until there are `count`, each with two genres, a cast and a place in a collection."""
    crime, drama, ford, evenings = (
        GenreFactory.create(slug="crime"),
        GenreFactory.create(slug="drama"),
        Person.objects.get_or_create(name="Ford")[0],
        Collection.objects.get_or_create(name="Evenings", slug="evenings")[0],
    )
    new = TitleFactory.build_batch(
        count - Title.objects.count(), country_of_origin="US", language="en", mood_tags=["dark"]
    )
    titles = Title.objects.bulk_create(new)
    through = Title.genres.through
    through.objects.bulk_create(through(title=title, genre=genre) for title in titles for genre in (crime, drama))
    Credit.objects.bulk_create(Credit(title=title, person=ford, role="actor") for title in titles)
    CollectionItem.objects.bulk_create(
        CollectionItem(collection=evenings, title=title, position=place) for place, title in enumerate(titles)
    )
    index_catalogue()
    vocabulary()  # which a process keeps for some minutes


def cost_of(client: APIClient, address: str, *, shown: int) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert len(answer.json()["items"]) == shown
    return len(captured)


def costs_of(client: APIClient, more: str, *, shown: int) -> dict[str, int]:
    """What each of the queries costs."""
    return {name: cost_of(client, f"{TITLES}?{query}{more}", shown=shown) for name, query in QUERIES.items()}


def test_a_page_for_a_profile_costs_3_statements_for_10_titles_and_for_1_000(
    as_user: As, alice: User, charlie: Profile
) -> None:
    client, profile = as_user(alice), f"&profile_id={charlie.id}"
    fill_up_to(10)
    assert costs_of(client, f"{profile}&page_size=24", shown=10) == dict.fromkeys(QUERIES, 3)
    fill_up_to(1_000)
    assert costs_of(client, f"{profile}&page_size=24", shown=24) == dict.fromkeys(QUERIES, 3)
    assert costs_of(client, f"{profile}&page_size=100", shown=100) == dict.fromkeys(QUERIES, 3)


def test_a_page_for_a_guest_costs_2_statements_for_10_titles_and_for_1_000(guest: APIClient) -> None:
    fill_up_to(10)
    assert costs_of(guest, "&page_size=24", shown=10) == dict.fromkeys(QUERIES, 2)
    fill_up_to(1_000)
    assert costs_of(guest, "&page_size=100", shown=100) == dict.fromkeys(QUERIES, 2)


def test_the_genres_cost_one_statement(guest: APIClient) -> None:
    GenreFactory.create_batch(30)
    with CaptureQueriesContext(connection) as captured:
        assert len(guest.get("/api/v1/catalog/genres").json()) == 30
    assert len(captured) == 1


@pytest.mark.parametrize(
    ("index", "word"),
    [("title_by_country", TitleQuerySet.from_country), ("title_by_language", TitleQuerySet.in_language)],
)
def test_a_page_of_what_is_rare_does_not_read_the_whole_catalogue(
    index: str, word: Callable[[TitleQuerySet, str], TitleQuerySet]
) -> None:
    Title.objects.bulk_create(TitleFactory.build_batch(2_000, country_of_origin="US", language="en"))
    rare = word(Title.objects.visible_to(None), "is")
    assert index in rare.alphabetical()[:24].explain()
