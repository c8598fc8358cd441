"""What must never be false in the catalogue, whoever writes to the database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from catalog.models import Credit, ExternalId, Genre, Person
from catalog.tests.factories import EpisodeFactory, SeasonFactory, TitleFactory

pytestmark = pytest.mark.django_db


def test_a_title_is_a_film_or_a_series() -> None:
    with pytest.raises(IntegrityError, match="title_type_known"):
        TitleFactory.create(title_type="opera")


def test_a_title_has_a_name() -> None:
    with pytest.raises(IntegrityError, match="title_has_a_name"):
        TitleFactory.create(title="")


def test_an_external_id_names_one_title() -> None:
    ExternalId.objects.create(title=TitleFactory.create(), source="wikipedia", value="Alien")
    with pytest.raises(IntegrityError, match="external_id_names_one_title"):
        ExternalId.objects.create(title=TitleFactory.create(), source="wikipedia", value="Alien")


def test_two_sources_may_use_the_same_external_id() -> None:
    first = ExternalId.objects.create(title=TitleFactory.create(), source="wikipedia", value="Alien")
    second = ExternalId.objects.create(title=TitleFactory.create(), source="studio", value="Alien")
    assert first.title_id != second.title_id


def test_somebody_is_credited_once_per_role() -> None:
    title, person = TitleFactory.create(), Person.objects.create(name="Clint Eastwood")
    Credit.objects.create(title=title, person=person, role="actor")
    with pytest.raises(IntegrityError, match="credit_once_per_role"):
        Credit.objects.create(title=title, person=person, role="actor")


def test_somebody_may_be_credited_for_several_roles() -> None:
    title, person = TitleFactory.create(), Person.objects.create(name="Clint Eastwood")
    for role in ("actor", "director"):
        Credit.objects.create(title=title, person=person, role=role)
    assert title.credits.count() == 2


def test_a_series_has_each_season_number_once() -> None:
    season = SeasonFactory.create(season_number=1)
    with pytest.raises(IntegrityError, match="season_number_once"):
        SeasonFactory.create(title=season.title, season_number=1)


def test_a_season_has_each_episode_number_once() -> None:
    episode = EpisodeFactory.create(episode_number=1)
    with pytest.raises(IntegrityError, match="episode_number_once"):
        EpisodeFactory.create(season=episode.season, episode_number=1)


def test_two_seasons_may_have_the_same_episode_number() -> None:
    episode = EpisodeFactory.create(episode_number=1)
    other = EpisodeFactory.create(season=SeasonFactory.create(title=episode.season.title), episode_number=1)
    assert other.season.title_id == episode.season.title_id


def test_two_genres_never_share_a_name() -> None:
    Genre.objects.create(name="Comedy", slug="comedy")
    with pytest.raises(IntegrityError, match="catalog_genre_name"):
        Genre.objects.create(name="Comedy", slug="comedies")


def test_two_genres_never_share_a_slug() -> None:
    Genre.objects.create(name="Sci-Fi", slug="sci-fi")
    with pytest.raises(IntegrityError, match="catalog_genre_slug"):
        Genre.objects.create(name="Sci Fi", slug="sci-fi")


def test_numbers_are_never_negative() -> None:
    with pytest.raises(IntegrityError, match="release_year"):
        TitleFactory.create(release_year=-1)
