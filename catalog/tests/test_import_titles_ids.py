"""Which title a row means: by the ids of others, and by our own."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from catalog.models import Episode, ExternalId, Person, Season, Title
from catalog.tests.factories import EpisodeFactory, SeasonFactory, TitleFactory
from catalog.tests.importing import bring_in, counts, refusals

pytestmark = pytest.mark.django_db

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


def keys(title: Title) -> set[str]:
    return {str(key) for key in title.external_ids.all()}


# --- What others call it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "external_ids",
    [
        [{"source": "imdb", "value": "tt1"}, {"source": "tmdb", "value": 348}],
        {"imdb": "tt1", "tmdb": 348},
        '{"imdb": "tt1", "tmdb": "348"}',
    ],
)
def test_a_title_may_have_several_external_ids(external_ids: Any) -> None:
    bring_in({"title": "Alien", "external_id": "a", "external_ids": external_ids})
    assert keys(Title.objects.get()) == {"test:a", "imdb:tt1", "tmdb:348"}


def test_a_title_is_found_by_any_of_them() -> None:
    bring_in({"title": "Alien", "external_ids": {"imdb": "tt1", "tmdb": "348"}})
    report = bring_in({"title": "Alien", "year": 1979, "external_ids": {"tmdb": "348", "ours": "x"}})
    assert counts(report) == (0, 1, 0, 0)
    assert keys(Title.objects.get()) == {"imdb:tt1", "tmdb:348", "ours:x"}


def test_an_external_id_without_a_source_is_of_the_source_of_the_import() -> None:
    bring_in({"title": "Alien", "external_ids": [{"value": "tt1"}]})
    assert counts(bring_in({"title": "Alien", "external_id": "tt1"})) == (0, 0, 1, 0)


def test_ids_that_name_two_titles_are_refused_with_both() -> None:
    bring_in({"title": "Alien", "external_id": "a"}, {"title": "Brazil", "external_id": "b"})
    alien, brazil = (Title.objects.get(title=name) for name in ("Alien", "Brazil"))
    (reason,) = refusals({"title": "Alien", "external_id": "a", "external_ids": {"test": "b"}})
    assert reason == f"The ids contradict each other: test:b is title {brazil.id}, not {alien.id}."


def test_an_external_id_of_an_earlier_row_is_refused_wherever_it_stands() -> None:
    rows = ({"title": "Alien", "external_ids": {"imdb": "tt1"}}, {"title": "Other", "external_ids": {"imdb": "tt1"}})
    assert refusals(*rows) == ["The same external id stands in line 1."]


@pytest.mark.parametrize(
    ("external_ids", "reason"),
    [
        ("tt1", "external_ids is not JSON."),
        (["tt1"], "external_ids is not a list of objects."),
        ({"imdb": ""}, "external_ids is empty."),
        ({"imdb": ["tt1"]}, "external_ids is not a text."),
        ({"a" * 51: "tt1"}, "source is longer than 50 characters."),
        ({"imdb": "a" * 501}, "external_ids is longer than 500 characters."),
    ],
)
def test_external_ids_that_cannot_be_understood_are_refused(external_ids: Any, reason: str) -> None:
    assert refusals({"title": "Alien", "external_ids": external_ids}) == [reason]


# --- Percent escapes ---------------------------------------------------------------------------------------


def test_a_key_is_kept_without_its_percent_escapes() -> None:
    report = bring_in({"title": "Amélie", "href": "Am%C3%A9lie"}, {"title": "Brazil", "href": "100%_Brazil"})
    assert set(ExternalId.objects.values_list("value", flat=True)) == {"Amélie", "100%_Brazil"}
    assert report.notes["percent-escaped keys decoded"] == 1
    assert counts(bring_in({"title": "Amélie", "href": "Amélie"})) == (0, 0, 1, 0)


def test_a_catalogue_that_holds_the_escaped_key_is_found_and_put_right_once() -> None:
    title = TitleFactory.create(title="Amélie")
    ExternalId.objects.create(title=title, source="test", value="Am%C3%A9lie")
    row = {"title": "Amélie", "href": "Am%C3%A9lie"}
    assert counts(bring_in(row)) == (0, 1, 0, 0)
    assert keys(title) == {"test:Amélie"}
    assert counts(bring_in(row)) == (0, 0, 1, 0)


def test_two_keys_that_are_one_once_they_are_decoded_are_refused() -> None:
    reason = "The same external id stands in line 1 once its percent escapes are decoded."
    assert refusals({"title": "Amélie", "href": "Amélie"}, {"title": "Amelie", "href": "Am%C3%A9lie"}) == [reason]


@pytest.mark.parametrize("key", ["%FF%FE", "%00", "%0A", "%20", "50%"])
def test_escapes_that_spell_no_text_stay(key: str) -> None:
    bring_in({"title": "Odd", "href": key})
    assert ExternalId.objects.get().value == key


def test_a_key_with_a_section_is_kept_and_noted() -> None:
    report = bring_in({"title": "One", "href": "List#One"}, {"title": "Two", "href": "List#Two"})
    assert (report.added, report.notes["keys with a #section kept as they are"]) == (2, 2)


# --- Our own ids -------------------------------------------------------------------------------------------


def series(**more: Any) -> dict[str, Any]:
    episode = {"episode_number": 1, "title": "Pilot", "episode_id": str(THREE)}
    season = {"season_number": 1, "season_id": str(TWO), "episodes": [episode]}
    return {"title": "A series", "title_id": str(ONE), "seasons": [season], **more}


def test_ids_of_ours_are_given_to_what_is_new() -> None:
    bring_in(series())
    assert (Title.objects.get().id, Season.objects.get().id, Episode.objects.get().id) == (ONE, TWO, THREE)
    assert not ExternalId.objects.exists()
    assert counts(bring_in(series())) == (0, 0, 1, 0)


def test_a_title_is_found_by_our_id_whatever_else_it_is_called() -> None:
    title = TitleFactory.create(title="Alien")
    assert counts(bring_in({"title": "Aliens", "title_id": str(title.id), "external_id": "a"})) == (0, 1, 0, 0)
    title.refresh_from_db()
    assert (title.title, keys(title)) == ("Aliens", {"test:a"})


def test_an_id_that_contradicts_what_is_stored_is_refused() -> None:
    bring_in({"title": "Alien", "external_id": "a"})
    stored, other = Title.objects.get().id, uuid4()
    (reason,) = refusals({"title": "Alien", "external_id": "a", "title_id": str(other)})
    assert reason == f"The ids contradict each other: test:a is title {stored}, not {other}."


def test_an_id_that_another_part_has_is_refused() -> None:
    elsewhere = SeasonFactory.create(id=TWO)
    assert refusals(series()) == [f"season_id {TWO} is in use elsewhere."]
    elsewhere.delete()
    EpisodeFactory.create(id=THREE)
    assert refusals(series()) == [f"episode_id {THREE} is in use elsewhere."]
    assert not Title.objects.filter(id=ONE).exists()


def test_a_season_that_is_there_keeps_its_id_and_that_is_noted() -> None:
    title = TitleFactory.create(id=ONE, title="A series", title_type="series")
    season = SeasonFactory.create(title=title, season_number=1)
    report = bring_in(series())
    assert Season.objects.get().id == season.id
    assert report.notes == {"ids of seasons and episodes stayed as they are stored": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"title_id": "7"}, "title_id is not a UUID."),
        ({"title_id": 7}, "title_id is not a UUID."),
        ({"seasons": [{"season_number": 1, "season_id": "x"}]}, "season_id is not a UUID."),
        ({"cast": [{"name": "A", "person_id": "x"}]}, "person_id is not a UUID."),
        (
            {"seasons": [{"season_number": 1, "season_id": str(ONE)}, {"season_number": 2, "season_id": str(ONE)}]},
            "The id of a season or episode occurs twice.",
        ),
    ],
)
def test_ids_that_are_none_are_refused(row: dict[str, Any], reason: str) -> None:
    assert refusals({"title": "Alien", **row}) == [reason]


def test_the_same_id_in_two_rows_is_refused() -> None:
    rows = ({"title": "Alien", "title_id": str(ONE)}, {"title": "Brazil", "title_id": str(ONE)})
    assert refusals(*rows) == ["The same external id stands in line 1."]


def test_the_same_episode_id_in_two_rows_costs_the_second_row_alone() -> None:
    other = series(title="Another", title_id=str(uuid4()))
    other["seasons"][0]["season_id"] = None
    report = bring_in(series(), other, {"title": "Brazil"})
    assert (report.added, [line for line, _ in report.refused]) == (2, [2])


# --- People of one name ------------------------------------------------------------------------------------


def test_people_of_one_name_are_told_apart_by_their_ids_alone() -> None:
    cast = [{"name": "John Wood", "person_id": str(ONE)}, {"name": "John Wood", "person_id": str(TWO)}]
    bring_in({"title": "Both", "cast": cast}, {"title": "Either", "cast": ["John Wood"]})
    assert Person.objects.count() == 2
    assert counts(bring_in({"title": "Both", "cast": cast})) == (0, 0, 1, 0)


def test_a_name_means_whoever_of_that_name_is_credited_already() -> None:
    bring_in({"title": "Film", "cast": [{"name": "John Wood", "person_id": str(TWO)}]})
    Person.objects.create(id=ONE, name="John Wood")
    assert counts(bring_in({"title": "Film", "cast": ["John Wood"]})) == (0, 0, 1, 0)
    bring_in({"title": "Film", "cast": ["John Wood", "Somebody Else"]})
    assert Title.objects.get().credits.get(person__name="John Wood").person_id == TWO
