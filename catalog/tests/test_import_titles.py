"""Bringing titles in: what is added, changed, left alone and refused, and that doing it twice does no harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.importing import import_titles
from catalog.models import Credit, Episode, ExternalId, Genre, Person, Season, Title
from catalog.records import cast
from catalog.tests.factories import GenreFactory
from catalog.tests.importing import bring_in, counts
from catalog.title_files import BadRow, Row, read_rows

pytestmark = pytest.mark.django_db

ALIEN: dict[str, Any] = {
    "id": "tt0078748",
    "title": "Alien",
    "year": 1979,
    "genres": ["Horror", "Science Fiction"],
    "cast": ["Sigourney Weaver", {"name": "Ridley Scott", "role": "director"}],
    "synopsis": "The crew of the Nostromo answers a call from a moon nobody has heard of. It goes badly.",
}
BRAZIL: dict[str, Any] = {"id": "tt0088846", "title": "Brazil", "year": 1985}
EPISODES = [
    {"episode_number": 1, "title": "Pilot", "synopsis": "It starts.", "duration_minutes": 58},
    {"episode_number": 2, "title": "Cat's in the Bag"},
]
SERIES: dict[str, Any] = {
    "id": "tt0903747",
    "title": "Breaking Bad",
    "seasons": [{"season_number": 1, "name": "Beginnings", "episodes": EPISODES}],
}


def stored(values: dict[str, Any]) -> Title:
    return Title.objects.get(external_ids__value=values["id"])


def writes(captured: CaptureQueriesContext) -> list[str]:
    verbs = ("INSERT", "UPDATE", "DELETE")
    return [query["sql"] for query in captured.captured_queries if query["sql"].startswith(verbs)]


# --- What is added -----------------------------------------------------------------------------------------


def test_a_new_title_is_added_with_all_that_is_said_of_it() -> None:
    assert counts(bring_in(ALIEN)) == (1, 0, 0, 0)
    title = stored(ALIEN)
    assert (title.title, title.title_type, title.release_year) == ("Alien", "movie", 1979)
    assert title.synopsis_long == ALIEN["synopsis"]
    assert title.synopsis_short == "The crew of the Nostromo answers a call from a moon nobody has heard of."
    assert title.genre_names == ["Horror", "Science Fiction"]


def test_people_are_credited_in_the_order_of_the_file() -> None:
    bring_in(ALIEN)
    credited = [(credit.person.name, credit.role, credit.sort_order) for credit in stored(ALIEN).credits.all()]
    assert credited == [("Sigourney Weaver", "actor", 0), ("Ridley Scott", "director", 1)]


def test_one_person_in_two_titles_is_one_person() -> None:
    bring_in({"title": "Alien", "cast": ["Sigourney Weaver"]}, {"title": "Aliens", "cast": ["Sigourney Weaver"]})
    assert Person.objects.count() == 1
    assert Credit.objects.count() == 2


def test_a_genre_that_exists_already_is_used() -> None:
    genre = GenreFactory.create(name="Science Fiction", slug="science-fiction")
    bring_in({"title": "Alien", "genres": ["Science fiction"]})
    assert list(Title.objects.get().genres.all()) == [genre]
    assert Genre.objects.count() == 1


def test_a_genre_that_exists_under_a_slug_of_its_own_is_used() -> None:
    genre = GenreFactory.create(name="Comedy", slug="comedies")
    bring_in({"title": "Airplane!", "genres": ["Comedy"]})
    assert list(Title.objects.get().genres.all()) == [genre]


def test_genres_in_other_alphabets_stay_apart() -> None:
    bring_in({"title": "Сталкер", "genres": ["Драма", "Фантастика"]})
    assert Title.objects.get().genre_names == ["Драма", "Фантастика"]
    assert "" not in Genre.objects.values_list("slug", flat=True)


def test_a_series_is_added_with_its_seasons_and_episodes() -> None:
    bring_in(SERIES)
    title = stored(SERIES)
    assert title.title_type == "series"
    episodes = Episode.objects.of_series(title)
    assert [(e.season.season_number, e.episode_number, e.title) for e in episodes] == [
        (1, 1, "Pilot"),
        (1, 2, "Cat's in the Bag"),
    ]


def test_two_sources_may_call_different_titles_the_same() -> None:
    bring_in(ALIEN, source="one")
    bring_in({**BRAZIL, "id": ALIEN["id"]}, source="other")
    assert Title.objects.count() == 2
    assert ExternalId.objects.filter(value=ALIEN["id"]).count() == 2


def test_more_titles_than_one_batch_are_all_added() -> None:
    done: list[int] = []
    report = bring_in(*({"title": f"Film {number}"} for number in range(501)), progress=done.append)
    assert counts(report) == (501, 0, 0, 0)
    assert Title.objects.count() == 501
    assert done == [500, 1]


# --- What is left alone ------------------------------------------------------------------------------------


def test_the_same_file_again_writes_nothing() -> None:
    bring_in(ALIEN, BRAZIL, SERIES)
    with CaptureQueriesContext(connection) as captured:
        report = bring_in(ALIEN, BRAZIL, SERIES)
    assert writes(captured) == []
    assert counts(report) == (0, 0, 3, 0)
    assert report.wrote_nothing


def test_what_a_source_does_not_speak_of_stays_as_it_is() -> None:
    bring_in(ALIEN)
    editors = {"age_rating": "R", "is_featured": True, "mood_tags": ["tense"], "poster_url": "https://e.example/1.jpg"}
    Title.objects.update(**editors)
    bring_in({"id": ALIEN["id"], "title": "Alien", "year": 1978})
    title = stored(ALIEN)
    assert title.release_year == 1978
    assert {name: getattr(title, name) for name in editors} == editors
    assert (title.genre_names, title.credits.count()) == (["Horror", "Science Fiction"], 2)


def test_a_short_synopsis_that_an_editor_wrote_stays_as_it_is() -> None:
    bring_in(ALIEN)
    Title.objects.update(synopsis_short="In space no one can hear you scream.")
    bring_in(ALIEN)
    assert stored(ALIEN).synopsis_short == "In space no one can hear you scream."


def test_a_series_stays_a_series_when_a_later_file_does_not_speak_of_seasons() -> None:
    bring_in(SERIES)
    bring_in({"id": SERIES["id"], "title": "Breaking Bad", "rating": "TV-MA"})
    title = stored(SERIES)
    assert (title.title_type, title.age_rating) == ("series", "TV-MA")


def test_a_title_of_which_no_type_is_said_is_a_film() -> None:
    bring_in(BRAZIL)
    assert stored(BRAZIL).title_type == "movie"


def test_a_film_that_turns_out_to_have_seasons_becomes_a_series() -> None:
    bring_in({**SERIES, "seasons": []})
    bring_in(SERIES)
    assert stored(SERIES).title_type == "series"


def test_a_short_synopsis_nobody_wrote_follows_the_long_one() -> None:
    bring_in(ALIEN)
    bring_in({**ALIEN, "synopsis": "Seven people and a cat are woken by their ship before they are home."})
    assert stored(ALIEN).synopsis_short == "Seven people and a cat are woken by their ship before they are home."


def test_episodes_that_a_file_does_not_name_stay() -> None:
    bring_in(SERIES)
    bring_in({**SERIES, "seasons": [{"season_number": 2, "episodes": [{"episode_number": 1, "title": "737"}]}]})
    numbers = Episode.objects.order_by("season__season_number", "episode_number")
    assert [(e.season.season_number, e.episode_number) for e in numbers] == [(1, 1), (1, 2), (2, 1)]


def test_what_a_file_does_not_say_of_an_episode_stays_as_it_is() -> None:
    bring_in(SERIES)
    Episode.objects.filter(episode_number=1).update(hls_manifest_url="https://media.example.com/pilot.m3u8")
    bring_in(SERIES)
    assert Episode.objects.get(episode_number=1).hls_manifest_url == "https://media.example.com/pilot.m3u8"


# --- What is changed ---------------------------------------------------------------------------------------


def test_a_change_updates_one_title_and_keeps_its_id() -> None:
    bring_in(ALIEN, BRAZIL)
    before = stored(ALIEN)
    report = bring_in({**ALIEN, "title": "Alien: The Director's Cut", "year": 2003}, BRAZIL)
    after = stored(ALIEN)
    assert counts(report) == (0, 1, 1, 0)
    assert (after.id, after.title, after.release_year) == (before.id, "Alien: The Director's Cut", 2003)
    assert Title.objects.count() == 2


def test_a_changed_title_says_when_it_was_changed_and_an_unchanged_one_does_not() -> None:
    bring_in(ALIEN, BRAZIL)
    before = {title.title: title.updated_at for title in Title.objects.all()}
    bring_in({**ALIEN, "year": 1978}, BRAZIL)
    assert stored(BRAZIL).updated_at == before["Brazil"]
    assert stored(ALIEN).updated_at > before["Alien"]


def test_a_value_that_is_taken_back_is_emptied() -> None:
    bring_in({**ALIEN, "runtime": 117})
    bring_in({**ALIEN, "runtime": None})
    assert stored(ALIEN).duration_minutes is None


def test_genres_are_replaced() -> None:
    bring_in(ALIEN)
    report = bring_in({**ALIEN, "genres": ["Thriller", "Horror"]})
    assert counts(report) == (0, 1, 0, 0)
    assert stored(ALIEN).genre_names == ["Horror", "Thriller"]


def test_genres_in_another_order_change_nothing() -> None:
    bring_in(ALIEN)
    assert counts(bring_in({**ALIEN, "genres": ["Science Fiction", "Horror"]})) == (0, 0, 1, 0)


def test_credits_are_replaced() -> None:
    bring_in(ALIEN)
    report = bring_in({**ALIEN, "cast": ["Tom Skerritt", {"name": "Sigourney Weaver", "character": "Ripley"}]})
    credited = [(credit.person.name, credit.character_name) for credit in stored(ALIEN).credits.all()]
    assert counts(report) == (0, 1, 0, 0)
    assert credited == [("Tom Skerritt", None), ("Sigourney Weaver", "Ripley")]


def test_an_empty_list_takes_all_genres_and_credits_away() -> None:
    bring_in(ALIEN)
    assert counts(bring_in({**ALIEN, "genres": [], "cast": []})) == (0, 1, 0, 0)
    assert (stored(ALIEN).genres.count(), stored(ALIEN).credits.count()) == (0, 0)


def test_an_episode_keeps_its_id_when_its_title_changes() -> None:
    bring_in(SERIES)
    before = dict(Episode.objects.values_list("episode_number", "id"))
    renamed = [{**EPISODES[0], "title": "The Pilot"}, EPISODES[1], {"episode_number": 3, "title": "And the Bag's"}]
    report = bring_in({**SERIES, "seasons": [{"season_number": 1, "name": "Beginnings", "episodes": renamed}]})
    after = {episode.episode_number: episode for episode in Episode.objects.all()}
    assert counts(report) == (0, 1, 0, 0)
    assert {number: after[number].id for number in before} == before
    assert [after[number].title for number in (1, 2, 3)] == ["The Pilot", "Cat's in the Bag", "And the Bag's"]


def test_a_season_keeps_its_id_when_its_name_changes() -> None:
    bring_in(SERIES)
    before = Season.objects.get()
    bring_in({**SERIES, "seasons": [{"season_number": 1, "name": "Season One", "episodes": EPISODES}]})
    after = Season.objects.get()
    assert (after.id, after.name) == (before.id, "Season One")


# --- What was deleted meanwhile ----------------------------------------------------------------------------


def test_a_deleted_title_that_is_in_the_file_again_is_restored_and_updated() -> None:
    bring_in(ALIEN, SERIES)
    alien = stored(ALIEN)
    alien.soft_delete()
    report = bring_in({**ALIEN, "year": 1980, "genres": ["Horror"], "cast": ["Sigourney Weaver"]}, SERIES)
    assert counts(report) == (0, 0, 1, 0)
    assert report.restored == 1
    assert not report.wrote_nothing
    restored = stored(ALIEN)
    assert (restored.id, restored.release_year, restored.genre_names) == (alien.id, 1980, ["Horror"])
    assert (restored.deleted_at, restored.deleted_by) == (None, None)
    assert [credit.person.name for credit in restored.credits.all()] == ["Sigourney Weaver"]
    assert ExternalId.objects.count() == 2


def test_a_deleted_title_that_is_in_the_file_unchanged_is_restored_as_well() -> None:
    bring_in(ALIEN)
    stored(ALIEN).soft_delete()
    assert bring_in(ALIEN).restored == 1
    assert stored(ALIEN).title == "Alien"
    assert bring_in(ALIEN).wrote_nothing


def test_episodes_of_a_deleted_series_are_kept_when_it_is_restored() -> None:
    bring_in(SERIES)
    episodes = set(Episode.objects.values_list("id", flat=True))
    stored(SERIES).soft_delete()
    bring_in({**SERIES, "seasons": None})
    assert set(Episode.objects.of_series(stored(SERIES)).values_list("id", flat=True)) == episodes


def test_what_the_file_does_not_name_stays_deleted() -> None:
    bring_in(ALIEN, BRAZIL)
    stored(BRAZIL).soft_delete()
    assert bring_in(ALIEN).restored == 0
    assert Title.objects.count() == 1


def test_a_dry_run_restores_nothing_and_says_what_it_would() -> None:
    bring_in(ALIEN)
    stored(ALIEN).soft_delete()
    assert bring_in(ALIEN, dry_run=True).restored == 1
    assert not Title.objects.exists()


# --- What is refused ---------------------------------------------------------------------------------------


def test_a_refused_row_is_told_with_its_line_and_the_rest_goes_on() -> None:
    rows: list[Row | BadRow] = [
        Row(1, ALIEN),
        BadRow(2, "The line is not UTF-8."),
        Row(3, {"year": 1985}),
        Row(7, BRAZIL),
    ]
    report = import_titles(rows, source="test")
    assert counts(report) == (2, 0, 0, 2)
    assert report.refused == [(2, "The line is not UTF-8."), (3, "The title is missing.")]


def test_the_same_external_id_twice_in_a_file_is_refused_with_the_first_line_named() -> None:
    report = bring_in(ALIEN, BRAZIL, {**BRAZIL, "id": ALIEN["id"]})
    assert counts(report) == (2, 0, 0, 1)
    assert report.refused == [(3, "The same external id stands in line 1.")]
    assert stored(ALIEN).title == "Alien"


def test_the_same_external_id_is_noticed_across_batches() -> None:
    films = ({"id": str(number % 600), "title": f"Film {number}"} for number in range(601))
    report = bring_in(*films)
    assert report.refused == [(601, "The same external id stands in line 1.")]


def test_what_was_cleaned_is_counted_by_rows() -> None:
    report = bring_in(
        {"title": "<b>Alien</b>", "synopsis": "<i>The crew</i>", "cast": ["(voices)", "."]}, {"title": "<i>Brazil</i>"}
    )
    assert report.notes == {"markup removed": 2, "scraps left out of the cast": 1}


# --- Trying it out -----------------------------------------------------------------------------------------


def test_a_dry_run_tells_all_and_keeps_nothing() -> None:
    bring_in(BRAZIL)
    rows = (ALIEN, {**BRAZIL, "year": 1986, "genres": ["Comedy"]}, SERIES, {"year": 1999})
    assert counts(bring_in(*rows, dry_run=True)) == (2, 1, 0, 1)
    assert [(title.title, title.release_year) for title in Title.objects.all()] == [("Brazil", 1985)]
    assert not any(model.objects.exists() for model in (Genre, Person, Season, Episode))


def test_a_dry_run_can_be_followed_by_the_real_one() -> None:
    dry, real = (bring_in(ALIEN, SERIES, dry_run=dry) for dry in (True, False))
    assert counts(dry) == counts(real) == (2, 0, 0, 0)
    assert Title.objects.count() == 2


# --- Real films --------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_the_500_well_known_films_are_all_brought_in(shared_data: Path) -> None:
    path = shared_data / "films" / "films-demo.jsonl"
    assert counts(import_titles(read_rows(path), source="wikipedia")) == (500, 0, 0, 0)
    with CaptureQueriesContext(connection) as captured:
        again = import_titles(read_rows(path), source="wikipedia")
    assert counts(again) == (0, 0, 500, 0)
    assert writes(captured) == []


@pytest.mark.thorough
def test_a_row_that_the_database_refuses_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cast, "MOST_CREDITS", 100_000)
    crowd = [f"Person {number}" for number in range(32_769)]
    rows = [
        Row(1, {"title": "Alien"}),
        Row(2, {"title": "Crowd", "cast": crowd}),
        Row(3, {"title": "Brazil"}),
        Row(4, {}),
    ]
    report = import_titles(rows, source="test")
    assert (report.added, [line for line, _ in report.refused]) == (2, [2, 4])
    assert report.refused[0][1].startswith("The database refused the row")
    assert set(Title.objects.values_list("title", flat=True)) == {"Alien", "Brazil"}


def test_the_planner_is_told_how_much_was_added_so_that_a_first_import_is_no_slower_at_its_end() -> None:
    films = [{"id": str(number), "title": f"Film {number}"} for number in range(1_100)]
    told = []
    for dry_run in (True, False, False):
        with CaptureQueriesContext(connection) as captured:
            bring_in(*films, dry_run=dry_run)
        told.append(sum(query["sql"].startswith("ANALYZE ") for query in captured.captured_queries))
    assert told == [0, 2, 0]
