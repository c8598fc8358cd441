"""Searching by meaning, and by both: `/catalog/search/semantic` of contract 2.2."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Credit, Person
from catalog.search import hybrid
from catalog.search.documents import index_catalogue
from catalog.search.hybrid import Hit, merge
from catalog.search.keyword import KeywordHit
from catalog.search.terms import forget_vocabulary
from catalog.tests.factories import GenreFactory, TitleFactory
from catalog.vectors.search import Neighbour

if TYPE_CHECKING:
    from catalog.querysets import TitleQuerySet
    from conftest import As

SEMANTIC = "/api/v1/catalog/search/semantic"
FIELDS = {
    *("id", "title", "title_type", "synopsis_short", "release_year", "duration_minutes", "age_rating", "poster_url"),
    *("landscape_url", "is_featured", "mood_tags", "genres", "match_reason", "match_type", "similarity_score"),
}

Near = Callable[..., None]


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """How common words were in another test's catalogue."""
    forget_vocabulary()


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> Near:
    """Say which titles a query means, and how closely; without arguments, that no vector can tell."""

    def say(**similarities: float) -> None:
        def answer(query: str, titles: TitleQuerySet, limit: int) -> list[Neighbour] | None:
            if not similarities:
                return None
            names = {name.replace("_", " "): cosine for name, cosine in similarities.items()}
            found = [Neighbour(title.id, names[title.title]) for title in titles if title.title in names]
            return sorted(found, key=lambda neighbour: -neighbour.similarity)[:limit]

        monkeypatch.setattr(hybrid, "nearest_titles", answer)

    return say


def ask(client: APIClient, words: str, **query: Any) -> dict[str, Any]:
    index_catalogue()
    answer = client.get(SEMANTIC, {"q": words, **query})
    assert answer.status_code == 200, answer.content
    return {"used": answer["X-Search-Mode"], **answer.json()}


def titles_of(answer: dict[str, Any]) -> list[str]:
    return [item["title"] for item in answer["items"]]


# --- The answer --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_answer_has_the_shape_of_the_contract(guest: APIClient, near: Near) -> None:
    near(Jaws=0.5)
    TitleFactory.create(title="Jaws", synopsis_long="A shark.", mood_tags=["tense"]).genres.add(
        GenreFactory.create(name="Thriller")
    )
    index_catalogue()
    answer = guest.get(SEMANTIC, {"q": " shark "}).json()
    assert set(answer) == {"items", "total", "query", "mode"}
    assert (answer["total"], answer["query"], answer["mode"]) == (1, " shark ", "hybrid")
    (item,) = answer["items"]
    assert set(item) == FIELDS
    assert item["genres"] == ["Thriller"]
    assert item["similarity_score"] == 0.5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [{}, {"q": ""}, {"q": " "}, {"q": "a", "mode": "magic"}, {"q": "a", "page_size": 101}, {"q": "a", "page": 0}],
)
def test_what_is_no_query_is_refused_with_a_sentence(guest: APIClient, query: dict[str, Any]) -> None:
    answer = guest.get(SEMANTIC, query)
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", hybrid.MODES)
def test_every_mode_is_echoed(guest: APIClient, near: Near, mode: str) -> None:
    near(Jaws=0.5)
    TitleFactory.create(title="Jaws", synopsis_long="A shark.")
    answer = ask(guest, "shark", mode=mode)
    assert (answer["mode"], answer["used"]) == (mode, mode)
    assert titles_of(answer) == ["Jaws"]


@pytest.mark.django_db
def test_how_a_title_was_found_is_told(guest: APIClient, near: Near) -> None:
    near(Jaws=0.7, The_Meg=0.41, Open_Water=0.25)
    TitleFactory.create(title="Jaws", synopsis_long="A shark hunts swimmers.")
    TitleFactory.create(title="The Meg", synopsis_long="A huge fish.")
    TitleFactory.create(title="Open Water", synopsis_long="Two divers are forgotten.")
    TitleFactory.create(title="Shark Tale", synopsis_long="A fish tells lies.")
    bruce = TitleFactory.create(title="Finding Nemo", synopsis_long="A clownfish.")
    Credit.objects.create(title=bruce, person=Person.objects.create(name="Bruce Shark"), role="actor")
    told = {
        item["title"]: (item["match_type"], item["match_reason"], item["similarity_score"])
        for item in ask(guest, "shark")["items"]
    }
    assert told == {
        "Shark Tale": ("keyword", "Title match", None),
        "Jaws": ("both", "Description match · Very close theme", 0.7),
        "Finding Nemo": ("keyword", "Cast match", None),
        "The Meg": ("semantic", "Close theme", 0.41),
        "Open Water": ("semantic", "Related theme", 0.25),
    }


@pytest.mark.django_db
def test_a_misspelt_title_is_a_title_match(guest: APIClient, near: Near) -> None:
    near()
    TitleFactory.create(title="Casablanca")
    assert [item["match_reason"] for item in ask(guest, "cassablanca")["items"]] == ["Title match"]


@pytest.mark.django_db
def test_pages_follow_each_other(guest: APIClient, near: Near) -> None:
    near()
    for number in range(25):
        TitleFactory.create(title=f"Alien {number}")
    whole = titles_of(ask(guest, "alien", page_size=100))
    pages = [ask(guest, "alien", page=page, page_size=10) for page in (1, 2, 3, 4)]
    assert [page["total"] for page in pages] == [10, 10, 5, 0]
    assert [title for page in pages for title in titles_of(page)] == whole


# --- Where meaning cannot be told --------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_without_vectors_keywords_answer_and_it_is_told(guest: APIClient, near: Near, mode: str) -> None:
    near()
    TitleFactory.create(title="Jaws", synopsis_long="A shark.")
    answer = ask(guest, "shark", mode=mode)
    assert titles_of(answer) == ["Jaws"]
    assert (answer["mode"], answer["used"]) == (mode, "keyword")
    assert answer["items"][0]["match_type"] == "keyword"


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["it", " it ", "  a", "千尋"])
def test_less_than_three_characters_mean_nothing_yet(
    guest: APIClient, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    def unwanted(*_args: object) -> None:
        pytest.fail("the vectors were asked")

    monkeypatch.setattr(hybrid, "nearest_titles", unwanted)
    TitleFactory.create(title="It")
    assert ask(guest, words)["used"] == "keyword"


@pytest.mark.django_db
def test_the_default_provider_falls_back_to_keywords(guest: APIClient) -> None:
    TitleFactory.create(title="Jaws", synopsis_long="A shark.")
    answer = ask(guest, "shark")
    assert titles_of(answer) == ["Jaws"]
    assert answer["used"] == "keyword"


@pytest.mark.django_db
@pytest.mark.parametrize("mode", hybrid.MODES)
@pytest.mark.parametrize("words", ["%", "'; DROP TABLE x; --", "🎬🎬🎬", "x" * 4_000, "the who", "& | ! :*", "\\\\\\"])
def test_any_text_gets_an_ordinary_answer(guest: APIClient, near: Near, words: str, mode: str) -> None:
    near(Jaws=0.5)
    TitleFactory.create(title="Jaws")
    ask(guest, words, mode=mode)


# --- Who is asking -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("mode", hybrid.MODES)
def test_a_child_finds_nothing_above_its_limit(
    as_user: As, alice: User, charlie: Profile, near: Near, mode: str
) -> None:
    near(Jaws=0.9, Shark_Tale=0.5, Draft=0.8)
    TitleFactory.create(title="Jaws", synopsis_long="A shark.", age_rating="TV-MA")
    TitleFactory.create(title="Shark Tale", synopsis_long="A shark.", age_rating="TV-G")
    TitleFactory.create(title="Draft", synopsis_long="A shark.", status="draft")
    answer = ask(as_user(alice), "shark", mode=mode, profile_id=str(charlie.id))
    assert titles_of(answer) == ["Shark Tale"]


@pytest.mark.django_db
def test_somebody_elses_profile_is_refused(as_user: As, alice: User, bobs: Profile) -> None:
    assert as_user(alice).get(SEMANTIC, {"q": "alien", "profile_id": str(bobs.id)}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("number", [10, 90])
def test_the_number_of_statements_does_not_grow_with_the_page(
    as_user: As, alice: User, alices: Profile, near: Near, number: int
) -> None:
    near()
    for _ in range(number):
        TitleFactory.create(title="Alien").genres.add(GenreFactory.create())
    client = as_user(alice)
    # The first search of a process learns how common words are.
    ask(client, "alien", profile_id=str(alices.id))
    with CaptureQueriesContext(connection) as statements:
        answer = client.get(SEMANTIC, {"q": "alien", "profile_id": str(alices.id), "page_size": "100"})
    assert answer.json()["total"] == number
    assert len(statements) == 3  # account and profile, hits, page


# --- Two lists become one ----------------------------------------------------------------------------------

JAWS, MEG, WATER, TALE = (uuid4() for _ in range(4))


def word_hit(title_id: Any, score: float = 0.5, *, close: bool = False, whole: bool = False) -> KeywordHit:
    return KeywordHit(title_id, score, is_close=close, is_whole=whole)


def order_of(hits: list[Hit]) -> list[Any]:
    return [hit.title_id for hit in hits]


def test_what_both_lists_have_comes_before_what_one_has() -> None:
    words = [word_hit(JAWS), word_hit(MEG)]
    near = [Neighbour(WATER, 0.6), Neighbour(MEG, 0.5)]
    assert order_of(merge(words, near)) == [MEG, JAWS, WATER]


def test_nothing_comes_before_the_title_that_was_asked_for() -> None:
    words = [word_hit(TALE, 11.0, close=True, whole=True), word_hit(MEG)]
    near = [Neighbour(MEG, 0.9), Neighbour(JAWS, 0.8), Neighbour(WATER, 0.7)]
    assert order_of(merge(words, near)) == [TALE, MEG, JAWS, WATER]


def test_a_title_that_is_only_somewhat_like_it_is_fused() -> None:
    words = [word_hit(TALE, 0.6, close=True), word_hit(MEG, 0.5)]
    near = [Neighbour(MEG, 0.9)]
    assert order_of(merge(words, near)) == [MEG, TALE]


def test_fusing_is_by_reciprocal_ranks() -> None:
    """First and fourth (1/61 + 1/64) beat second and third (1/62 + 1/63)."""
    first, second = [JAWS, MEG, WATER, TALE], [TALE, WATER, MEG, JAWS]
    assert hybrid.fuse([first, second]) == [JAWS, TALE, MEG, WATER]


def test_every_hit_of_both_lists_is_there_once() -> None:
    words = [word_hit(uuid4()) for _ in range(100)]
    near = [Neighbour(hit.title_id, 0.3) for hit in words[50:]] + [Neighbour(uuid4(), 0.25) for _ in range(100)]
    merged = order_of(merge(words, near))
    assert len(merged) == len(set(merged)) == 200
