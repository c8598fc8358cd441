"""The shelves of the catalogue (contract 2.2)."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from catalog.tests.factories import GenreFactory

pytestmark = pytest.mark.django_db

GENRES = "/api/v1/catalog/genres"


def test_genres_are_a_bare_list_from_a_to_z(guest: APIClient) -> None:
    for name in ("Western", "Comedy", "Science Fiction"):
        GenreFactory.create(name=name)
    assert [genre["name"] for genre in guest.get(GENRES).json()] == ["Comedy", "Science Fiction", "Western"]


def test_a_genre_has_an_id_a_name_and_a_slug(guest: APIClient) -> None:
    genre = GenreFactory.create(name="Science Fiction", slug="science-fiction")
    answer = guest.get(GENRES)
    assert answer.json() == [{"id": str(genre.id), "name": "Science Fiction", "slug": "science-fiction"}]


def test_a_genre_without_titles_is_listed_too(guest: APIClient) -> None:
    genre = GenreFactory.create()
    assert not genre.titles.exists()
    assert [entry["id"] for entry in guest.get(GENRES).json()] == [str(genre.id)]


def test_without_genres_the_list_is_empty(guest: APIClient) -> None:
    answer = guest.get(GENRES)
    assert answer.status_code == 200
    assert answer.json() == []
