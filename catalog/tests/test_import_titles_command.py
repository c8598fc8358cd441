"""`manage.py import_titles`: what it says, shows and writes, and how it goes on when it was stopped."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.importing import service
from catalog.management.commands import import_titles as command
from catalog.models import ContentVector, ExternalId, Title
from catalog.tests.importing import bring_in, run, write_lines
from catalog.tests.test_import_titles import ALIEN, BRAZIL, SERIES, stored, writes
from catalog.tests.understanding import WordProvider
from catalog.title_files import BadRow, Row, read_rows

pytestmark = pytest.mark.django_db


# --- What it says -------------------------------------------------------------------------------------------


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


def test_an_import_stands_even_if_its_vectors_cannot_be_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = WordProvider()
    monkeypatch.setattr("catalog.vectors.providers._provider", lambda *_: provider)
    provider.fails_at = " "
    path = write_lines(tmp_path / "films.jsonl", [ALIEN])
    assert failure_of(path).endswith("told to fail. `manage.py embed_titles --stale` does it later.")
    assert Title.objects.count() == 1


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
    alien, brazil = (str(Title.objects.get(title=name).id) for name in ("Alien", "Brazil"))
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == {
        "rows": [
            {"line": 1, "result": "added", "title": "Alien", "title_id": alien},
            {"line": 2, "result": "refused", "reason": "The title is missing."},
            {"line": 3, "result": "added", "title": "Brazil", "title_id": brazil},
        ],
        "is_complete": True,
        "added": 2,
        "restored": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": 1,
        "last_line": 3,
        "vectors_stale": 2,
        "notes": {"markup removed": {"rows": 1, "times": 1}},
        "unresolved": [],
    }


def test_a_report_in_the_place_of_the_titles_is_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN])
    before = path.read_bytes()
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(CommandError, match=r"The report would take the place of the titles: .*link is the same file"):
        run(path, "--report", str(tmp_path / "link"))
    assert (path.read_bytes(), Title.objects.count()) == (before, 0)


def test_a_report_without_rows_is_json_as_well(tmp_path: Path) -> None:
    bring_in(ALIEN, source="import")
    run(write_lines(tmp_path / "films.jsonl", [ALIEN]), "--report", str(tmp_path / "report.json"))
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["rows"], report["unchanged"]) == ([], 1)


def test_only_the_first_20_refusals_are_shown_and_all_are_in_the_report(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN, *({"year": 1999} for _ in range(25))])
    out = run(path, "--no-vectors", "--report", str(tmp_path / "report.json"))
    assert out.count("The title is missing.") == 20
    assert "… and 5 more" in out
    rows = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["rows"]
    assert [row["result"] for row in rows].count("refused") == 25


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


def test_the_command_tells_what_it_restored(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN, BRAZIL, SERIES])
    run(path)
    stored(ALIEN).soft_delete()
    out = run(path, "--report", str(tmp_path / "report.json"))
    assert out.splitlines()[0] == "0 added, 1 restored, 0 changed, 2 unchanged, 0 refused."
    assert "0 content vectors computed." in out  # a deleted title keeps its vector
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["restored"] == 1


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


def test_columns_that_are_not_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "titles.csv"
    path.write_text("Title;Release Year;Studio;Poster\nAlien;1979;Fox;\nBrazil;1985;Embassy;\n")
    out = run(path, "--no-vectors")
    assert "  columns not read: Studio: 2 rows" in out.splitlines()
    assert set(Title.objects.values_list("title", "release_year")) == {("Alien", 1979), ("Brazil", 1985)}


def test_a_file_of_made_up_fields_is_no_endless_list(tmp_path: Path) -> None:
    rows = [{"title": f"T{number}", f"field {number:03}": 1} for number in range(100)]
    lines = run(write_lines(tmp_path / "films.jsonl", rows), "--no-vectors").splitlines()
    (line,) = [line for line in lines if "columns not read" in line]
    assert line.endswith("field 018, field 019, …: 50 rows")


def test_a_file_without_titles_is_told_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "titles.csv"
    path.write_text("Film,Made\nAlien,1979\n")
    sentence = "No row could be used: none has a title. The columns are Film, Made; --map COLUMN=title names the one."
    assert failure_of(path) == sentence


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = gzip.compress(b'{"title": "Alien"}\n')
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))
    assert run(Path("-"), "--no-vectors").startswith("1 added")


# --- What a dry run shows ----------------------------------------------------------------------------------


def test_a_dry_run_shows_what_would_be_added_and_changed_and_how(tmp_path: Path) -> None:
    bring_in(ALIEN, BRAZIL, source="import")
    rows = [{**ALIEN, "year": 1980, "genres": ["Horror"]}, BRAZIL, {"id": "x", "title": "Solaris"}]
    lines = run(write_lines(tmp_path / "films.jsonl", rows), "--dry-run").splitlines()
    assert lines == [
        "1 would be added, 1 would be changed, 1 unchanged, 0 refused.",
        "  line 1: Alien would be changed",
        "      release_year: 1979 → 1980",
        "      genres: Horror, Science Fiction → Horror",
        "  line 3: Solaris would be added",
    ]


def test_a_dry_run_shows_the_first_20_and_the_report_holds_all_of_them(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [{"title": f"Film {number}"} for number in range(25)])
    out = run(path, "--dry-run", "--report", str(tmp_path / "report.json"))
    assert out.count("would be added") == 20 + 1
    assert "  … and 5 more; --report FILE holds them all" in out.splitlines()
    assert len(json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["rows"]) == 25


def test_every_change_is_told_from_what_to_what(tmp_path: Path) -> None:
    bring_in(SERIES, source="import")
    episodes = [{"episode_number": 1, "title": "The Pilot"}, {"episode_number": 3, "title": "Third"}]
    seasons = [{"season_number": 1, "episodes": episodes}, {"season_number": 2, "episodes": [{"episode_number": 1}]}]
    changed = {**SERIES, "seasons": seasons, "cast": ["Bryan Cranston"], "collections": ["Crime"], "status": "draft"}
    path = write_lines(tmp_path / "films.jsonl", [changed])
    run(path, "--dry-run", "--report", str(tmp_path / "report.json"))
    (row,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["rows"]
    assert row["changes"] == {
        "status": {"from": "published", "to": "draft"},
        "cast": {"from": [], "to": ["Bryan Cranston"]},
        "S1E1 title": {"from": "Pilot", "to": "The Pilot"},
        "S1E3": {"from": None, "to": "Third"},
        "season 2": {"from": None, "to": "1 episodes"},
        "collections": {"from": [], "to": ["Crime"]},
    }


# --- Stopped and gone on -----------------------------------------------------------------------------------


def test_lines_can_be_left_out_at_the_beginning(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [ALIEN, BRAZIL, SERIES])
    run(path, "--from-line", "2", "--no-vectors")
    assert set(Title.objects.values_list("title", flat=True)) == {"Brazil", "Breaking Bad"}


def test_an_import_that_is_interrupted_says_how_far_it_came_and_keeps_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: Path) -> Iterator[Row | BadRow]:
        yield from list(read_rows(path))[:2]
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "BATCH", 2)
    monkeypatch.setattr(command, "read_rows", interrupted)
    path, out = write_lines(tmp_path / "films.jsonl", [ALIEN, BRAZIL, SERIES]), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_titles", path, "--report", str(tmp_path / "report.json"), stdout=out)
    assert caught.value.returncode == 130
    assert str(caught.value).startswith("Stopped; the lines up to 2 are done.")
    assert out.getvalue().startswith("2 added, 0 changed, 0 unchanged, 0 refused.")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["is_complete"], report["added"]) == (False, 2)
    monkeypatch.undo()
    assert run(path).startswith("1 added, 0 changed, 2 unchanged, 0 refused.")
