"""Which films of the catalogue the programmes of a guide are linked with."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.tests.factories import TitleFactory
from epg.importing.films import Films
from epg.models import Channel, Programme
from epg.tests.guides import programme, read_programme
from epg.tests.imports import imported

pytestmark = pytest.mark.django_db


def test_a_film_is_linked_with_the_one_title_of_its_name(one: Channel) -> None:
    film = TitleFactory.create(title="The Old Dark House", title_type="movie", release_year=1963)
    TitleFactory.create(title="The Old Dark House", title_type="movie", release_year=1932)

    imported(programme("0600", "0700", "The OLD Dark House", "<date>19641011</date>"))

    assert Programme.objects.get().catalogue_title == film


@pytest.mark.parametrize(
    ("more", "others"),
    [
        ("<date>1966</date>", 0),
        ("", 1),
        ("<episode-num>S1E1</episode-num>", 0),
    ],
)
def test_what_may_be_another_title_is_not_linked(one: Channel, more: str, others: int) -> None:
    TitleFactory.create_batch(1 + others, title="Émile", title_type="movie", release_year=1963)

    imported(programme("0600", "0700", "Émile", more))

    assert Programme.objects.get().catalogue_title is None


def test_a_series_is_not_taken_for_a_film(one: Channel) -> None:
    TitleFactory.create(title="Fargo", title_type="series")

    imported(programme("0600", "0700", "Fargo"))

    assert Programme.objects.get().catalogue_title is None


def test_a_link_an_editor_made_stays_while_the_title_does(one: Channel) -> None:
    film = TitleFactory.create(title="Les Parapluies de Cherbourg", title_type="movie")
    imported(programme("0600", "0700", "The Umbrellas"))
    Programme.objects.update(catalogue_title=film)

    assert imported(programme("0600", "0700", "The Umbrellas")).wrote_nothing
    imported(programme("0600", "0700", "Something Else"))

    assert Programme.objects.get().catalogue_title is None


def test_a_programme_is_not_linked_with_a_deleted_film_and_keeps_the_link_it_had(one: Channel) -> None:
    film = TitleFactory.create(title="Alien", release_year=1979)
    elements = programme("0600", "0700", "Alien"), programme("0700", "0800", "Later")
    imported(*elements)
    film.soft_delete()
    imported(*elements, programme("0800", "0900", "Alien"))

    links = Programme.objects.order_by("start_time").values_list("catalogue_title", flat=True)
    assert list(links) == [film.id, None, None]


def test_names_are_looked_up_once_and_forgotten_when_there_are_too_many(
    one: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = TitleFactory.create(title="Alien", title_type="movie", release_year=1979)
    known = Films()
    programmes = [read_programme(title=title) for title in ("Alien", "Brazil", "Casablanca", "Dracula")]
    known.learn(programmes[:2])
    with CaptureQueriesContext(connection) as statements:
        known.learn(programmes[:2])
    assert (len(statements), known.find(programmes[0])) == (0, film.id)
    monkeypatch.setattr("epg.importing.films.MOST_NAMES", 3)
    known.learn(programmes[2:])
    known.learn(programmes)
    assert [known.find(one) for one in programmes] == [film.id, None, None, None]


def test_a_film_that_comes_later_is_linked_though_the_guide_is_the_same(one: Channel) -> None:
    imported(programme("0600", "0700", "Alien"))
    film = TitleFactory.create(title="Alien", title_type="movie", release_year=1979)

    report = imported(programme("0600", "0700", "Alien"))

    assert (Programme.objects.get().catalogue_title, report.changed) == (film, 1)
