"""Bringing titles in: what is added, changed, left alone and refused, and that doing it twice does no harm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import records
from catalog.importing import ImportReport, import_titles
from catalog.models import ContentVector, Credit, Episode, ExternalId, Genre, Person, Season, Title
from catalog.tests.factories import GenreFactory
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


def bring_in(*values: dict[str, Any], **options: Any) -> ImportReport:
    rows = [Row(line, row) for line, row in enumerate(values, start=1)]
    return import_titles(rows, **{"source": "test", **options})


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, len(report.refused)


def stored(values: dict[str, Any]) -> Title:
    return Title.objects.get(external_ids__value=values["id"])


def writes(captured: CaptureQueriesContext) -> list[str]:
    verbs = ("INSERT", "UPDATE", "DELETE")
    return [query["sql"] for query in captured.captured_queries if query["sql"].startswith(verbs)]


def write_lines(path: Path, values: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return path


def run(path: Path, *arguments: str) -> str:
    out = StringIO()
    call_command("import_titles", str(path), *arguments, stdout=out)
    return out.getvalue()


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


def test_the_command_tells_what_it_restored(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN, BRAZIL, SERIES])
    run(path)
    stored(ALIEN).soft_delete()
    out = run(path, "--report", str(tmp_path / "report.json"))
    assert out.splitlines()[0] == "0 added, 1 restored, 0 changed, 2 unchanged, 0 refused."
    assert "3 content vectors computed." in out
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["restored"] == 1


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


# --- The command -------------------------------------------------------------------------------------------


def test_the_command_tells_what_it_did(tmp_path: Path) -> None:
    bring_in(BRAZIL, source="import")
    out = run(write_lines(tmp_path / "films.jsonl", [ALIEN, {**BRAZIL, "year": 1986}, {"year": 1999}]))
    assert out.splitlines()[0] == "1 added, 1 changed, 0 unchanged, 1 refused."
    assert "  line 3: The title is missing." in out.splitlines()
    assert stored(ALIEN).title == "Alien"


def test_the_command_run_twice_writes_nothing(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN, BRAZIL, SERIES])
    run(path)
    with CaptureQueriesContext(connection) as captured:
        out = run(path)
    assert writes(captured) == []
    assert out.splitlines()[0] == "0 added, 0 changed, 3 unchanged, 0 refused."


def test_the_command_computes_vectors_of_what_it_brought_in(tmp_path: Path) -> None:
    out = run(write_lines(tmp_path / "films.jsonl", [ALIEN, BRAZIL, SERIES]))
    assert "3 content vectors computed." in out
    assert ContentVector.objects.count() == 3


@pytest.mark.parametrize("option", ["--no-vectors", "--dry-run"])
def test_the_command_computes_no_vectors_when_told_so_or_when_nothing_is_kept(tmp_path: Path, option: str) -> None:
    bring_in(SERIES, BRAZIL)
    run(write_lines(tmp_path / "films.jsonl", [ALIEN]), option)
    assert not ContentVector.objects.exists()


def test_a_dry_run_of_the_command_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    out = run(write_lines(tmp_path / "films.jsonl", [ALIEN]), "--dry-run")
    assert out.splitlines()[0] == "1 would be added, 0 would be changed, 0 unchanged, 0 refused."
    assert not Title.objects.exists()


def test_columns_can_be_renamed_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("Name of film,Released\nAlien,1979\n", encoding="utf-8")
    run(path, "--map", "Name of film=title", "--map", "Released=release_year")
    assert Title.objects.filter(title="Alien", release_year=1979).exists()


def test_the_source_can_be_named_on_the_command_line(tmp_path: Path) -> None:
    run(write_lines(tmp_path / "films.jsonl", [ALIEN]), "--source", "wikipedia", "--no-vectors")
    assert str(ExternalId.objects.get()) == "wikipedia:tt0078748"


def test_a_report_is_written_as_json(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN, {"year": 1999}, {"title": "<b>Brazil</b>"}])
    run(path, "--no-vectors", "--report", str(tmp_path / "report.json"))
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == {
        "added": 2,
        "restored": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": [{"line": 2, "reason": "The title is missing."}],
        "notes": {"markup removed": 1},
    }


def test_only_the_first_20_refusals_are_shown_and_all_are_in_the_report(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN, *({"year": 1999} for _ in range(25))])
    out = run(path, "--no-vectors", "--report", str(tmp_path / "report.json"))
    assert out.count("The title is missing.") == 20
    assert "… and 5 more" in out
    assert len(json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["refused"]) == 25


def failure_of(path: Path, *arguments: str) -> str:
    """The one sentence with which the command fails."""
    with pytest.raises(CommandError) as caught:
        run(path, *arguments)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_file_that_is_not_there_fails_with_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "nothing.jsonl"
    assert failure_of(path) == f"There is no file {path}."
    assert failure_of(tmp_path) == f"There is no file {tmp_path}."


@pytest.mark.parametrize("pair", ["Name", "Name=", "=title", "Name=heading", "Name=title=x"])
def test_a_rename_that_cannot_be_understood_fails_with_one_sentence(tmp_path: Path, pair: str) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN])
    assert failure_of(path, "--map", pair).startswith(f"--map {pair}: write SOURCE=TARGET")
    assert not Title.objects.exists()


@pytest.mark.parametrize("source", ["", "a" * 51])
def test_a_source_without_a_usable_name_fails_with_one_sentence(tmp_path: Path, source: str) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN])
    assert failure_of(path, "--source", source) == "--source must have 1 to 50 characters."


def test_a_file_without_a_usable_row_fails_with_one_sentence(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [{"year": 1999}, [1, 2], "Alien"])
    assert failure_of(path) == "No row could be used."


def test_a_file_without_a_usable_row_is_not_said_to_be_in_the_catalogue(tmp_path: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_titles", str(write_lines(tmp_path / "films.jsonl", [{"year": 1999}])), stdout=out)
    assert "the catalogue holds all of it" not in out.getvalue()


def test_a_file_that_breaks_off_fails_with_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "films.jsonl.gz"
    path.write_bytes(b"\x1f\x8b\x08")
    assert failure_of(path).startswith("films.jsonl.gz cannot be read: ")


def test_a_report_that_cannot_be_written_fails_with_one_sentence(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN])
    assert "report.json" in failure_of(path, "--report", str(tmp_path / "no such folder" / "report.json"))


# --- Real films --------------------------------------------------------------------------------------------


def test_the_500_well_known_films_are_all_brought_in(shared_data: Path) -> None:
    path = shared_data / "films" / "films-demo.jsonl"
    assert counts(import_titles(read_rows(path), source="wikipedia")) == (500, 0, 0, 0)
    with CaptureQueriesContext(connection) as captured:
        again = import_titles(read_rows(path), source="wikipedia")
    assert counts(again) == (0, 0, 500, 0)
    assert writes(captured) == []


def test_the_14915_films_are_all_brought_in(shared_data: Path) -> None:
    report = import_titles(read_rows(shared_data / "films" / "films.jsonl.gz"), source="wikipedia")
    assert counts(report) == (14_915, 0, 0, 0)
    assert not Title.objects.filter(title__contains="mw-parser-output").exists()
    assert not Person.objects.filter(name__regex="[()]").exists()
    # The keys of all rows are checked when the test ends, by a plan that was made while the tables were small.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_title, catalog_person, catalog_genre")


def test_a_row_that_the_database_refuses_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_CREDITS", 100_000)
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


def test_a_column_that_is_not_there_is_told_before_anything_is_written(tmp_path: Path) -> None:
    path = tmp_path / "titles.csv"
    path.write_text("Name,Released,Empty\nAlien,1979,\n")
    with pytest.raises(CommandError, match="No row has a column Relesed; there are: Empty, Name, Released"):
        call_command("import_titles", path, "--map", "Relesed=release_year", "--map", "Name=title")
    assert not Title.objects.exists()
    call_command("import_titles", path, "--map", "Name=title", "--map", "Empty=synopsis_long", "--no-vectors")
    assert Title.objects.get().title == "Alien"


@pytest.mark.parametrize("content", ["", "title\n", "\n\n"])
def test_a_file_without_rows_is_no_success(tmp_path: Path, content: str) -> None:
    path = tmp_path / "titles.csv"
    path.write_text(content)
    with pytest.raises(CommandError, match=r"no rows|no header"):
        call_command("import_titles", path)
