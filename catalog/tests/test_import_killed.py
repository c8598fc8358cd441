"""Imports that are killed, and imports at the same time: in processes of their own, on a real database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from catalog.exporting import export_rows
from catalog.models import (
    Collection,
    Credit,
    Episode,
    ExternalId,
    Genre,
    Person,
    SearchDocument,
    SearchTerm,
    Season,
    Title,
    TitleRelation,
)
from common.soft_delete import SoftDeletable

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]

ROOT = Path(__file__).resolve().parents[2]
ROWS = 2_000
CAST = 3
EPISODES = 4
PATIENCE = 120
IDS = {"title_id", "season_id", "episode_id", "person_id", "created_at"}


def row(number: int) -> dict[str, Any]:
    """A film, or every fifth time a series; each is followed by the next one."""
    episodes = [{"episode_number": one, "title": f"Part {one}"} for one in range(1, EPISODES + 1)]
    return {
        "external_id": f"t{number}",
        "title": f"Title {number}",
        "synopsis": f"It is the story of number {number}, told at some length.",
        "genres": [f"Genre {number % 7}"],
        "cast": [f"Person {(number * 3 + one) % 500}" for one in range(CAST)],
        "collections": [{"name": "All", "position": number}],
        "relations": [{"relation": "sequel", "external_id": f"t{(number + 1) % ROWS}"}],
        **({"seasons": [{"season_number": 1, "episodes": episodes}]} if number % 5 == 0 else {}),
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "titles.jsonl"
    path.write_text("".join(json.dumps(row(number)) + "\n" for number in range(ROWS)))
    return path


def start(file: Path, *arguments: str) -> subprocess.Popen[str]:
    """`manage.py import_titles` in a process group of its own, on the database of this test."""
    address, _, _query = os.environ["DATABASE_URL"].partition("?")
    query = f"?{_query}" if _query else ""
    database = f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}{query}"
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, str(ROOT / "manage.py"), "import_titles", str(file), "--no-vectors", *arguments],
        env={**os.environ, "DATABASE_URL": database},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, error
    return out


def wait_for_titles(number: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while Title.objects.count() < number:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def assert_every_title_is_whole() -> None:
    for title in Title.objects.prefetch_related("credits__person", "genres", "seasons__episodes", "external_ids"):
        wanted = row(int(title.title.removeprefix("Title ")))
        assert [credit.person.name for credit in title.credits.all()] == wanted["cast"]
        assert title.genre_names == wanted["genres"]
        assert [key.value for key in title.external_ids.all()] == [wanted["external_id"]]
        assert [season.episodes.count() for season in title.seasons.all()] == [EPISODES] * ("seasons" in wanted)
    assert SearchDocument.objects.count() == Title.objects.count()


def state() -> list[str]:
    """Everything that is stored, without the ids that every import gives anew."""
    names = {str(one): name for one, name in Title.objects.values_list("id", "title")}
    return sorted(json.dumps(_without_ids(told, names)) for told in export_rows(Title.objects.all()))


def _without_ids(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_without_ids(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    if "relation" in value:
        return [value["relation"], names[value["title_id"]]]
    return {name: _without_ids(one, names) for name, one in value.items() if name not in IDS}


def start_again() -> None:
    models: list[type[SoftDeletable | Genre | Person | Collection]] = [Title, Genre, Person, Collection]
    for model in models:
        model._base_manager.all().delete()


def test_an_import_that_is_killed_leaves_whole_titles_and_a_second_run_brings_the_rest(file: Path) -> None:
    process = start(file)
    wait_for_titles(500, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    done = Title.objects.count()
    assert 500 <= done < ROWS, "it was not killed midway"
    assert_every_title_is_whole()
    out = finish(start(file))
    # The relation of the last title that was there waited for the end, which never came.
    assert f"{ROWS - done} added" in out
    assert Title.objects.count() == ROWS
    assert_every_title_is_whole()
    after_the_kill = state()
    assert finish(start(file)).startswith(f"0 added, 0 changed, {ROWS} unchanged, 0 refused.")
    start_again()
    finish(start(file))
    assert state() == after_the_kill


def test_an_import_that_is_stopped_by_hand_goes_on_where_it_says_and_loses_no_relation(file: Path) -> None:
    process = start(file)
    wait_for_titles(500, process)
    time.sleep(0.2)  # they are seen a moment before the process knows that they are kept
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=PATIENCE)
    done = Title.objects.count()
    assert (process.returncode, done % 500) == (130, 0), error
    assert 500 <= done < ROWS, "it was not stopped midway"
    assert SearchTerm.objects.get(term="titl").documents == done
    # The last of them is followed by a title that is not there yet.
    assert f"with --from-line {done} to leave out what is wholly done." in error
    finish(start(file, "--from-line", str(done)))
    assert_every_title_is_whole()
    assert TitleRelation.objects.count() == Title.objects.count() == ROWS


def test_two_imports_of_one_file_at_once_add_every_title_once(file: Path) -> None:
    both = [start(file), start(file)]
    outs = [finish(process) for process in both]
    assert all("0 refused" in out for out in outs)
    counted = (Title.objects.count(), ExternalId.objects.count(), Genre.objects.count(), Person.objects.count())
    assert counted == (ROWS, ROWS, 7, 500)
    assert Credit.objects.count() == ROWS * CAST
    assert (Season.objects.count(), Episode.objects.count()) == (ROWS // 5, ROWS // 5 * EPISODES)
    assert_every_title_is_whole()


def test_two_imports_of_different_titles_at_once_make_every_person_once(tmp_path: Path) -> None:
    files = [tmp_path / "one.jsonl", tmp_path / "other.jsonl"]
    for path in files:
        # Without genres and collections, whose names are unique and make imports wait for each other anyway.
        rows = [
            {"external_id": f"{path.stem}{one}", "title": f"Title {one}", "cast": [f"P{one}"]} for one in range(ROWS)
        ]
        path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    for process in [start(path) for path in files]:
        finish(process)
    assert (Title.objects.count(), Person.objects.count()) == (2 * ROWS, ROWS)
