"""Searching the guide (contract 2.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from epg.models import Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

SEARCH = "/api/v1/epg/search"


def found(client: APIClient, words: str, **query: Any) -> list[str]:
    answer = client.get(SEARCH, {"q": words, **query})
    assert answer.status_code == 200
    return [programme["title"] for programme in answer.json()]


def test_a_title_is_found_by_any_part_of_it_in_any_case(guest: APIClient) -> None:
    for title in ("The Lighthouse", "Northern Lights", "Daylight", "Darkness"):
        ProgrammeFactory.create(title=title)
    assert set(found(guest, "LIGHT")) == {"The Lighthouse", "Northern Lights", "Daylight"}


def test_a_sub_title_is_found_like_a_title(guest: APIClient) -> None:
    ProgrammeFactory.create(title="Series", sub_title="The Lighthouse")
    ProgrammeFactory.create(title="Series", sub_title="The 100% wall")
    ProgrammeFactory.create(title="Series")
    assert found(guest, "light") == ["Series: The Lighthouse"]
    assert found(guest, "0%") == ["Series: The 100% wall"]
    assert len(found(guest, "series")) == 3


def test_letters_beyond_ascii_are_found_in_any_case(guest: APIClient) -> None:
    ProgrammeFactory.create(title="Påskenøtter")
    assert found(guest, "PÅSKENØTT") == ["Påskenøtter"]


@pytest.mark.parametrize("literal", ["%", "_", "\\", "'", '"', "';--"])
def test_signs_that_mean_something_to_the_database_mean_themselves(guest: APIClient, literal: str) -> None:
    ProgrammeFactory.create(title=f"One {literal} Two")
    ProgrammeFactory.create(title="One and Two")
    assert found(guest, literal) == [f"One {literal} Two"]


def test_what_starts_first_comes_first(guest: APIClient) -> None:
    for hours in (3, -5, 1):
        ProgrammeFactory.create(title=f"News at {hours}", start_time=timezone.now() + timedelta(hours=hours))
    assert found(guest, "news") == ["News at -5", "News at 1", "News at 3"]


def test_the_first_fifty_are_enough(guest: APIClient) -> None:
    channel, start = ChannelFactory.create(), timezone.now()
    moments = [start + timedelta(minutes=place) for place in range(60)]
    Programme.objects.bulk_create(
        Programme(channel=channel, title=f"Clip {place:02}", start_time=moment, end_time=moment + timedelta(minutes=1))
        for place, moment in reversed(list(enumerate(moments)))
    )
    assert found(guest, "clip") == [f"Clip {place:02}" for place in range(50)]


def test_only_titles_are_searched(guest: APIClient) -> None:
    ProgrammeFactory.create(
        title="Film", synopsis="A lighthouse keeper.", series_title="Lighthouse", genre="Lighthouses"
    )
    assert found(guest, "lighthouse") == []


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "   "}])
def test_words_are_required(guest: APIClient, query: dict[str, str]) -> None:
    answer = guest.get(SEARCH, query)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("q: ")


def test_a_child_finds_nothing_above_its_limit(as_user: As, alice: User, charlie: Profile) -> None:
    for rating in ("TV-PG", "TV-14", "TV-MA", None):
        ProgrammeFactory.create(title=f"Night {rating}", age_rating=rating)
    assert found(as_user(alice), "night", profile_id=charlie.id) == ["Night TV-PG"]


def test_a_search_for_a_foreign_profile_is_refused(as_user: As, alice: User, bobs: Profile) -> None:
    assert as_user(alice).get(SEARCH, {"q": "news", "profile_id": str(bobs.id)}).status_code == 403
