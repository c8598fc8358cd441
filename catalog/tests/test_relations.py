"""What titles are to each other: stored once, told from both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Title, TitleRelation
from catalog.tests.factories import EpisodeFactory, GenreFactory, TitleFactory
from catalog.tests.test_browsing import TITLE_ITEM

if TYPE_CHECKING:
    from conftest import As

pytestmark = pytest.mark.django_db


def relations(client: APIClient, title: Title, **query: str) -> list[tuple[str, str]]:
    answer = client.get(f"/api/v1/catalog/titles/{title.id}/relations", query)
    assert answer.status_code == 200, answer.content
    return [(entry["relation"], entry["title"]["title"]) for entry in answer.json()]


def relate(title: Title, related: Title, kind: str) -> None:
    """`related` is the sequel (or what `kind` says) of `title`."""
    TitleRelation.objects.create(title=title, related=related, kind=kind)


@pytest.mark.parametrize(
    ("kind", "backwards"),
    [("sequel", "prequel"), ("prequel", "sequel"), ("remake", "original"), ("spin_off", "original")],
)
def test_a_relation_is_told_from_both_ends(guest: APIClient, kind: str, backwards: str) -> None:
    first, second = TitleFactory.create(title="First"), TitleFactory.create(title="Second")
    relate(first, second, kind)
    assert relations(guest, first) == [(kind, "Second")]
    assert relations(guest, second) == [(backwards, "First")]


def test_what_is_stored_from_both_ends_is_told_once(guest: APIClient) -> None:
    first, second = TitleFactory.create(title="First"), TitleFactory.create(title="Second")
    relate(first, second, "sequel")
    relate(second, first, "prequel")
    assert relations(guest, first) == [("sequel", "Second")]
    assert relations(guest, second) == [("prequel", "First")]


def test_of_two_that_contradict_each_other_what_is_said_of_the_title_itself_counts(guest: APIClient) -> None:
    first, second = TitleFactory.create(title="First"), TitleFactory.create(title="Second")
    relate(first, second, "spin_off")
    relate(second, first, "sequel")
    assert relations(guest, first) == [("spin_off", "Second")]
    assert relations(guest, second) == [("sequel", "First")]


def test_related_titles_come_by_year_and_what_has_none_last(guest: APIClient) -> None:
    title = TitleFactory.create()
    for name, year in (("Undated", None), ("Later", 2009), ("Earlier", 1990), ("Also later", 2009)):
        relate(title, TitleFactory.create(title=name, release_year=year), "sequel")
    assert [name for _, name in relations(guest, title)] == ["Earlier", "Also later", "Later", "Undated"]


def test_a_related_title_looks_as_in_every_list(guest: APIClient) -> None:
    first, second = TitleFactory.create(), TitleFactory.create()
    second.genres.add(GenreFactory.create(name="Western"))
    relate(first, second, "remake")
    (entry,) = guest.get(f"/api/v1/catalog/titles/{first.id}/relations").json()
    assert set(entry) == {"relation", "title"}
    assert set(entry["title"]) == set(TITLE_ITEM)
    assert entry["title"]["genres"] == ["Western"]


def test_a_title_without_relations_has_an_empty_list(guest: APIClient) -> None:
    assert relations(guest, TitleFactory.create()) == []


def test_the_id_of_an_episode_leads_to_the_relations_of_its_series(guest: APIClient) -> None:
    episode = EpisodeFactory.create()
    relate(episode.season.title, TitleFactory.create(title="The same again"), "spin_off")
    answer = guest.get(f"/api/v1/catalog/titles/{episode.id}/relations")
    assert [entry["title"]["title"] for entry in answer.json()] == ["The same again"]


def test_a_child_is_told_of_nothing_above_its_limit(as_user: As, alice: User, charlie: Profile) -> None:
    title = TitleFactory.create()
    relate(title, TitleFactory.create(title="Too much", age_rating="TV-MA"), "sequel")
    relate(TitleFactory.create(title="Unrated", age_rating=None), title, "sequel")
    relate(title, TitleFactory.create(title="Harmless", age_rating="TV-Y"), "spin_off")
    assert relations(as_user(alice), title, profile_id=str(charlie.id)) == [("spin_off", "Harmless")]


def test_the_relations_of_a_title_that_may_not_be_seen_are_refused_like_the_title(
    guest: APIClient, as_user: As, alice: User, charlie: Profile
) -> None:
    draft, strong = TitleFactory.create(status="draft"), TitleFactory.create(age_rating="TV-MA")
    assert guest.get(f"/api/v1/catalog/titles/{draft.id}/relations").status_code == 404
    address = f"/api/v1/catalog/titles/{strong.id}/relations?profile_id={charlie.id}"
    assert as_user(alice).get(address).status_code == 403


def test_relations_cost_4_statements_however_many(as_user: As, alice: User, alices: Profile) -> None:
    title, client = TitleFactory.create(), as_user(alice)
    for number in (2, 20):
        for _ in range(number):
            other = TitleFactory.create()
            other.genres.add(GenreFactory.create())
            relate(title, other, "sequel")
        with CaptureQueriesContext(connection) as captured:
            assert relations(client, title, profile_id=str(alices.id))
        assert len(captured) == 4
