"""Content vectors of the catalogue's own words: titles that are about the same lie near each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catalog.models import ContentVector, Credit, Person, SentenceVector, Title
from catalog.tests.factories import GenreFactory, TitleFactory
from catalog.vectors import embed_catalogue, stamp
from catalog.vectors.providers.tfidf import DIMENSIONS, vectors_of
from catalog.vectors.texts import read_texts

WESTERNS = (
    "A lonely sheriff rides into a dusty frontier town and faces the outlaw gang.",
    "An outlaw gang terrorises a dusty frontier town until a sheriff rides in.",
)
SPACE = (
    "Astronauts aboard a spaceship discover an alien creature near a distant planet.",
    "The crew of a spaceship fights an alien creature on the way to a distant planet.",
)


def vector_of(title: Title) -> list[float]:
    return [float(number) for number in ContentVector.objects.get(title=title).vector]


# --- From texts to vectors ---------------------------------------------------------------------------------


def test_there_is_one_vector_of_128_numbers_for_each_text() -> None:
    vectors = vectors_of([*WESTERNS, *SPACE])
    assert vectors.shape == (4, DIMENSIONS) == (4, 128)
    assert vectors.dtype == np.float32


def test_every_vector_has_unit_length() -> None:
    lengths = np.linalg.norm(vectors_of([*WESTERNS, *SPACE]), axis=1)
    assert lengths == pytest.approx(np.ones(4), abs=1e-5)


def test_more_texts_than_dimensions_have_unit_length_too() -> None:
    vectors = vectors_of([f"word{number} word{number + 1} word{number * 7 % 50}" for number in range(300)])
    assert vectors.shape == (300, 128)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(300), abs=1e-5)


def test_alike_texts_are_nearer_than_unlike_ones() -> None:
    likeness = (vectors := vectors_of([*WESTERNS, *SPACE])) @ vectors.T
    alike = min(likeness[0, 1], likeness[2, 3])
    unlike = likeness[:2, 2:].max()
    assert alike > unlike + 0.5


def test_the_same_texts_give_the_same_vectors() -> None:
    texts = [*WESTERNS, *SPACE]
    assert np.array_equal(vectors_of(texts), vectors_of(texts))


@pytest.mark.parametrize("empty", ["", "   ", "the and of", "?!"])
def test_a_text_that_says_nothing_gives_zeros_and_does_not_disturb_the_others(empty: str) -> None:
    vectors = vectors_of([*WESTERNS, empty, *SPACE])
    assert not vectors[2].any()
    assert np.linalg.norm(vectors[[0, 1, 3, 4]], axis=1) == pytest.approx(np.ones(4), abs=1e-5)


@pytest.mark.parametrize(
    "texts", [[], [""], ["", "the"], [WESTERNS[0]], ["western"], ["western", "western"], [WESTERNS[0]] * 2]
)
def test_too_little_to_compare_gives_zeros(texts: list[str]) -> None:
    vectors = vectors_of(texts)
    assert vectors.shape == (len(texts), 128)
    assert not vectors.any()


def test_texts_in_other_alphabets_have_vectors() -> None:
    vectors = vectors_of(["сталкер зона комната", "зона комната желание", "七人の侍 村 盗賊", "侍 七人の侍 百姓"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_a_large_catalogue_leaves_out_words_that_only_one_title_has() -> None:
    texts = [f"shared{number % 40} shared{number * 7 % 40} alone{number}" for number in range(1_000)]
    vectors = vectors_of(["onlyhere", *texts])
    assert not vectors[0].any()
    assert np.linalg.norm(vectors[1:], axis=1) == pytest.approx(np.ones(1_000), abs=1e-5)


# --- From titles to texts ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_text_of_a_title_holds_its_words_its_labels_and_its_people() -> None:
    title = TitleFactory.create(
        title="Alien", synopsis_short="Scream.", synopsis_long="A call.", theme_tags=["first love"]
    )
    title.genres.add(GenreFactory.create(name="Science Fiction"))
    Credit.objects.create(title=title, person=Person.objects.create(name="Sigourney Weaver"), role="actor")
    (text,) = read_texts(after=None, limit=10)
    words = text.words().split()
    assert words[:4] == ["Alien", "Scream.", "A", "call."]
    assert {"science_fiction", "first", "love", "sigourney_weaver"} <= set(words)


@pytest.mark.django_db
def test_titles_of_the_same_genres_and_people_are_alike_without_a_synopsis() -> None:
    people = {name: Person.objects.create(name=name) for name in ("Clint Eastwood", "Meg Ryan")}
    genres = {name: GenreFactory.create(name=name) for name in ("Western", "Romance")}
    for name, genre, person in (
        ("One", "Western", "Clint Eastwood"),
        ("Other", "Western", "Clint Eastwood"),
        ("Else", "Romance", "Meg Ryan"),
    ):
        title = TitleFactory.create(title=name)
        title.genres.add(genres[genre])
        Credit.objects.create(title=title, person=people[person], role="actor")
    embed_catalogue()
    one, other, different = (np.array(vector_of(Title.objects.get(title=name))) for name in ("One", "Other", "Else"))
    assert one @ other > one @ different


# --- In the database ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_title_gets_a_vector_of_this_provider() -> None:
    titles = [TitleFactory.create(synopsis_long=text) for text in (*WESTERNS, *SPACE)]
    assert embed_catalogue() == 4
    assert {vector.title_id for vector in ContentVector.objects.all()} == {title.id for title in titles}
    assert list(ContentVector.objects.values("model", "version", "dimension").distinct()) == [stamp()]
    assert stamp() == {"model": "tfidf-svd-128", "version": "1", "dimension": 128}
    assert np.linalg.norm(vector_of(titles[0])) == pytest.approx(1, abs=1e-5)


@pytest.mark.django_db
def test_a_title_without_words_gets_no_vector() -> None:
    for text in (*WESTERNS, *SPACE):
        TitleFactory.create(synopsis_long=text)
    silent = TitleFactory.create(title="?!")
    assert embed_catalogue() == 4
    assert not ContentVector.objects.filter(title=silent).exists()


@pytest.mark.django_db
def test_computing_again_replaces_the_vectors() -> None:
    titles = [TitleFactory.create(synopsis_long=text) for text in (*WESTERNS, *SPACE)]
    embed_catalogue()
    before = vector_of(titles[0])
    Title.objects.filter(id=titles[0].id).update(synopsis_long=SPACE[0])
    assert embed_catalogue() == 4
    assert ContentVector.objects.count() == 4
    assert np.array(before) @ np.array(vector_of(titles[0])) < 0.9


@pytest.mark.django_db
def test_computing_again_takes_vectors_of_other_models_over() -> None:
    titles = [TitleFactory.create(synopsis_long=text) for text in (*WESTERNS, *SPACE)]
    other: dict[str, Any] = {"model": "something else", "version": "1", "dimension": 3, "vector": [1.0, 0.0, 0.0]}
    ContentVector.objects.create(title=titles[0], **other)
    SentenceVector.objects.create(title=titles[0], position=0, **other)
    embed_catalogue()
    assert len(vector_of(titles[0])) == 128
    assert set(ContentVector.objects.values_list("model", flat=True)) == {stamp()["model"]}
    assert not SentenceVector.objects.exists()


@pytest.mark.django_db
def test_computing_again_removes_the_vector_of_a_title_that_says_nothing_any_more() -> None:
    titles = [TitleFactory.create(synopsis_long=text) for text in (*WESTERNS, *SPACE)]
    embed_catalogue()
    Title.objects.filter(id=titles[0].id).update(title="?!", synopsis_long=None)
    assert embed_catalogue() == 3
    assert not ContentVector.objects.filter(title=titles[0]).exists()


@pytest.mark.django_db
def test_one_title_alone_has_nothing_to_be_compared_with() -> None:
    TitleFactory.create(synopsis_long=WESTERNS[0])
    assert embed_catalogue() == 0
    assert not ContentVector.objects.exists()


@pytest.mark.django_db
def test_an_empty_catalogue_has_no_vectors() -> None:
    assert embed_catalogue() == 0


@pytest.mark.django_db
def test_two_different_titles_have_vectors() -> None:
    titles = [
        TitleFactory.create(title="Western", synopsis_long=WESTERNS[0]),
        TitleFactory.create(title="?", synopsis_long=SPACE[0]),
    ]
    assert embed_catalogue() == 2
    assert np.array(vector_of(titles[0])) @ np.array(vector_of(titles[1])) < 0


@pytest.mark.django_db
def test_progress_is_told_in_rows() -> None:
    for text in (*WESTERNS, *SPACE):
        TitleFactory.create(synopsis_long=text)
    done: list[int] = []
    embed_catalogue(progress=done.append)
    assert done == [4]


# --- Deleted titles ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_deleted_title_gets_a_vector_of_the_same_computation_so_that_it_can_be_restored_at_any_time() -> None:
    titles = [TitleFactory.create(synopsis_short=text) for text in (*WESTERNS, *SPACE)]
    embed_catalogue()
    kept = vector_of(titles[0])
    titles[0].soft_delete()
    assert embed_catalogue() == 4
    assert vector_of(titles[0]) == pytest.approx(kept, abs=1e-5)
