"""What real files are full of, and what becomes of it: cleaned and counted, or refused with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.importing import import_titles
from catalog.models import Genre, Person, Title
from catalog.records import RefusedError, TitleRecord, person_name, to_record
from catalog.tests.importing import bring_in, counts, refusals
from catalog.title_files import read_rows


def record(**values: Any) -> TitleRecord:
    return to_record({"title": "Alien", **values}, {})


def cleaned(text: str) -> tuple[str | None, dict[str, int]]:
    made = record(ai_description=text)
    return made.fields["ai_description"], dict(made.notes)


# --- Texts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Am&eacute;lie", "Amélie"),
        ("Am&amp;eacute;lie", "Amélie"),
        ("&#8217;Til &#x2019;then", "’Til ’then"),
        ("&lt;b&gt;Alien&lt;/b&gt;", "Alien"),
        ("&amp;lt;i&amp;gt;Alien", "Alien"),
    ],
)
def test_entities_are_decoded_even_when_they_were_escaped_twice(text: str, plain: str) -> None:
    found, notes = cleaned(text)
    assert (found, notes["HTML entities decoded"]) == (plain, 1)


@pytest.mark.parametrize("text", ["AT&T", "Q&A; and more", "Fish &chips", "&", "&;", "R&B &nosuchthing; x", "I &lt3 u"])
def test_what_is_no_entity_stays(text: str) -> None:
    assert cleaned(text) == (text, {})


def test_an_address_keeps_what_looks_like_an_entity() -> None:
    assert record(poster_url="https://e.example/?a=1&copy;=2").fields["poster_url"] == "https://e.example/?a=1&copy;=2"


@pytest.mark.parametrize("address", ["https://e.example/a\u202eb", "https://e.example/a b\nc", "//\u200b"])
def test_an_address_with_invisible_characters_is_refused(address: str) -> None:
    with pytest.raises(RefusedError, match="poster_url is no web address"):
        record(poster_url=address)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ali\u200ben", "Alien"),
        ("\ufeffAlien", "Alien"),
        ("\u202eAlien\u202c", "Alien"),
        ("\u2066Alien\u2069", "Alien"),
        ("Ali\u00aden", "Alien"),
        ("Ali\x07en", "Ali en"),
        ("\u2060Alien\uffff", "Alien"),
    ],
)
def test_invisible_characters_are_removed_and_noted(text: str, plain: str) -> None:
    assert cleaned(text) == (plain, {"invisible characters removed": 1})


@pytest.mark.parametrize("text", ["👩‍🚀", "می‌خواهم", "क्‍ष"])
def test_joiners_within_a_word_or_a_picture_stay(text: str) -> None:
    assert cleaned(text) == (text, {})


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("One\ntwo", "line breaks made spaces"),
        ("One\r\n\r\ntwo", "line breaks made spaces"),
        ("One\u2028two", "line breaks made spaces"),
        ("One\u00a0two", "no-break spaces made plain"),
    ],
)
def test_line_breaks_and_no_break_spaces_become_spaces(text: str, note: str) -> None:
    assert cleaned(text) == ("One two", {note: 1})


def test_letters_with_separate_accents_are_put_together() -> None:
    assert cleaned("Ame\u0301lie") == ("Amélie", {})


@pytest.mark.parametrize("title", ["", " ", "\u00a0\u2003", "\u200b\u200d", "\u3164", "\u2800\u2800", "&nbsp;"])
def test_a_title_of_which_nothing_is_seen_is_refused(title: str) -> None:
    with pytest.raises(RefusedError, match="The title is missing"):
        record(title=title)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("{{Infobox film\n| name = The Outsiders\n| director = Francis", None),
        ("It {{cite|x}} begins.", "It begins."),
        ("A {set} of {braces}", "A {set} of {braces}"),
    ],
)
def test_the_markup_of_a_wiki_is_taken_out(text: str, plain: str | None) -> None:
    assert cleaned(text)[0] == plain


@pytest.mark.parametrize("year", [0, 99, 1869, 2201, 20_230, -5, "MCMXC", 10**400])
def test_an_absurd_year_is_refused_and_the_rest_goes_on(db: None, year: Any) -> None:
    report = bring_in({"title": "Odd", "year": year}, {"title": "Alien", "year": 1979})
    assert counts(report) == (1, 0, 0, 1)


@pytest.mark.parametrize("value", ["perhaps", 2, [], "on"])
def test_a_tick_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(RefusedError, match="is_featured is neither true nor false"):
        record(is_featured=value)


# --- People ------------------------------------------------------------------------------------------------


def people(*cast: Any) -> tuple[list[tuple[str, str]], dict[str, int]]:
    made = record(cast=list(cast))
    return [(credit.person_name, credit.role) for credit in made.credits or ()], dict(made.notes)


def test_what_stands_between_loose_brackets_is_no_name() -> None:
    cast = ["Walter Huston", "(", "Best Actor", "nominee)", "Ruth Chatterton", "(", "David Niven", "A", "B", "C"]
    found, notes = people(*cast)
    assert [name for name, _ in found] == ["Walter Huston", "Ruth Chatterton", "David Niven", "A", "B", "C"]
    assert notes == {"scraps left out of the cast": 4}


@pytest.mark.parametrize(
    "scrap",
    ["and", "voices of", "Narrated by", "Cast:", "[2]", "[a]", "&", "(as voices)", "disc jockeys", "the life of", "– "],
)
def test_words_of_the_sentence_around_a_cast_are_left_out(scrap: str) -> None:
    assert people("Cher", scrap) == ([("Cher", "actor")], {"scraps left out of the cast": 1})


@pytest.mark.parametrize("name", ["will.i.am", "k.d. lang", "deadmau5", "muMs da Schemer", "50 Cent", "X", "三船"])
def test_names_that_only_look_odd_stay(name: str) -> None:
    assert people(name) == ([(name, "actor")], {})


def test_a_name_in_lower_case_stays_where_it_is_said_to_be_a_name() -> None:
    assert people({"person_name": "bell hooks"})[0] == [("bell hooks", "actor")]


def test_the_last_of_an_enumeration_is_a_name() -> None:
    assert person_name("and Lauren K. Sokolov") == "Lauren K. Sokolov"
    assert person_name("Andy Serkis") == "Andy Serkis"


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Paul Burke (actor)", "Paul Burke", "actor"),
        ("William Cully Allen (writer)", "William Cully Allen", "writer"),
        ("Melanie Wistar (Screenplay)", "Melanie Wistar", "writer"),
        ("Steve Guttenberg [a]", "Steve Guttenberg", "actor"),
    ],
)
def test_a_remark_is_taken_off_a_name_and_a_writer_is_a_writer(text: str, name: str, role: str) -> None:
    assert people(text) == ([(name, role)], {"remarks taken off names": 1})


def test_repeated_names_are_counted() -> None:
    cast = ["Eddie Murphy", "Arsenio Hall", "Eddie Murphy", "Eddie Murphy (actor)"]
    found, notes = people(*cast)
    assert found == [("Eddie Murphy", "actor"), ("Arsenio Hall", "actor")]
    assert notes == {"repeated names counted once": 2, "remarks taken off names": 1}


# --- Life cycle and everything else ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-05-17T20:00:00Z", datetime(2026, 5, 17, 20, tzinfo=UTC)),
        ("2026-05-17T20:00:00", datetime(2026, 5, 17, 20, tzinfo=UTC)),
        ("2026-05-17T22:00+02:00", datetime(2026, 5, 17, 20, tzinfo=UTC)),
        ("2026-05-17", datetime(2026, 5, 17, tzinfo=UTC)),
        (None, None),
        ("", None),
    ],
)
def test_times_are_iso_8601_and_utc_where_they_name_no_zone(written: Any, meant: Any) -> None:
    assert record(available_from=written).fields["available_from"] == meant


@pytest.mark.parametrize(
    "value", ["soon", 1_700_000_000, "17.05.2026", "2026-02-30", True, [], "0001-01-01T00:00+14:00"]
)
def test_a_time_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(RefusedError, match=r"available_until (is no time in ISO 8601|must lie between)"):
        record(available_until=value)


def test_what_is_over_before_it_begins_is_refused(db: None) -> None:
    sentence = "available_until is not after available_from."
    assert refusals({"title": "A", "available_from": "2026-05-17", "available_until": "2026-05-17"}) == [sentence]
    bring_in({"id": "a", "title": "A", "available_from": "2026-05-17"})
    assert refusals({"id": "a", "title": "A", "available_until": "2026-05-16"}) == [sentence]
    assert counts(bring_in({"id": "a", "title": "A", "available_from": None, "available_until": "2026-05-16"}))[1] == 1


def test_a_title_may_come_as_a_draft_and_stays_what_it_is(db: None) -> None:
    bring_in({"id": "a", "title": "A", "status": "Draft"}, {"id": "b", "title": "B"})
    assert dict(Title.objects.values_list("title", "status")) == {"A": "draft", "B": "published"}
    bring_in({"id": "a", "title": "A"})
    assert Title.objects.get(title="A").status == "draft"


def test_a_status_nobody_knows_is_refused() -> None:
    with pytest.raises(RefusedError, match="status must be draft, published or archived"):
        record(status="live")


@pytest.mark.parametrize("value", [{"a": 1}, '{"a": 1}'])
def test_metadata_is_an_object_or_its_json(db: None, value: Any) -> None:
    bring_in({"title": "A", "metadata": value})
    assert Title.objects.get().metadata == {"a": 1}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([1], "metadata: Metadata is a JSON object."),
        ("{a}", "metadata is not JSON."),
        ({"a": "x" * 11_000}, "metadata: Metadata is at most 10,240 bytes long."),
        ({"a": float("nan")}, "metadata: Metadata holds a number beyond all measure."),
    ],
)
def test_metadata_beyond_its_limits_is_refused(value: Any, sentence: str) -> None:
    with pytest.raises(RefusedError) as caught:
        record(metadata=value)
    assert str(caught.value) == sentence


def test_when_a_title_came_in_can_be_told(db: None) -> None:
    bring_in({"title": "A", "created_at": "2020-01-01"})
    assert Title.objects.get().created_at == datetime(2020, 1, 1, tzinfo=UTC)


def test_cells_of_a_csv_may_hold_json(db: None, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "title,cast,genres,mood_tags,seasons,collections,metadata\n"
        'A,"[{""name"": ""Cher"", ""role"": ""director""}]","[""Action, Adventure""]",tense;dark,'
        '"[{""season_number"": 1, ""episodes"": [{""episode_number"": 1}]}]",Winter;Summer,"{""a"": 1}"\n'
    )
    import_titles(read_rows(path), source="test")
    title = Title.objects.get()
    assert (title.title_type, title.genre_names, title.mood_tags) == (
        "series",
        ["Action, Adventure"],
        ["tense", "dark"],
    )
    assert [(credit.person.name, credit.role) for credit in title.credits.all()] == [("Cher", "director")]
    assert set(title.collections.values_list("name", flat=True)) == {"Winter", "Summer"}
    assert title.seasons.get().episodes.get().title == "Episode 1"


def test_a_genre_may_have_a_slug_of_its_own(db: None) -> None:
    bring_in({"title": "A", "genres": [{"name": "Science Fiction", "slug": "sci-fi"}]})
    bring_in({"title": "B", "genres": ["Science Fiction"]})
    assert Genre.objects.values_list("slug", "titles__title").count() == 2
    assert Genre.objects.get().slug == "sci-fi"


# --- Real films --------------------------------------------------------------------------------------------


def test_what_is_cleaned_in_the_real_films_agrees_with_what_is_known_of_them(db: None, shared_data: Path) -> None:
    """Against the counts of the README that lies beside the films, and what was looked at by eye."""
    notes: dict[str, int] = {}
    rows = 0
    for row in read_rows(shared_data / "films" / "films.jsonl.gz"):
        made = to_record(row.values, {})  # type: ignore[union-attr]
        rows += 1
        for note in made.notes:
            notes[note] = notes.get(note, 0) + 1
    assert rows == 14_915
    assert notes["percent-escaped keys decoded"] == 1_067
    assert notes["keys with a #section kept as they are"] == 4
    assert notes["line breaks made spaces"] == 132
    assert notes["no-break spaces made plain"] == 122
    # One title with a leaked style sheet, and one synopsis that is the beginning of an info box.
    assert notes["markup removed"] == 2
    assert notes["invisible characters removed"] == 1
    # 24 records repeat an entry, but in three of them it is a scrap.
    assert notes["repeated names counted once"] == 21


def test_no_scraps_are_left_of_the_well_known_films(db: None, shared_data: Path) -> None:
    import_titles(read_rows(shared_data / "films" / "films-demo.jsonl"), source="wikipedia")
    odd = Person.objects.filter(name__regex=r"[()\[\]]|:$|^(and|of|voices of)$")
    assert list(odd) == []
