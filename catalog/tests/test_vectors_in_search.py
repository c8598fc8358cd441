"""Finding titles by what a query means, within what the asker may see."""

from __future__ import annotations

import logging
import math
from typing import Any

import numpy as np
import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Profile
from catalog.models import SentenceVector, Title
from catalog.tests.factories import GenreFactory, TitleFactory
from catalog.tests.understanding import WordProvider
from catalog.vectors import embed_catalogue, index, search
from catalog.vectors.providers.base import TextRefusedError
from catalog.vectors.providers.tfidf import TfidfProvider
from catalog.vectors.search import Neighbour, nearest_titles

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> WordProvider:
    provider = WordProvider()
    monkeypatch.setattr("catalog.vectors.providers._provider", lambda *_: provider)
    return provider


def find(query: str, titles: Any = None, limit: int = 20) -> list[str] | None:
    """The names of what is found, best first."""
    found = nearest_titles(query, Title.objects.visible_to(None) if titles is None else titles, limit)
    names = dict(Title.objects.values_list("id", "title"))
    return None if found is None else [names[hit.title_id] for hit in found]


def embedded(**synopses: str) -> None:
    for name, synopsis in synopses.items():
        TitleFactory.create(title=name, synopsis_long=synopsis)
    embed_catalogue()


# What is near


def test_a_title_is_as_near_as_its_nearest_sentence() -> None:
    embedded(
        Jaws="A shark terrorises a beach town. Nobody listens to the chief at first.",
        Alien="A creature terrorises a town.",
        Heat="Two men meet.",
    )
    assert find("shark terrorises beach town") == ["Jaws", "Alien"]
    (jaws, alien) = nearest_titles("shark terrorises beach town", Title.objects.visible_to(None), 5) or []
    assert isinstance(jaws, Neighbour)
    assert jaws.similarity == pytest.approx(4 / math.sqrt(4 * 8), abs=2e-3)
    assert alien.similarity == pytest.approx(2 / math.sqrt(4 * 7), abs=2e-3)


def test_a_cosine_under_a_fifth_is_chance() -> None:
    embedded(Near=" ".join(["shark", *(f"word{number}" for number in range(23))]))
    embedded(Far=" ".join(["shark", *(f"other{number}" for number in range(25))]))
    assert find("shark") == ["Near"]


def test_the_limit_is_of_titles_and_not_of_sentences() -> None:
    for number in range(5):
        TitleFactory.create(title=f"Film {number}", synopsis_long="\n".join(f"A shark {word}" for word in "abcdefgh"))
    embed_catalogue()
    assert len(find("shark", limit=3) or []) == 3
    assert len(find("shark", limit=50) or []) == 5


def test_nothing_near_is_an_empty_list_and_not_none() -> None:
    embedded(Jaws="A shark bites.")
    assert find("zither") == []


@pytest.mark.parametrize("query", ["'; DROP TABLE catalog_title; --", "%_", "🦈" * 500, "shark " * 400, "\x00 shark"])
def test_any_query_is_an_ordinary_one(query: str) -> None:
    embedded(Jaws="A shark bites.")
    assert find(query) in (None, [], ["Jaws"])


# Within what may be seen


def test_only_titles_of_the_queryset_are_found(charlie: Profile) -> None:
    western = GenreFactory.create(slug="western")
    embedded(Open="A shark bites.", Adult="A shark bites hard.", Draft="A shark.", Gone="A shark!", Western="Shark.")
    Title.objects.filter(title="Adult").update(age_rating="TV-MA")
    Title.objects.filter(title="Draft").update(status="draft")
    Title.objects.get(title="Gone").soft_delete()
    Title.objects.get(title="Western").genres.add(western)
    assert sorted(find("shark bites") or []) == ["Adult", "Open", "Western"]
    assert sorted(find("shark bites", Title.objects.visible_to(charlie)) or []) == ["Open", "Western"]
    assert find("shark bites", Title.objects.visible_to(charlie).of_genre("western")) == ["Western"]
    assert find("shark bites", Title.objects.visible_to(charlie).newest_first().with_genres()) is not None


@pytest.fixture(scope="module")
def many() -> list[dict[str, Any]]:
    """A large catalogue in which only every thirtieth title suits a child, and none of those is among the nearest."""
    generator = np.random.default_rng(1)
    away = generator.standard_normal((1_200, 200)).astype(np.float32) * 0.02
    return [
        {"child": number % 30 == 0, "row": away[number], "nearness": 0.4 if number % 30 == 0 else 0.9}
        for number in range(1_200)
    ]


def store(many: list[dict[str, Any]], provider: WordProvider) -> None:
    query = provider.embed_query("shark")
    titles = Title.objects.bulk_create(
        Title(title=f"Film {place}", title_type="movie", age_rating="TV-G" if film["child"] else "TV-MA")
        for place, film in enumerate(many)
    )
    SentenceVector.objects.bulk_create(
        SentenceVector(title=title, position=0, vector=_near(query, film), **provider.stamp._asdict())
        for title, film in zip(titles, many, strict=True)
    )


def _near(query: Any, film: dict[str, Any]) -> Any:
    aside = film["row"] - (film["row"] @ query) * query
    aside /= np.linalg.norm(aside)
    return film["nearness"] * query + math.sqrt(1 - film["nearness"] ** 2) * aside


def test_a_childs_page_is_as_full_as_an_adults(
    provider: WordProvider, many: list[dict[str, Any]], charlie: Profile
) -> None:
    store(many, provider)
    assert len(find("shark", limit=30) or []) == 30
    assert len(find("shark", Title.objects.visible_to(charlie), limit=30) or []) == 30
    assert len(find("shark", Title.objects.visible_to(charlie), limit=100) or []) == 40


@pytest.mark.django_db(transaction=True)
def test_with_an_index_too(
    provider: WordProvider, many: list[dict[str, Any]], charlie: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(many, provider)
    exact = [find("shark", Title.objects.visible_to(who), limit=30) for who in (None, charlie)]
    monkeypatch.setattr(index, "INDEX_FROM", 1_000)
    monkeypatch.setattr(search, "INDEX_FROM", 1_000)
    index.keep_index(provider.stamp)
    caches["memory"].clear()
    try:
        with CaptureQueriesContext(connection) as statements:
            found = [find("shark", Title.objects.visible_to(who), limit=30) for who in (None, charlie)]
        assert any("hnsw.iterative_scan" in each["sql"] for each in statements)
        assert [len(page or []) for page in found] == [30, 30]
        assert set(found[1] or []) == set(exact[1] or [])
    finally:
        monkeypatch.setattr(index, "INDEX_FROM", 10**9)
        index.keep_index(TfidfProvider().stamp)


def test_a_page_that_the_index_leaves_short_is_filled_by_reading_all(
    provider: WordProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with an index that stops early: the first statement gives three sentences of one title."""
    for number in range(4):
        TitleFactory.create(title=f"Film {number}", synopsis_long="A shark. The shark. Shark.")
    embed_catalogue()
    monkeypatch.setattr(search, "INDEX_FROM", 1)
    monkeypatch.setattr(search, "ROWS_PER_TITLE", 1)
    monkeypatch.setattr(search, "FEWEST_ROWS", 1)
    assert len(find("shark", limit=3) or []) == 3


def test_it_takes_one_statement_and_with_an_index_two(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded(**{f"Film{number}": f"A shark bites {number}." for number in range(20)})
    titles = Title.objects.visible_to(None)
    nearest_titles("shark", titles, 5)  # counts once a minute
    with CaptureQueriesContext(connection) as statements:
        nearest_titles("shark", titles, 5)
    assert len(statements) == 1
    monkeypatch.setattr(search, "INDEX_FROM", 1)
    with CaptureQueriesContext(connection) as statements:
        nearest_titles("shark", titles, 5)
    assert len(statements) == 2


# Queries are remembered


def test_a_query_is_embedded_once_however_it_is_written(provider: WordProvider) -> None:
    embedded(Jaws="A shark bites.")
    for query in ("Shark  Bites", "shark bites", " SHARK BITES\n"):
        assert find(query) == ["Jaws"]
    assert provider.queries == ["shark bites"]


def test_another_model_is_asked_anew(provider: WordProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded(Jaws="A shark bites.")
    find("shark")
    other = WordProvider(version="2")
    monkeypatch.setattr("catalog.vectors.providers._provider", lambda *_: other)
    embed_catalogue(stale=True)
    assert find("shark") == ["Jaws"]
    assert other.queries == ["shark"]


# When it cannot be told


def test_a_provider_that_compares_words_finds_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded(Jaws="A shark bites.")
    monkeypatch.setattr("catalog.vectors.providers._provider", lambda *_: TfidfProvider())
    with CaptureQueriesContext(connection) as statements:
        assert find("shark", Title.objects.none()) is None
    assert len(statements) == 1  # the names in this test


def test_without_vectors_of_this_model_the_log_names_the_command(
    provider: WordProvider, caplog: pytest.LogCaptureFixture
) -> None:
    TitleFactory.create(synopsis_long="A shark bites.")
    assert find("shark") is None
    assert find("shark") is None
    (record,) = caplog.records
    assert "words (200 numbers, version 1)" in record.getMessage()
    assert "manage.py embed_titles --stale" in record.getMessage()
    assert provider.queries == []
    embed_catalogue()
    assert find("shark") is not None


def test_vectors_of_another_length_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded(Jaws="A shark bites.", Alien="A creature.")
    longer = WordProvider(dimension=210)
    monkeypatch.setattr("catalog.vectors.providers._provider", lambda *_: longer)
    assert find("shark") is None
    Title.objects.filter(title="Jaws").update(synopsis_long="A shark bites again.")
    longer.fails_at = "creature"  # half of the titles have the new length
    with pytest.raises(Exception, match="told to fail"):
        embed_catalogue(stale=True)
    assert SentenceVector.objects.values("dimension").distinct().count() in {1, 2}
    longer.fails_at = None
    embed_catalogue(stale=True)
    assert find("shark") == ["Jaws"]


def test_a_provider_that_fails_is_left_alone_for_a_while_and_logged_once_a_minute(
    provider: WordProvider, caplog: pytest.LogCaptureFixture
) -> None:
    embedded(Jaws="A shark bites.")
    assert find("bites") == ["Jaws"]
    provider.fails_at = "anything"
    with caplog.at_level(logging.WARNING):
        assert [find(f"shark {number}") for number in range(5)] == [None] * 5
    assert len(caplog.records) == 1
    assert len(provider.queries) == 2
    assert find("bites") == ["Jaws"]  # remembered
    provider.fails_at = None
    caches["memory"].delete("embedding-pause:words")
    assert find("shark 1") == ["Jaws"]


def test_a_query_that_the_provider_refuses_costs_the_others_nothing(
    provider: WordProvider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    embedded(Jaws="A shark bites.")
    embed = provider.embed_query

    def refuse(query: str) -> Any:
        if "bad" in query:
            raise TextRefusedError("The provider of the tests refuses this text.")
        return embed(query)

    monkeypatch.setattr(provider, "embed_query", refuse)
    assert find("bad shark") is None
    assert find("shark") == ["Jaws"]
    assert "refuses this text" in caplog.text


@pytest.mark.parametrize("query", ["", "   ", "\n"])
def test_an_empty_query_means_nothing(query: str, provider: WordProvider) -> None:
    embedded(Jaws="A shark bites.")
    assert find(query) is None
    assert provider.queries == []
