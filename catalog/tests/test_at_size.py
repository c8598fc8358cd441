"""The catalogue at the size of a real service: 14,915 real films (`make long`)."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from catalog.models import Person, SearchDocument, Title
from catalog.search.evaluation import Evaluation, evaluate
from catalog.search.terms import forget_vocabulary

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
FILMS = 14_915
TITLE_KINDS = ("typo", "order", "partial")


def run_import(path: Path) -> str:
    """`manage.py import_titles`, with vectors, in a process of its own on the database of this test."""
    address, _, options = os.environ["DATABASE_URL"].partition("?")
    database = f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(ROOT / "manage.py"), "import_titles", str(path), "--source", "wikipedia"],
        env={**os.environ, "DATABASE_URL": f"{database}?{options}" if options else database},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def at_ten(result: Evaluation, *kinds: str) -> tuple[float, float]:
    """The shares of queries answered first, and among the first ten, over these kinds."""
    scores = [score for score in result.scores if score.kind in kinds]
    asked = sum(score.queries for score in scores)
    return (
        sum(score.success_at_1 * score.queries for score in scores) / asked,
        sum(score.success_at_10 * score.queries for score in scores) / asked,
    )


def test_14915_films_come_in_with_little_memory_and_are_found(shared_data: Path) -> None:
    films = shared_data / "films" / "films.jsonl.gz"
    assert run_import(films).startswith(f"{FILMS} added, 0 changed, 0 unchanged, 0 refused.")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    assert peak < 300, f"{peak:.0f} MB"
    assert (Title.objects.count(), SearchDocument.objects.count()) == (FILMS, FILMS)
    assert not Title.objects.filter(title__contains="mw-parser-output").exists()
    assert not Person.objects.filter(name__regex="[()]").exists()
    assert "Nothing to write" in run_import(films)

    forget_vocabulary()
    queries = (shared_data / "queries" / "dev-queries.jsonl").read_text().splitlines()
    result = evaluate(queries, modes=["keyword"])
    assert result.unusable == []
    first, among_ten = at_ten(result, *TITLE_KINDS)
    assert first >= 0.88
    assert among_ten >= 0.97
    assert at_ten(result, "descriptive")[1] >= 0.75
