"""Everything known of one programme, and how its title is read."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.tests.factories import TitleFactory
from conftest import As
from epg.models import Programme
from epg.tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db

PROGRAMS = "/api/v1/epg/programs"
CREDITS = [{"role": "actor", "name": "Ada Lovelace", "character": "Herself"}]
FRENCH = {"fr": {"title": "Les nouvelles", "synopsis": "Ce qui s'est passé"}}


def detail(client: APIClient, programme: Programme, **query: Any) -> Any:
    return client.get(f"{PROGRAMS}/{programme.id}", query)


def test_everything_known_is_told(guest: APIClient) -> None:
    known = {
        "sub_title": "The first",
        "credits": CREDITS,
        "image_url": "https://pictures.example.com/news.png",
        "year": 2026,
        "rating_original": "BBFC U",
        "is_premiere": True,
        "translations": FRENCH,
    }
    programme = ProgrammeFactory.create(title="News", **known)
    answer = detail(guest, programme)
    (now,) = guest.get("/api/v1/epg/now").json()
    assert answer.status_code == 200
    assert answer.json() == now["current_program"] | known | {"catalogue_title_id": None, "channel": now["channel"]}
    assert answer.json()["title"] == "News: The first"


def test_an_unchanged_programme_is_304(guest: APIClient) -> None:
    programme = ProgrammeFactory.create()
    tag = detail(guest, programme)["ETag"]
    assert guest.get(f"{PROGRAMS}/{programme.id}", HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_what_is_not_there_is_not_found(guest: APIClient) -> None:
    deleted, off = ProgrammeFactory.create(), ProgrammeFactory.create(channel__is_active=False)
    deleted.channel.soft_delete()
    for programme in (deleted, off, Programme(id=uuid4())):
        answer = detail(guest, programme)
        assert (answer.status_code, answer.json()["code"]) == (404, "programme_not_found")


@pytest.mark.parametrize(
    ("rating", "status"), [("TV-Y", 200), ("TV-PG", 200), ("TV-14", 403), ("odd", 403), (None, 403)]
)
def test_what_is_above_the_profiles_limit_is_refused(
    as_user: As, alice: User, charlie: Profile, rating: str | None, status: int
) -> None:
    answer = detail(as_user(alice), ProgrammeFactory.create(age_rating=rating), profile_id=charlie.id)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "programme_not_suitable"


def test_the_title_it_shows_is_named_only_to_who_may_see_that(as_user: As, alice: User, charlie: Profile) -> None:
    client, film = as_user(alice), TitleFactory.create(age_rating="TV-MA")
    programme = ProgrammeFactory.create(catalogue_title=film)
    assert detail(client, programme).json()["catalogue_title_id"] == str(film.id)
    assert detail(client, programme, profile_id=charlie.id).json()["catalogue_title_id"] is None
    film.soft_delete()
    assert detail(client, programme).json()["catalogue_title_id"] is None


def test_a_guest_sees_no_stream(guest: APIClient) -> None:
    programme = ProgrammeFactory.create(channel__hls_live_url="https://stream.example.com/live.m3u8")
    assert detail(guest, programme).json()["channel"]["hls_live_url"] is None


def test_it_takes_two_statements(guest: APIClient) -> None:
    programme = ProgrammeFactory.create()
    with CaptureQueriesContext(connection) as statements:
        detail(guest, programme)
    assert len(statements) == 2


@pytest.mark.parametrize(
    ("title", "sub_title", "shown"),
    [
        ("Series", "Episode", "Series: Episode"),
        ("Series", None, "Series"),
        ("Series", "", "Series"),
        ("Series", "series", "series"),
        ("Series", "Series: Episode", "Series: Episode"),
        ("News", "News at Ten", "News at Ten"),
        ("Series: Episode", "Episode", "Series: Episode"),
        ("New", "Newcastle", "New: Newcastle"),
        ("The Night", "Night", "The Night: Night"),
        ("x" * 400, "y" * 400, f"{'x' * 400}: {'y' * 98}"),
    ],
)
def test_a_title_is_read_with_its_sub_title_unless_that_repeats_it(
    title: str, sub_title: str | None, shown: str
) -> None:
    assert Programme(title=title, sub_title=sub_title).full_title == shown
