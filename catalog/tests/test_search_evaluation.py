"""How good search is: `evaluate_search` on labelled queries, and the least that ours must reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.importing import import_titles
from catalog.models import ExternalId, Title
from catalog.search import hybrid
from catalog.search.documents import index_catalogue
from catalog.search.evaluation import TITLE_KINDS, evaluate
from catalog.search.terms import forget_vocabulary
from catalog.tests.factories import TitleFactory
from catalog.title_files import read_rows
from catalog.vectors.search import Neighbour

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_remembered")]

Labelled = Callable[..., Path]

# Ours, over the demo's films: none of them is among the queries that anybody tunes by.
QUERIES = """
shark hunts swimmers off a new england island | descriptive | Jaws
hacker finds out that the world is a simulation | descriptive | The Matrix
boy forgotten at home by his family fights burglars | descriptive | Home Alone
archaeologist looks for the ark of the covenant before the nazis | descriptive | Raiders of the Lost Ark
writer minds a remote hotel over the winter and goes mad | descriptive | The Shining
slow witted man from alabama lives through american history | descriptive | Forrest Gump
mafia family patriarch hands power to his reluctant son | descriptive | The Godfather
german industrialist saves jews during the holocaust | descriptive | Schindler's List
lion cub is heir to the throne | descriptive | The Lion King
boxer from philadelphia fights the heavyweight champion | descriptive | Rocky
teh matrix | typo | The Matrix
rokcy | typo | Rocky
schindlers lst | typo | Schindler's List
forest gumpp | typo | Forrest Gump
the shinning | typo | The Shining
raiders of the lost arc | typo | Raiders of the Lost Ark
home alnoe | typo | Home Alone
the loin king | typo | The Lion King
ark lost the of raiders | order | Raiders of the Lost Ark
alone home | order | Home Alone
list schindlers | order | Schindler's List
raiders of the l | partial | Raiders of the Lost Ark
schindl | partial | Schindler's List
forrest | partial | Forrest Gump
lion ki | partial | The Lion King
"""


@pytest.fixture
def nothing_remembered() -> None:
    """How common words were in another test's catalogue."""
    forget_vocabulary()


@pytest.fixture
def labelled(tmp_path: Path) -> Labelled:
    """A file of these lines: objects, or texts as they stand."""

    def write(*lines: object) -> Path:
        path = tmp_path / "queries.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        return path

    return write


def run(path: Path, *options: str) -> str:
    index_catalogue()
    out = StringIO()
    call_command("evaluate_search", str(path), *options, stdout=out, stderr=out)
    return out.getvalue()


def film(title: str, external_id: str | None = None, **fields: Any) -> Title:
    made: Title = TitleFactory.create(title=title, **fields)
    if external_id:
        ExternalId.objects.create(title=made, source="test", value=external_id)
    return made


# --- The figures -------------------------------------------------------------------------------------------


def test_the_table_tells_how_often_and_how_far_up_the_wanted_title_stands(labelled: Labelled) -> None:
    film("Jaws", "Jaws_(film)")
    film("Alien", "Alien_(film)")
    film("Aliens", "Aliens_(film)")
    path = labelled(
        {"query": "jaws", "kind": "typo", "href": "Jaws_(film)"},
        {"query": "alien", "kind": "typo", "href": "Aliens_(film)"},
        {"query": "zebra", "kind": "descriptive", "href": "Jaws_(film)"},
    )
    table = [line.split() for line in run(path, "--mode", "keyword").splitlines()]
    assert table == [
        ["kind", "mode", "n", "success@1", "success@10", "MRR"],
        ["typo", "keyword", "2", "0.500", "1.000", "0.750"],
        ["descriptive", "keyword", "1", "0.000", "0.000", "0.000"],
        ["title", "kinds", "together", "keyword", "2", "0.500", "1.000", "0.750"],
    ]


def test_all_modes_are_measured_and_a_fall_back_is_told(labelled: Labelled, monkeypatch: pytest.MonkeyPatch) -> None:
    jaws = film("Jaws", "Jaws", synopsis_long="A shark.")
    path = labelled({"query": "great white fish", "kind": "descriptive", "external_id": "Jaws"})
    assert "semantic: answered by keywords" in run(path)
    monkeypatch.setattr(hybrid, "nearest_titles", lambda *_: [Neighbour(jaws.id, 0.5)])
    answer = run(path, "--mode", "all")
    assert "answered by keywords" not in answer
    assert [line.split()[1:4] for line in answer.splitlines()[1:]] == [
        ["hybrid", "1", "1.000"],
        ["keyword", "1", "0.000"],
        ["semantic", "1", "1.000"],
    ]


def test_the_scores_are_written_as_json(labelled: Labelled, tmp_path: Path) -> None:
    film("Jaws", "Jaws")
    path = labelled({"query": "jaws", "kind": "typo", "href": "Jaws"}, "nonsense")
    run(path, "--mode", "keyword", "--json", str(tmp_path / "scores.json"))
    written = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert written["unusable"] == [{"line": 2, "reason": "This is no JSON."}]
    assert written["scores"][0] == {
        "kind": "typo",
        "mode": "keyword",
        "queries": 1,
        "success_at_1": 1.0,
        "success_at_10": 1.0,
        "mrr": 1.0,
    }


def test_a_twin_of_the_wanted_title_is_right_as_well(labelled: Labelled) -> None:
    film("Jaws", release_year=1975, synopsis_short="A shark. " * 30)
    film("JAWS", "Jaws_(film)", release_year=1975, synopsis_short=None)
    film("Jaws", release_year=2001)
    path = labelled({"query": "shark", "kind": "descriptive", "href": "Jaws_(film)"})
    assert [line.split()[3] for line in run(path, "--mode", "keyword").splitlines()[1:]] == ["1.000"]
    Title.objects.filter(title="Jaws").update(release_year=2001)
    assert [line.split()[3] for line in run(path, "--mode", "keyword").splitlines()[1:]] == ["0.000"]


# --- The wanted title --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", ["Cuckoo%27s_Nest_(film)", "Cuckoo's_Nest_(film)"])
@pytest.mark.parametrize("wanted", ["Cuckoo%27s_Nest_(film)", "Cuckoo's_Nest_(film)"])
def test_percent_signs_in_an_external_id_do_not_matter(labelled: Labelled, stored: str, wanted: str) -> None:
    film("Cuckoo's Nest", stored)
    assert "1.000" in run(labelled({"query": "cuckoos nest", "kind": "typo", "href": wanted}))


def test_a_title_may_be_named_by_its_name_and_year(labelled: Labelled) -> None:
    film("King Kong", release_year=1933)
    wanted = film("King Kong", release_year=2005)
    index_catalogue()
    line = json.dumps({"query": "king kong", "kind": "typo", "title": "King Kong", "year": 2005})
    (score,) = [each for each in evaluate([line], modes=["keyword"]).scores if each.kind == "typo"]
    assert score.success_at_10 == 1
    Title.objects.filter(id=wanted.id).update(release_year=2006)
    assert evaluate([line], modes=["keyword"]).unusable == [(1, "The wanted title is not in the catalogue.")]


# --- What cannot be used -----------------------------------------------------------------------------------


def test_unusable_lines_are_told_by_number_and_the_rest_goes_on(labelled: Labelled) -> None:
    film("Jaws", "Jaws")
    path = labelled(
        "{not json",
        "[1]",
        {"kind": "typo", "href": "Jaws"},
        "",
        {"query": "jaws", "kind": "typo", "href": "Elsewhere"},
        {"query": "jaws", "kind": 7, "href": "Jaws"},
        {"query": "jaws", "kind": "typo", "href": "Jaws"},
    )
    answer = run(path, "--mode", "keyword")
    assert [line.partition(":")[0] for line in answer.splitlines() if line.startswith("line")] == [
        *("line 1", "line 2", "line 3", "line 5", "line 6"),
    ]
    assert "1.000" in answer


@pytest.mark.parametrize("lines", [[], ["nonsense"]])
def test_it_fails_when_no_query_could_be_used(labelled: Labelled, lines: list[str]) -> None:
    with pytest.raises(CommandError, match="No query could be used"):
        run(labelled(*lines))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.jsonl cannot be read: No such file"):
        run(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"query": "caf\xe9"}')
    with pytest.raises(CommandError, match="it is not UTF-8"):
        run(tmp_path / "latin.jsonl")


# --- How good ours is --------------------------------------------------------------------------------------


def test_our_own_queries_find_their_films_in_the_demo_catalogue(shared_data: Path) -> None:
    import_titles(read_rows(shared_data / "films" / "films-demo.jsonl"), source="test", renames={}, dry_run=False)
    index_catalogue()
    rows = [[part.strip() for part in line.split("|")] for line in QUERIES.strip().splitlines()]
    lines = [json.dumps({"query": query, "kind": kind, "title": title}) for query, kind, title in rows]
    result = evaluate(lines, modes=["keyword"])
    assert result.unusable == []
    found = {score.kind: score for score in result.scores}
    assert found["descriptive"].success_at_10 >= 0.9
    assert found["title kinds together"].success_at_1 >= 0.93
    assert all(found[kind].success_at_10 == 1 for kind in TITLE_KINDS)
