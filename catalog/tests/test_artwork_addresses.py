"""The addresses of drawn pictures: public, cacheable, and harmless whatever a title is called."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from lxml import etree
from pytest_django import Settings
from rest_framework.test import APIClient

from catalog.models import Title
from catalog.pictures import seal
from catalog.tests.factories import GenreFactory, TitleFactory

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"
both_pictures = pytest.mark.parametrize(
    ("folder", "size"), [("posters", ("600", "900")), ("landscapes", ("1280", "720"))], ids=["poster", "landscape"]
)


def address(folder: str, title_id: uuid.UUID) -> str:
    return f"/artwork/{folder}/{title_id}/{seal(title_id)}.svg"


@both_pictures
def test_a_picture_is_a_drawing_of_its_size(guest: APIClient, folder: str, size: tuple[str, str]) -> None:
    answer = guest.get(address(folder, TitleFactory.create().id))
    drawing = etree.fromstring(answer.content)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert (drawing.tag, drawing.get("width"), drawing.get("height")) == (f"{SVG}svg", *size)


@both_pictures
def test_a_picture_may_load_and_run_nothing(guest: APIClient, folder: str, size: tuple[str, str]) -> None:
    answer = guest.get(address(folder, TitleFactory.create().id))
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


@both_pictures
def test_a_picture_may_be_cached_by_everybody(guest: APIClient, folder: str, size: tuple[str, str]) -> None:
    answer = guest.get(address(folder, TitleFactory.create().id))
    policy = {part.strip() for part in answer["Cache-Control"].split(",")}
    assert policy == {"public", "max-age=3600"}
    assert not answer.cookies
    assert "cookie" not in answer.get("Vary", "").lower()


@both_pictures
def test_a_picture_stays_the_same(guest: APIClient, folder: str, size: tuple[str, str]) -> None:
    title = TitleFactory.create()
    first, second = (guest.get(address(folder, title.id)).content for _ in range(2))
    assert first == second
    assert first != guest.get(address(folder, TitleFactory.create().id)).content


@both_pictures
def test_a_picture_of_an_unknown_title_is_not_found(guest: APIClient, folder: str, size: tuple[str, str]) -> None:
    answer = guest.get(address(folder, uuid.uuid4()))
    assert answer.status_code == 404
    assert "max-age" not in answer.get("Cache-Control", "")


@both_pictures
@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "draft"},
        {"status": "archived"},
        {"available_from": timezone.now() + timedelta(days=1)},
        {"available_until": timezone.now() - timedelta(days=1)},
        {"deleted_at": timezone.now()},
    ],
    ids=["a draft", "archived", "not yet", "no longer", "deleted"],
)
def test_a_title_that_is_not_on_show_has_no_picture(
    guest: APIClient, folder: str, size: tuple[str, str], hidden: dict[str, Any]
) -> None:
    title = TitleFactory.create()
    known = address(folder, title.id)
    assert guest.get(known).status_code == 200
    Title.with_deleted.filter(id=title.id).update(**hidden)
    answer = guest.get(known)
    assert (answer.status_code, "max-age" in answer.get("Cache-Control", "")) == (404, False)


def test_a_picture_of_something_that_is_no_id_is_not_found(guest: APIClient) -> None:
    assert guest.get("/artwork/posters/../../etc/passwd/seal.svg").status_code == 404


@both_pictures
def test_a_hostile_title_is_only_written_on_the_picture(guest: APIClient, folder: str, size: tuple[str, str]) -> None:
    hostile = """<script>&"'alert(1)</script>]]>&lt;"""
    title = TitleFactory.create(title=hostile)
    title.genres.add(GenreFactory.create(name='"><script>&'))
    drawing = etree.fromstring(guest.get(address(folder, title.id)).content)
    assert drawing.findtext(f"{SVG}title") == hostile
    assert not list(drawing.iter(f"{SVG}script", "script"))


@both_pictures
def test_the_year_and_the_first_genre_are_written_on_the_picture(
    guest: APIClient, folder: str, size: tuple[str, str]
) -> None:
    title = TitleFactory.create(title="Alien", release_year=1979)
    title.genres.add(GenreFactory.create(name="Science Fiction"), GenreFactory.create(name="Horror"))
    drawing = etree.fromstring(guest.get(address(folder, title.id)).content)
    assert "1979 · Horror" in str(etree.tostring(drawing, method="text", encoding="unicode"))


@both_pictures
def test_who_was_never_shown_a_title_cannot_guess_where_its_picture_is(
    guest: APIClient, folder: str, size: tuple[str, str]
) -> None:
    mine, other = TitleFactory.create(), TitleFactory.create()
    for guess in ("", "seal", seal(other.id), seal(mine.id)[:-1], seal(mine.id) + "A", "\x00", "ü" * 43):
        assert guest.get(f"/artwork/{folder}/{mine.id}/{guess}.svg").status_code == 404


@both_pictures
def test_an_address_made_with_the_secret_before_still_shows_its_picture(
    guest: APIClient, folder: str, size: tuple[str, str], settings: Settings
) -> None:
    title = TitleFactory.create()
    known = address(folder, title.id)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "another-secret-that-is-long-enough-0123456789",
        [settings.SECRET_KEY],
    )
    assert guest.get(known).status_code == 200
    assert address(folder, title.id) != known
