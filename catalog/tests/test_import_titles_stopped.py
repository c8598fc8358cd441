"""Imports that end early: what is kept, what is told, and where to go on."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from catalog.importing import ImportReport, import_titles, service
from catalog.management.commands import import_titles as command
from catalog.models import SearchTerm, Title, TitleRelation
from catalog.tests.importing import bring_in, counts, run, write_lines
from catalog.title_files import BadRow, Row, read_rows

pytestmark = pytest.mark.django_db

Stop = KeyboardInterrupt


def film(number: int, *sequels: int) -> dict[str, Any]:
    related = [{"relation": "sequel", "external_id": f"t{one}"} for one in sequels]
    return {"external_id": f"t{number}", "title": f"Film {number}", "relations": related}


def stopping(rows: list[dict[str, Any]], error: BaseException) -> Iterator[Row | BadRow]:
    yield from (Row(line, row) for line, row in enumerate(rows, start=1))
    raise error


def sequels() -> set[tuple[str, str]]:
    return set(TitleRelation.objects.values_list("title__title", "related__title"))


@pytest.fixture
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH", 2)


# --- Relations that wait -----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OperationalError("gone"), ZeroDivisionError()])
def test_relations_that_can_be_saved_are_saved_however_it_ends(batches_of_two: None, error: BaseException) -> None:
    report = ImportReport()
    rows = [film(1, 3), film(2), film(3, 9), film(4)]
    with pytest.raises(type(error)):
        import_titles(stopping(rows, error), source="test", report=report)
    assert sequels() == {("Film 1", "Film 3")}
    assert (report.last_line, report.first_waiting, report.done_until) == (4, 3, 2)


def test_the_hint_leaves_out_no_row_whose_relation_still_waits(
    batches_of_two: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_lines(tmp_path / "films.jsonl", [film(1), film(2, 5), film(3), film(4), film(5)])
    with monkeypatch.context() as patch:
        patch.setattr(command, "read_rows", lambda path: stopping([row.values for row in _four(path)], Stop()))
        with pytest.raises(CommandError) as caught:
            run(path, "--no-vectors")
    assert str(caught.value) == (
        "Stopped; the lines up to 4 are done, but from line 2 on some are related to titles that are not there yet. "
        "Run it again, with --from-line 2 to leave out what is wholly done."
    )
    run(path, "--no-vectors", "--from-line", "2")
    assert sequels() == {("Film 2", "Film 5")}


def _four(path: Path) -> list[Row]:
    return [row for row in read_rows(path) if isinstance(row, Row)][:4]


def test_a_dry_run_that_is_stopped_does_not_say_that_anything_is_done(
    batches_of_two: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "read_rows", lambda _: stopping([film(1), film(2)], Stop()))
    with pytest.raises(CommandError, match=r"the lines up to 2 were tried, and nothing was kept\.$"):
        run(write_lines(tmp_path / "films.jsonl", []), "--dry-run")


# --- Files and databases that break off --------------------------------------------------------------------


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A compressed file that breaks off somewhere behind its first 500 lines."""
    noise = random.Random(1)  # so that it does not compress to nothing
    rows = [{**film(number), "ai_description": str(noise.random()) * 20} for number in range(1, 1_400)]
    content = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    path = tmp_path / "films.jsonl.gz"
    path.write_bytes(content[: len(content) * 9 // 10])
    return path


def test_a_file_that_breaks_off_tells_what_was_kept_and_where_to_go_on(broken: Path, tmp_path: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_titles", broken, "--no-vectors", "--report", str(tmp_path / "report.json"), stdout=out)
    assert caught.value.returncode == 1
    assert str(caught.value).startswith("films.jsonl.gz cannot be read: Compressed file ended before the end-of-stream")
    assert str(caught.value).endswith(
        "Stopped; the lines up to 1000 are done. Run it again, with --from-line 1001 to leave them out."
    )
    assert out.getvalue().startswith("1000 added, 0 changed, 0 unchanged, 0 refused.")
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["is_complete"], report["added"], len(report["rows"])) == (False, 1000, 1000)
    assert Title.objects.count() == 1000
    assert SearchTerm.objects.filter(term="film").exists()


def test_a_report_is_kept_whatever_ends_the_import(
    batches_of_two: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "read_rows", lambda _: stopping([film(1), film(2)], ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        run(write_lines(tmp_path / "films.jsonl", []), "--no-vectors", "--report", str(tmp_path / "report.json"))
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["is_complete"], report["added"]) == (False, 2)


def test_a_database_that_gives_up_is_told_in_a_sentence(
    batches_of_two: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "read_rows", lambda _: stopping([film(1), film(2)], OperationalError("gone\nfar")))
    with pytest.raises(CommandError, match=r"^The database: gone\. Stopped; the lines up to 2 are done\."):
        run(write_lines(tmp_path / "films.jsonl", []), "--no-vectors")


# --- Counts ------------------------------------------------------------------------------------------------


def test_rows_that_were_taken_back_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_ids: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "index_titles", stop)
    report = ImportReport()
    with pytest.raises(KeyboardInterrupt):
        bring_in(film(1), film(2), report=report)
    assert counts(report) == (0, 0, 0, 0)
    assert not Title.objects.exists()


def test_notes_are_counted_once_however_often_a_batch_is_tried() -> None:
    one, other = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    series = {"id": "s", "title": "S", "seasons": [{"season_id": one, "season_number": 1}]}
    bring_in(series)
    again = {**series, "seasons": [{"season_id": other, "season_number": 1}]}
    others = [{"title": f"T{number}"} for number in range(3)]
    twice = {"title": "X", "cast": [{"name": "Cher"}, {"name": "Cher", "person_id": one}]}
    bring_in({"title": "Y", "cast": [{"name": "Cher", "person_id": one}]})
    report = bring_in(again, *others, twice)
    assert [reason for _, reason in report.refused] == ["cast holds Cher twice as actor, with person_id and without."]
    assert report.all_notes() == {"ids of seasons and episodes stayed as they are stored": {"rows": 1, "times": 1}}


# --- Words -------------------------------------------------------------------------------------------------


def test_the_words_are_counted_after_small_imports_and_those_that_are_stopped(batches_of_two: None) -> None:
    with pytest.raises(KeyboardInterrupt):
        import_titles(stopping([film(number) for number in range(8)], Stop()), source="test")
    assert SearchTerm.objects.get(term="film").documents == 8


def test_an_import_with_nothing_to_write_counts_the_words_that_a_killed_one_left() -> None:
    rows = [film(number) for number in range(8)]
    bring_in(*rows)
    SearchTerm.objects.all().delete()
    assert counts(bring_in(*rows)) == (0, 0, 8, 0)
    assert SearchTerm.objects.get(term="film").documents == 8
