"""Continue watching in a table of very many bookmarks (`make long`), and of some in each run."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Profile
from catalog.models import Episode
from catalog.tests.factories import SeasonFactory, TitleFactory
from viewing.continue_watching import Occasion, continue_watching
from viewing.continue_watching.candidates import cards, newest_unfinished, shown_of
from viewing.models import Bookmark
from viewing.tests.many_bookmarks import Content, keep, make_catalogue, make_profiles, watch

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.test import APIClient

    from conftest import As

ADDRESS: Final = "/api/v1/viewing/continue-watching"
MOST_STATEMENTS: Final = 4
MOST_BUFFERS: Final = 30
# What the cards take beside: their titles, seasons and episodes, and what follows; as much in a table of any size.
MOST_BUFFERS_OF_CARDS: Final = 2_500
EACH: Final = 50


def buffers(rows: QuerySet[Any]) -> int:
    """How many pages of tables and indexes a statement reads, as PostgreSQL counts them while it runs."""
    explained = rows.explain(format="json", analyze=True, buffers=True)
    plan = json.loads(explained)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def pages_read(profile: Profile) -> tuple[int, int]:
    """To find what a profile is in the middle of, and to make cards of it."""
    now = timezone.now()
    newest = newest_unfinished(profile, now, 20)
    made = cards(profile, list(shown_of(profile, [row.pk for row in newest], now)), now)
    assert len(continue_watching(profile=profile, occasion=Occasion(now), limit=20)) >= 8
    return buffers(newest.values_list("pk", flat=True)), buffers(made)


def assert_little_is_read(profiles: list[Profile]) -> None:
    found = [pages_read(profile) for profile in profiles]
    print(f"{Bookmark.objects.count():,} bookmarks: (found, shown) {sorted(found)}")  # noqa: T201
    assert max(newest for newest, _ in found) <= MOST_BUFFERS
    assert max(made for _, made in found) <= MOST_BUFFERS_OF_CARDS


@pytest.mark.django_db
def test_the_bookmarks_of_a_profile_are_found_on_few_pages_among_20000() -> None:
    ids = make_profiles(400)
    watch(ids, make_catalogue(600), each=EACH)
    assert_little_is_read(list(Profile.objects.filter(id__in=ids[:5])))


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_bookmarks_of_a_profile_are_found_on_few_pages_among_a_million() -> None:
    ids = make_profiles(20_000)
    watch(ids, make_catalogue(15_000), each=EACH)
    assert Bookmark.objects.count() == 1_000_000
    assert_little_is_read(list(Profile.objects.filter(id__in=random.Random(7).sample(ids, 50))))
    # Whoever is in the middle of 2,000 films is no exception.
    everything = [("movie", film.id, film.id, None) for film in TitleFactory.create_batch(3_000)]
    keep(ids[0], everything)
    assert_little_is_read([Profile.objects.get(id=ids[0])])


# Statements, whatever the history


@pytest.mark.django_db
def test_the_row_takes_four_statements_at_most_for_any_history(as_user: As, alices: Profile) -> None:
    season, films = SeasonFactory.create(), TitleFactory.create_batch(10)
    every = [Episode(season=season, episode_number=number, title="Soap") for number in range(1, 5_001)]
    Episode.objects.bulk_create(every, batch_size=1_000)
    contents: list[Content] = [("movie", film.id, film.id, None) for film in films]
    contents += [("episode", episode.id, season.title_id, episode.id) for episode in every[:4_990]]
    client, done, taken = as_user(alices.user), 0, set()
    for count in (0, 10, 500, 5_000):
        keep(alices.id, contents[done:count])
        done = count
        items, statements = row(client, alices)
        assert len(items) == min(Bookmark.objects.filter(profile=alices, completed=False).count(), 20)
        taken.add(statements)
    # Where nothing was watched there are no cards to ask for.
    assert taken == {MOST_STATEMENTS - 1, MOST_STATEMENTS}

    # One of the newest is hidden now: another is found in its place.
    Bookmark.objects.filter(id=items[0]["id"]).update(title=TitleFactory.create(status="archived"))
    others, statements = row(client, alices)
    assert len({item["id"] for item in others} - {item["id"] for item in items}) == 1
    assert len(others) == 20
    assert statements == MOST_STATEMENTS


def row(client: APIClient, profile: Profile) -> tuple[list[dict[str, Any]], int]:
    """Continue watching, and how many statements it took."""
    with CaptureQueriesContext(connection) as statements:
        items: list[dict[str, Any]] = client.get(ADDRESS, {"profile_id": str(profile.id)}).json()
    return items, len(statements)
