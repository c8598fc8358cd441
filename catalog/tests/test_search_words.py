"""How texts are read for search: without a database, and the same for titles and queries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.search.queries import MOST_TRIGRAMS, MOST_WORDS, read
from catalog.search.reading import fullness
from catalog.search.terms import Vocabulary
from catalog.search.words import fold, stem, telling, trigrams, words_of

NOTHING_COUNTED = Vocabulary(0, {})


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Amélie", "amelie"), ("Øłßæœđþı", "olssaeoedthi"), ("ＡＢＣ", "abc"), ("Ёлки", "елки"), ("İstanbul", "istanbul")],
)
def test_a_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Rosemary's  Baby!", ["rosemarys", "baby"]),
        ("E.T. & L.A. Law", ["et", "and", "la", "law"]),
        ("8½", ["8", "1", "2"]),
        ("千と千尋", ["千と", "と千", "千尋"]),
        ("神", ["神"]),
        ("Akira アキラ 3", ["akira", "アキ", "キラ", "3"]),
        ("रंग दे", ["रंग", "दे"]),
        ("🎬🎉 party", ["🎬", "🎉", "party"]),
        ("_% ' \\ : & | !", ["and"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    "words",
    [
        ["neighbour", "neighbor", "neighbours"],
        ["terrorise", "terrorize", "terrorises", "terrorizing"],
        ["theatre", "theater"],
        ["travelled", "traveled"],
        ["running", "runs", "run"],
        ["палки", "палка"],
    ],
)
def test_forms_and_spellings_of_a_word_are_one(words: list[str]) -> None:
    assert len({stem(word) for word in words}) == 1


@pytest.mark.parametrize("pair", [("killer", "kilt"), ("hour", "or"), ("four", "for"), ("rise", "rice")])
def test_other_words_stay_apart(pair: tuple[str, str]) -> None:
    assert stem(pair[0]) != stem(pair[1])


def test_threads_do_not_disturb_each_other() -> None:
    words = [f"{beginning}{ending}" for beginning in "abcdefgh" * 40 for ending in ("unnings", "ationals", "ellers")]
    alone = [stem.__wrapped__(word) for word in words]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(stem.__wrapped__, words))
    assert together == alone


def test_stop_words_count_only_where_nothing_else_is_there() -> None:
    assert telling(["the", "man", "who", "the"]) == ["man"]
    assert telling(["the", "who", "the"]) == ["the", "who"]


def test_swapped_letters_leave_most_trigrams() -> None:
    assert len(trigrams(["pyscho"]) & trigrams(["psycho"])) >= len(trigrams(["psycho"])) * 0.7


def test_a_query_is_cut_where_nobody_types_on() -> None:
    query = read(" ".join(f"word{number}" for number in range(2_000)), NOTHING_COUNTED)
    assert len(query.words) <= MOST_WORDS
    assert len(query.trigrams) <= MOST_TRIGRAMS


def test_the_words_of_a_query_share_its_weight_by_their_rarity() -> None:
    common = Vocabulary(1_000, {"love": 500, "stori": 100}, ["love", "stori"])
    weights = {word.stem: word.weight for word in read("love story of a shark", common).words}
    assert weights["shark"] > weights["stori"] > weights["love"] > 0
    assert sum(weights.values()) == pytest.approx(1)


def test_the_last_word_may_be_a_beginning_unless_it_is_known() -> None:
    known = Vocabulary(1_000, {"shark": 10}, ["shark"])
    assert read("shark", known).words[0].beginning is None
    assert read("shar", known).words[0].beginning == "shar"
    assert read("sh", known).words[0].beginning is None


def test_how_much_is_told_weighs_a_little() -> None:
    assert fullness(44, 5) == 1
    assert 0.6 <= fullness(0, 0) < 0.9
    assert 1.1 < fullness(400, 30) <= 1.5
