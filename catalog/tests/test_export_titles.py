"""Taking titles out: everything goes along, and an import into an empty database makes the same of it."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import exporting
from catalog.exporting import FORMATS, export_rows
from catalog.importing import import_titles
from catalog.models import (
    Collection,
    CollectionItem,
    Credit,
    ExternalId,
    Genre,
    Person,
    RelationKind,
    Season,
    Title,
    TitleRelation,
    TitleStatus,
    TitleType,
)
from catalog.tests.factories import EpisodeFactory, SeasonFactory, TitleFactory
from catalog.title_files import read_rows

pytestmark = pytest.mark.django_db

AWKWARD = [
    'Quotes "inside", commas, and; semicolons',
    "Line\nbreaks\r\nof every\rkind\tand a tab",
    "=HYPERLINK(A1)",
    "+1",
    "-1",
    "@home",
    "'Til There Was You",
    "''",
    "<b>Markup</b> &amp; entities &eacute;",
    "🎬 七人の侍 – Амели – الفيل",
    "no\u00a0break, zero\u200bwidth, \u202eturned\u202c",
    "  blanks at both ends  ",
    "[not a list; {nor an object",
    "{{Infobox}} .mw-parser-output .x{a:b}",
    "100%25 %41",
    "e\u0301 decomposed",
]


def exported(name: str) -> bytes:
    file = io.BytesIO()
    FORMATS[name](export_rows(Title.objects.all()), file)
    return file.getvalue()


def start_again() -> None:
    for model in (Title, Genre, Person, Collection):
        model._base_manager.all().delete()


def bring_back(content: bytes, folder: Path, name: str) -> None:
    path = folder / f"titles.{name}"
    path.write_bytes(content)
    report = import_titles(read_rows(path), source="elsewhere")
    assert (report.refused, report.unresolved, dict(report.notes)) == ([], [], {})


@pytest.fixture
def awkward(db: None) -> None:
    """One title for each awkward text, which stands wherever a text may stand; and one of each kind of part."""
    titles = [awkward_title(text, number) for number, text in enumerate(AWKWARD)]
    for number, title in enumerate(titles[1:]):
        kind = RelationKind.values[number % len(RelationKind.values)]
        TitleRelation.objects.create(title=title, related=titles[number], kind=kind)
        TitleRelation.objects.create(title=titles[number], related=title, kind=kind)
    shelf = Collection.objects.create(name="Winter evenings", slug="cold", description="For\nwinter.")
    for position, title in enumerate(titles[:4]):
        CollectionItem.objects.create(collection=shelf, title=title, position=position * 10 % 30)


def awkward_title(text: str, number: int) -> Title:
    title = TitleFactory.create(
        title=text,
        synopsis_short=text,
        synopsis_long=text * 3,
        ai_description=text,
        age_rating=text[:10],
        poster_url=text,
        mood_tags=[text, "tense"],
        theme_tags=[text],
        status=TitleStatus.values[number % 3],
        is_featured=number % 2 == 0,
        release_year=0 if number == 1 else None,
        duration_minutes=0 if number == 1 else 2_000_000,
        available_from=datetime(2020, 1, 1, number, tzinfo=UTC),
        available_until=datetime(2031, 5, 17, 20, 15, 1, 123_456, tzinfo=UTC) if number % 2 else None,
        created_at=datetime(2021, 2, 3, 4, 5, 6, number, tzinfo=UTC),
        metadata={"note": "a, \"b\" 'c' =d", "list": [1, 2.5, None, {"deep": True}]},
    )
    genre = Genre.objects.create(name=f"{text} {number}"[:50], slug=f"edited-{number}")
    title.genres.add(genre)
    ExternalId.objects.create(title=title, source=f"{text[:40]} {number}", value=f"{text} {number}")
    ExternalId.objects.create(title=title, source="imdb", value=f"tt{number}")
    person = Person.objects.create(name=text)
    namesake = Person.objects.create(name=text)
    Credit.objects.create(title=title, person=person, role="actor", character_name=text, sort_order=7)
    Credit.objects.create(title=title, person=namesake, role="actor", sort_order=7)
    Credit.objects.create(title=title, person=person, role="director", sort_order=1)
    return title


@pytest.fixture
def series() -> Title:
    """With specials, a season without episodes, and an episode without a name of its own."""
    title = TitleFactory.create(title_type=TitleType.SERIES, title="A series")
    first = SeasonFactory.create(title=title, season_number=1, name="=One", synopsis="Line\nbreak")
    SeasonFactory.create(title=title, season_number=0, name=None)
    EpisodeFactory.create(season=first, episode_number=1, title="'Pilot'", synopsis="a\r\nb", hls_manifest_url="/x;y")
    EpisodeFactory.create(season=first, episode_number=12, title="Last", duration_minutes=None)
    return title


# --- What goes out -----------------------------------------------------------------------------------------


def test_a_row_holds_everything_of_a_title(series: Title) -> None:
    (row,) = export_rows(Title.objects.all())
    first = series.seasons.get(season_number=1)
    assert (row["marquee_export"], row["title_id"], row["title"]) == (1, str(series.id), "A series")
    assert [season["season_number"] for season in row["seasons"]] == [0, 1]
    assert row["seasons"][1]["season_id"] == str(first.id)
    assert [episode["title"] for episode in row["seasons"][1]["episodes"]] == ["'Pilot'", "Last"]
    assert tuple(row) == exporting.HEADER


def test_every_column_of_a_title_goes_along() -> None:
    left_out = {"id", "sort_title", "updated_at", "deleted_at", "deleted_by"}
    assert {field.name for field in Title._meta.concrete_fields} - left_out == set(exporting.COLUMNS)


def test_deleted_titles_are_left_out_and_so_are_relations_to_them() -> None:
    kept, deleted = TitleFactory.create(), TitleFactory.create()
    TitleRelation.objects.create(title=kept, related=deleted, kind=RelationKind.SEQUEL)
    deleted.soft_delete()
    (row,) = export_rows(Title.objects.all())
    assert (row["title_id"], row["relations"]) == (str(kept.id), [])


@pytest.mark.parametrize("sign", "=+-@\t\r\n'")
def test_no_cell_of_a_csv_begins_like_a_formula(sign: str) -> None:
    TitleFactory.create(title=f"{sign}1+1")
    assert f"'{sign}1+1".encode() in exported("csv")


# --- There and back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_an_import_into_an_empty_database_makes_the_same_of_an_export(
    name: str, awkward: None, series: Title, tmp_path: Path
) -> None:
    before, also = exported(name), exported("jsonl")
    start_again()
    bring_back(before, tmp_path, name)
    assert exported(name) == before
    assert exported("jsonl") == also
    assert Person.objects.count() == 2 * len(AWKWARD)
    assert ExternalId.objects.filter(source="elsewhere").count() == 0


@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_an_import_over_what_was_exported_changes_nothing(
    name: str, awkward: None, series: Title, tmp_path: Path
) -> None:
    path = tmp_path / f"titles.{name}"
    path.write_bytes(exported(name))
    report = import_titles(read_rows(path), source="elsewhere")
    assert (report.unchanged, report.wrote_nothing, report.refused) == (len(AWKWARD) + 1, True, [])


def test_texts_come_back_as_they_were_and_not_cleaned(awkward: None, tmp_path: Path) -> None:
    content = exported("csv")
    start_again()
    bring_back(content, tmp_path, "csv")
    assert set(Title.objects.values_list("title", flat=True)) == set(AWKWARD)
    assert set(Title.objects.values_list("synopsis_short", flat=True)) == set(AWKWARD)
    assert set(Person.objects.values_list("name", flat=True)) == set(AWKWARD)


def test_an_empty_text_comes_back_as_none(tmp_path: Path) -> None:
    TitleFactory.create(synopsis_short="", synopsis_long=" ")
    content = exported("jsonl")
    start_again()
    bring_back(content, tmp_path, "jsonl")
    assert Title.objects.values_list("synopsis_short", "synopsis_long").get() == (None, None)


def test_ids_that_bookmarks_point_to_are_kept(series: Title, tmp_path: Path) -> None:
    episodes = set(Season.objects.values_list("id", "episodes__id"))
    content = exported("csv")
    start_again()
    bring_back(content, tmp_path, "csv")
    assert set(Season.objects.values_list("id", "episodes__id")) == episodes
    assert Title.objects.get().id == series.id


# --- The command -------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    told = io.StringIO()
    call_command("export_titles", *arguments, stderr=told)
    return told.getvalue()


@pytest.mark.parametrize(
    ("name", "read"),
    [("t.jsonl", bytes), ("t.jsonl.gz", gzip.decompress), ("t.csv", bytes), ("t.csv.gz", gzip.decompress)],
)
def test_the_name_of_the_file_says_what_is_written(
    name: str, read: Callable[[bytes], bytes], series: Title, tmp_path: Path
) -> None:
    assert run(str(tmp_path / name)) == "1 titles written.\n"
    assert read((tmp_path / name).read_bytes()) == exported("csv" if "csv" in name else "jsonl")


def test_format_and_compression_can_be_named(series: Title, tmp_path: Path) -> None:
    run(str(tmp_path / "titles"), "--format", "csv", "--gzip")
    assert gzip.decompress((tmp_path / "titles").read_bytes()) == exported("csv")


def test_the_output_is_written_to_without_a_file(series: Title, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    run()
    assert json.loads(capfdbinary.readouterr().out)["title"] == "A series"


def test_only_the_titles_of_a_status_are_written_if_wanted(tmp_path: Path) -> None:
    for status in TitleStatus.values:
        TitleFactory.create(title=status, status=status)
    run(str(tmp_path / "t.jsonl"), "--status", "draft", "--status", "archived")
    lines = (tmp_path / "t.jsonl").read_bytes().splitlines()
    assert {json.loads(line)["title"] for line in lines} == {"draft", "archived"}


def test_an_export_that_fails_leaves_the_file_as_it_was(
    series: Title, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise KeyboardInterrupt

    (tmp_path / "t.jsonl").write_text("yesterday's")
    monkeypatch.setattr(exporting, "_collections", fail)
    with pytest.raises(KeyboardInterrupt):
        run(str(tmp_path / "t.jsonl"))
    assert [path.name for path in tmp_path.iterdir()] == ["t.jsonl"]
    assert (tmp_path / "t.jsonl").read_text() == "yesterday's"


def test_a_folder_that_is_not_there_fails_with_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"t\.jsonl cannot be written: No such file or directory\.$"):
        run(str(tmp_path / "nowhere" / "t.jsonl"))


# --- At size -----------------------------------------------------------------------------------------------


def test_a_batch_takes_as_many_statements_whatever_its_size(awkward: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 4)
    with CaptureQueriesContext(connection) as captured:
        rows = sum(1 for _ in export_rows(Title.objects.all()))
    assert (rows, len(captured)) == (16, 4 * 8 + 1)
    monkeypatch.setattr(exporting, "BATCH", 16)
    with CaptureQueriesContext(connection) as captured:
        rows = sum(1 for _ in export_rows(Title.objects.all()))
    assert (rows, len(captured)) == (16, 8 + 1)


def test_rows_come_while_the_rest_is_not_yet_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    TitleFactory.create_batch(5)
    rows = export_rows(Title.objects.all())
    with CaptureQueriesContext(connection) as captured:
        next(rows)
    assert len(captured) == 8
