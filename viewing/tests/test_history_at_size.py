"""A history of years: 20,000 plays are listed and cleared as quickly as a few."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.tests.factories import TitleFactory
from common.db import take_stock
from epg.tests.factories import ProgrammeFactory
from viewing.history import history_of
from viewing.models import Play
from viewing.tests.factories import BookmarkFactory

if TYPE_CHECKING:
    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

PLAYS = 20_000


def play_often(profile: Profile, times: int) -> None:
    """A film and a programme, in turns, one a minute."""
    film, programme, now = (
        TitleFactory.create(age_rating="TV-G"),
        ProgrammeFactory.create(age_rating="TV-G"),
        timezone.now(),
    )
    place = BookmarkFactory.create(profile=profile, title=film)
    of_film = {"content_type": "movie", "content_id": film.id, "title": film, "bookmark": place}
    of_programme = {"content_type": "tstv_catchup", "content_id": programme.id}
    Play.objects.bulk_create(
        Play(
            profile=profile,
            started_at=now - timedelta(minutes=number),
            ended_at=now,
            **(of_programme if number % 10 == 0 else of_film),
        )
        for number in range(times)
    )


@pytest.mark.thorough
def test_the_newest_of_20000_plays_are_found_by_the_index_and_listed_in_as_many_statements(
    alice: User, alices: Profile, charlie: Profile, as_user: As
) -> None:
    client = as_user(alice)

    def statements(profile: Profile, page: int = 1) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/api/v1/viewing/history?profile_id={profile.id}&page={page}")
        assert len(answer.json()["items"]) == min(20, answer.json()["total"])
        return len(captured)

    for profile in (alices, charlie):
        play_often(profile, 20)
    few = [statements(profile) for profile in (alices, charlie)]
    for profile in (alices, charlie):
        play_often(profile, PLAYS)
    take_stock("viewing_play", "catalog_title")
    assert [statements(profile) for profile in (alices, charlie)] == few
    assert statements(alices, page=PLAYS // 20) == few[0]
    plan = history_of(alices).values("pk")[:20].explain()
    assert "Index Only Scan using play_newest" in plan or "Index Scan using play_newest" in plan
    assert client.delete(f"/api/v1/viewing/history?profile_id={alices.id}").status_code == 204
    assert not Play.objects.filter(profile=alices).exists()
    assert Play.objects.filter(profile=charlie).count() == PLAYS + 20
