"""Titles for tests."""

from __future__ import annotations

from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from catalog.models import Collection, Episode, Genre, Season, Title, TitleType


class GenreFactory(DjangoModelFactory[Genre]):
    """A shelf."""

    class Meta:
        model = Genre
        django_get_or_create = ("slug",)

    name = Sequence(lambda number: f"Genre {number}")
    slug = Sequence(lambda number: f"genre-{number}")


class CollectionFactory(DjangoModelFactory[Collection]):
    """A shelf that editors fill."""

    class Meta:
        model = Collection

    name = Sequence(lambda number: f"Collection {number:03}")
    slug = Sequence(lambda number: f"collection-{number}")


class TitleFactory(DjangoModelFactory[Title]):
    """A film for everybody."""

    class Meta:
        model = Title

    title = Sequence(lambda number: f"Film {number:03}")
    title_type = TitleType.MOVIE
    age_rating = "TV-G"
    release_year = 2001
    duration_minutes = 100


class SeasonFactory(DjangoModelFactory[Season]):
    """A season of a series."""

    class Meta:
        model = Season

    title = SubFactory(TitleFactory, title_type=TitleType.SERIES)
    season_number = Sequence(lambda number: number + 1)


class EpisodeFactory(DjangoModelFactory[Episode]):
    """An episode."""

    class Meta:
        model = Episode

    season = SubFactory(SeasonFactory)
    episode_number = Sequence(lambda number: number + 1)
    title = Sequence(lambda number: f"Episode {number}")
    duration_minutes = 50
