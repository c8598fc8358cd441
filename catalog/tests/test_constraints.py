"""What must never be false in the catalogue, whoever writes to the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalog.models import Collection, CollectionItem, Credit, ExternalId, Genre, Person, TitleRelation
from catalog.tests.factories import EpisodeFactory, SeasonFactory, TitleFactory

pytestmark = pytest.mark.django_db


def test_a_title_is_a_film_or_a_series() -> None:
    with pytest.raises(IntegrityError, match="title_type_known"):
        TitleFactory.create(title_type="opera")


def test_a_title_has_a_name() -> None:
    with pytest.raises(IntegrityError, match="title_has_a_name"):
        TitleFactory.create(title="")


@pytest.mark.parametrize("status", ["", "deleted", "Published"])
def test_a_title_is_a_draft_published_or_archived(status: str) -> None:
    with pytest.raises(IntegrityError, match="title_status_known"):
        TitleFactory.create(status=status)


@pytest.mark.parametrize("minutes", [0, -1])
def test_an_availability_ends_after_it_begins(minutes: int) -> None:
    begin = timezone.now()
    with pytest.raises(IntegrityError, match="title_available_until_after_from"):
        TitleFactory.create(available_from=begin, available_until=begin + timedelta(minutes=minutes))


def test_an_availability_may_be_open_at_either_end() -> None:
    TitleFactory.create(available_from=timezone.now())
    TitleFactory.create(available_until=timezone.now())


def test_a_title_is_not_related_to_itself() -> None:
    title = TitleFactory.create()
    with pytest.raises(IntegrityError, match="relation_to_another_title"):
        TitleRelation.objects.create(title=title, related=title, kind="sequel")


def test_a_title_is_one_thing_to_another() -> None:
    title, related = TitleFactory.create(), TitleFactory.create()
    TitleRelation.objects.create(title=title, related=related, kind="sequel")
    with pytest.raises(IntegrityError, match="relation_once"):
        TitleRelation.objects.create(title=title, related=related, kind="remake")


def test_a_relation_is_of_a_known_kind() -> None:
    with pytest.raises(IntegrityError, match="relation_kind_known"):
        TitleRelation.objects.create(title=TitleFactory.create(), related=TitleFactory.create(), kind="original")


def test_a_collection_holds_a_title_once() -> None:
    collection, title = Collection.objects.create(name="A", slug="a"), TitleFactory.create()
    CollectionItem.objects.create(collection=collection, title=title)
    with pytest.raises(IntegrityError, match="collection_holds_a_title_once"):
        CollectionItem.objects.create(collection=collection, title=title, position=2)


@pytest.mark.parametrize("same", [{"name": "A", "slug": "b"}, {"name": "B", "slug": "a"}])
def test_a_collection_has_a_name_and_an_address_of_its_own(same: dict[str, str]) -> None:
    Collection.objects.create(name="A", slug="a")
    with pytest.raises(IntegrityError):
        Collection.objects.create(**same)


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
