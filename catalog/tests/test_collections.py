"""Collections that editors put together, and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Collection, CollectionItem, Title
from catalog.tests.factories import TitleFactory

if TYPE_CHECKING:
    from conftest import As

pytestmark = pytest.mark.django_db


def collect(name: str, *titles: Title) -> Collection:
    """A collection of these titles in this order."""
    collection = Collection.objects.create(name=name, slug=name.lower().replace(" ", "-"))
    for place, title in enumerate(titles):
        CollectionItem.objects.create(collection=collection, title=title, position=place)
    return collection


def shelves(client: APIClient, **query: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/catalog/collections", query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()
    return found


def page(client: APIClient, **query: Any) -> list[str]:
    answer = client.get("/api/v1/catalog/titles", query)
    assert answer.status_code == 200, answer.content
    return [item["title"] for item in answer.json()["items"]]


def test_a_collection_tells_what_it_is_and_how_many_titles_it_holds(guest: APIClient) -> None:
    collection = collect("Winter evenings", TitleFactory.create(), TitleFactory.create())
    assert shelves(guest) == [
        {
            "id": str(collection.id),
            "name": "Winter evenings",
            "slug": "winter-evenings",
            "description": None,
            "title_count": 2,
        }
    ]


def test_collections_come_from_a_to_z_and_empty_ones_not_at_all(guest: APIClient) -> None:
    title = TitleFactory.create()
    for name in ("Winter", "Autumn", "Spring"):
        collect(name, title)
    collect("Empty")
    assert [shelf["name"] for shelf in shelves(guest)] == ["Autumn", "Spring", "Winter"]


def test_a_child_counts_what_it_may_see_and_meets_no_empty_collection(
    as_user: As, alice: User, charlie: Profile
) -> None:
    harmless, strong = TitleFactory.create(age_rating="TV-Y"), TitleFactory.create(age_rating="TV-MA")
    collect("Mixed", harmless, strong, TitleFactory.create(age_rating=None))
    collect("Strong", strong)
    client = as_user(alice)
    counted = {shelf["name"]: shelf["title_count"] for shelf in shelves(client, profile_id=str(charlie.id))}
    assert counted == {"Mixed": 1}
    assert {shelf["name"]: shelf["title_count"] for shelf in shelves(client)} == {"Mixed": 3, "Strong": 1}


def test_what_is_not_on_show_does_not_count(guest: APIClient) -> None:
    collect("Mixed", TitleFactory.create(), TitleFactory.create(status="draft"), TitleFactory.create(status="archived"))
    collect("Drafts", TitleFactory.create(status="draft"))
    gone = TitleFactory.create()
    collect("Deleted", gone)
    gone.soft_delete()
    assert [(shelf["name"], shelf["title_count"]) for shelf in shelves(guest)] == [("Mixed", 1)]


def test_the_titles_of_a_collection_keep_the_order_of_its_editors(guest: APIClient) -> None:
    names = ("Zodiac", "Alien", "Metropolis", "Brazil")
    collect("Favourites", *(TitleFactory.create(title=name) for name in names))
    TitleFactory.create(title="On no shelf")
    assert page(guest, collection="favourites") == list(names)
    pages = [page(guest, collection="favourites", page=number, page_size=2) for number in (1, 2)]
    assert pages == [["Zodiac", "Alien"], ["Metropolis", "Brazil"]]


def test_a_title_has_a_place_of_its_own_in_each_collection(guest: APIClient) -> None:
    first, second = TitleFactory.create(title="First"), TitleFactory.create(title="Second")
    collect("Forwards", first, second)
    collect("Backwards", second, first)
    assert page(guest, collection="forwards") == ["First", "Second"]
    assert page(guest, collection="backwards") == ["Second", "First"]


def test_a_collection_can_be_sorted_otherwise_and_narrowed(guest: APIClient) -> None:
    years = {"Zodiac": 2007, "Alien": 1979, "Brazil": 1985}
    collect("Favourites", *(TitleFactory.create(title=name, release_year=year) for name, year in years.items()))
    assert page(guest, collection="favourites", sort="title") == ["Alien", "Brazil", "Zodiac"]
    assert page(guest, collection="favourites", sort="year") == ["Zodiac", "Brazil", "Alien"]
    assert page(guest, collection="favourites", year_to=1990) == ["Alien", "Brazil"]


def test_an_unknown_collection_is_an_empty_page(guest: APIClient) -> None:
    TitleFactory.create()
    assert page(guest, collection="no-such-collection") == []


def test_collections_cost_2_statements_however_many(as_user: As, alice: User, alices: Profile) -> None:
    client = as_user(alice)
    for start in (0, 10):
        for number in range(start, start + 10):
            collect(f"Shelf {number}", *TitleFactory.create_batch(3))
        with CaptureQueriesContext(connection) as captured:
            assert len(shelves(client, profile_id=str(alices.id))) == start + 10
        assert len(captured) == 2
