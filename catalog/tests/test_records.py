"""What becomes of a row before it is stored: names found, texts cleaned, values checked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from catalog.records import (
    CreditRecord,
    EpisodeRecord,
    GenreRecord,
    RefusedError,
    SeasonRecord,
    TitleRecord,
    first_sentence,
    person_name,
    to_record,
)

LEAKED = (
    "Naked Gun .mw-parser-output .frac{white-space:nowrap}.mw-parser-output .frac .num,.mw-parser-output .frac "
    ".den{font-size:80%;line-height:0;vertical-align:super}.mw-parser-output .sr-only{border:0;width:1px}"
    "33+1⁄3: The Final Insult"
)


def record(**values: Any) -> TitleRecord:
    """The record of a row that calls everything by our names."""
    return to_record({"title": "Alien", **values}, {})


def field(name: str, value: Any) -> Any:
    return record(**{name: value}).fields[name]


def people(cast: Any) -> list[str]:
    return [credit.person_name for credit in record(cast=cast).credits or ()]


def genres(*names: str) -> tuple[GenreRecord, ...]:
    return tuple(GenreRecord(name) for name in names)


def refusal(**values: Any) -> str:
    with pytest.raises(RefusedError) as caught:
        record(**values)
    return str(caught.value)


# --- Names -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "ours", "value"),
    [
        ("type", "title_type", "series"),
        ("kind", "title_type", "series"),
        ("year", "release_year", 1979),
        ("runtime", "duration_minutes", 117),
        ("duration", "duration_minutes", 117),
        ("rating", "age_rating", "R"),
        ("certificate", "age_rating", "R"),
        ("country", "country_of_origin", "GB"),
        ("tagline", "synopsis_short", "In space no one can hear you scream."),
        ("synopsis", "synopsis_long", "The crew answers a call."),
        ("description", "synopsis_long", "The crew answers a call."),
        ("overview", "synopsis_long", "The crew answers a call."),
        ("extract", "synopsis_long", "The crew answers a call."),
        ("moods", "mood_tags", ["tense"]),
        ("themes", "theme_tags", ["isolation"]),
    ],
)
def test_common_names_of_other_sources_are_understood(theirs: str, ours: str, value: Any) -> None:
    assert record(**{theirs: value}).fields[ours] == value


@pytest.mark.parametrize("name", ["external_id", "id", "imdb_id", "href", "url"])
def test_the_external_id_has_many_names(name: str) -> None:
    assert record(**{name: "tt0078748"}).external_id == "tt0078748"


def test_a_title_may_be_called_name_and_a_cast_actors() -> None:
    made = to_record({"name": "Alien", "actors": ["Sigourney Weaver"]}, {})
    assert made.fields["title"] == "Alien"
    assert made.credits == (CreditRecord("Sigourney Weaver", "actor"),)


def test_our_own_name_comes_before_those_of_other_sources() -> None:
    assert to_record({"name": "Alien 1979", "title": "Alien"}, {}).fields["title"] == "Alien"


def test_a_rename_comes_before_every_other_name() -> None:
    values = {"title": "Alien: The Director's Cut", "Original": "Alien", "year": 2003, "Made": 1979}
    made = to_record(values, {"Original": "title", "Made": "release_year"})
    assert (made.fields["title"], made.fields["release_year"]) == ("Alien", 1979)


def test_a_renamed_column_no_longer_counts_under_its_own_name() -> None:
    made = to_record({"title": "Alien", "year": "MCMLXXIX"}, {"year": "synopsis_long"})
    assert made.fields["synopsis_long"] == "MCMLXXIX"
    assert "release_year" not in made.fields


@pytest.mark.parametrize("name", ["Release Year", "RELEASE_YEAR", " release-year ", "Year"])
def test_columns_are_understood_in_other_spellings(name: str) -> None:
    assert to_record({"Title": "Alien", name: "1979"}, {}).fields["release_year"] == 1979


def test_a_column_that_is_spelled_as_ours_comes_before_another_spelling() -> None:
    assert to_record({"TITLE": "Brazil", "title": "Alien", "Title": "Cube"}, {}).fields["title"] == "Alien"


def test_columns_that_are_not_read_are_told() -> None:
    values = {"title": "Alien", "name": "Alien", "thumbnail": "x", "nothing": None, "year": 1979, "marquee_export": 1}
    assert to_record(values, {}).unread == ("name", "thumbnail")
    assert to_record(values, {"name": "ai_description", "thumbnail": "title"}).unread == ("title",)


def test_columns_that_mean_nothing_to_us_are_left_out() -> None:
    assert record(thumbnail_width=320, budget="$11 million").fields == record().fields


def test_a_record_holds_nothing_its_source_did_not_speak_of() -> None:
    made = record()
    assert set(made.fields) <= {"title", "title_type"}
    assert (made.genres, made.credits, made.seasons) == (None, None, None)


def test_a_title_without_an_external_id_is_known_by_its_name_and_year() -> None:
    assert record(release_year=1979).external_id == "Alien (1979)"
    assert record().external_id == "Alien (no year)"


# --- The title itself --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, "", "   ", "\x00"])
def test_a_row_without_a_title_is_refused(value: str | None) -> None:
    assert refusal(title=value) == "The title is missing."


def test_a_row_that_does_not_speak_of_a_title_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"^The title is missing\.$"):
        to_record({"year": 1979}, {})


def test_a_title_that_is_a_number_is_a_title() -> None:
    assert field("title", 1917) == "1917"


@pytest.mark.parametrize("value", [["Alien"], {"en": "Alien"}, 8.5])
def test_a_title_that_is_no_text_is_refused(value: Any) -> None:
    assert refusal(title=value) == "title is not a text."


def test_a_title_of_500_characters_fits_and_a_longer_one_is_refused() -> None:
    assert field("title", "a" * 500) == "a" * 500
    assert refusal(title="a" * 501) == "title is longer than 500 characters."


def test_an_external_id_of_500_characters_fits_and_a_longer_one_is_refused() -> None:
    assert record(external_id="a" * 500).external_id == "a" * 500
    assert refusal(external_id="a" * 501) == "external_id is longer than 500 characters."


@pytest.mark.parametrize(
    ("given", "meant"),
    [("movie", "movie"), ("series", "series"), ("Film", "movie"), ("feature", "movie"), (" SERIES ", "series")],
)
def test_a_type_is_understood_in_other_spellings(given: str, meant: str) -> None:
    assert field("title_type", given) == meant


def test_a_type_nobody_knows_is_refused() -> None:
    assert refusal(title_type="opera") == "title_type must be movie or series."


@pytest.mark.parametrize("given", [None, "", "  "])
def test_without_a_type_seasons_make_a_series_of_a_title(given: str | None) -> None:
    assert record(title_type=given, seasons=[{"season_number": 1}]).fields["title_type"] == "series"
    assert record(title_type=given, seasons=[]).fields["title_type"] == "movie"


# --- Texts -------------------------------------------------------------------------------------------------


def test_a_style_sheet_that_leaked_into_a_title_is_taken_out() -> None:
    made = record(title=LEAKED)
    assert re.sub(r"\s+", "", made.fields["title"]) == "NakedGun33+1⁄3:TheFinalInsult"
    assert made.fields["title"].startswith("Naked Gun 33")
    assert made.notes == {"markup removed": 1}


def test_markup_is_taken_out_of_a_synopsis_and_noted() -> None:
    made = record(synopsis_long="The <i>crew</i><br/>answers a <a href='x'>call</a>.")
    assert made.fields["synopsis_long"] == "The crew answers a call ."
    assert "markup removed" in made.notes


def test_a_comment_is_taken_out_with_what_it_says() -> None:
    assert field("synopsis_long", "The crew <!-- edited --> answers a call.") == "The crew answers a call."


@pytest.mark.parametrize(
    "title",
    [
        *["I <3 You", "Love & Death", "5 < 6 > 4", "{Proof}", "Tom & Jerry"],
        *["<harmony/>", "A <b and c> d", "Love <heart>", "Braces {{ stay", "<Title>", "<i>", "{{x}}", "<!-- -->"],
    ],
)
def test_signs_that_are_no_markup_stay(title: str) -> None:
    made = record(title=title)
    assert made.fields["title"] == title
    assert made.notes == {}


def test_a_title_in_angle_brackets_stays_when_they_were_escaped() -> None:
    assert field("title", "&lt;Title&gt;") == "<Title>"
    assert field("title", "<i>\x07") == "<i>"


@pytest.mark.parametrize("tag", ["<BR/>", "<a href='x' id=y>", '<img src="a.png" />', "</table>", "<ref name=a/>"])
def test_elements_of_html_and_wikis_are_taken_out_of_a_title(tag: str) -> None:
    assert field("title", f"Alien {tag}") == "Alien"


def test_control_characters_and_runs_of_white_space_become_one_space() -> None:
    assert field("synopsis_long", " The\x00crew\r\n\tanswers\u00a0\u00a0a \x1bcall. ") == "The crew answers a call."


def test_half_a_surrogate_pair_becomes_a_space() -> None:
    assert field("title", "Half\ud83dway") == "Half way"


@pytest.mark.parametrize("name", ["age_rating", "language", "poster_url", "hls_manifest_url", "synopsis_long"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_empty_text_is_none(name: str, value: str | None) -> None:
    assert field(name, value) is None


@pytest.mark.parametrize(
    ("name", "longest"),
    [("age_rating", 10), ("country_of_origin", 5), ("language", 10), ("poster_url", 500), ("logo_url", 500)],
)
def test_a_text_longer_than_its_column_is_refused(name: str, longest: int) -> None:
    address = "/" + "x" * (longest - 1)
    assert field(name, address) == address
    assert refusal(**{name: address + "x"}) == f"{name} is longer than {longest} characters."


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "poster.jpg", "//elsewhere/x", "/a b"]
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    assert refusal(poster_url=address) == "poster_url is no web address."
    assert field("poster_url", "https://pictures.example.com/1.jpg") == "https://pictures.example.com/1.jpg"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", " java script:x", "VBScript:x"])
def test_an_export_brings_back_no_address_that_a_browser_would_run(address: str) -> None:
    assert refusal(poster_url=address, marquee_export=1) == "poster_url is no web address."
    stored = record(poster_url="pictures/1.jpg", marquee_export=1).fields["poster_url"]
    assert stored == "pictures/1.jpg"


def test_more_people_than_anybody_bills_are_refused() -> None:
    assert refusal(cast=[f"Person {letter}" for letter in range(1_001)]) == "cast holds more than 1,000 people."


def test_a_name_that_is_no_text_is_a_scrap() -> None:
    assert to_record({"title": "Alien", "cast": [{"name": {"a": 1}}]}, {}).credits == ()


def test_a_synopsis_may_be_as_long_as_it_likes() -> None:
    assert len(field("synopsis_long", "word " * 20_000)) == 99_999


# --- The short synopsis ------------------------------------------------------------------------------------


def test_a_short_synopsis_is_made_of_the_first_sentence_of_the_long_one() -> None:
    text = "Alien is a 1979 science fiction horror film. It was directed by Ridley Scott."
    assert record(extract=text).fields["synopsis_short"] == "Alien is a 1979 science fiction horror film."


def test_a_short_synopsis_that_is_given_stays() -> None:
    made = record(synopsis_short="In space no one can hear you scream.", synopsis_long="The crew answers a call.")
    assert made.fields["synopsis_short"] == "In space no one can hear you scream."


def test_a_very_short_first_sentence_takes_the_next_one_along() -> None:
    text = "Dr. Strangelove is a black comedy. It satirises the Cold War. It has a long subtitle."
    assert first_sentence(text) == "Dr. Strangelove is a black comedy. It satirises the Cold War."


def test_a_text_without_a_full_stop_is_taken_whole() -> None:
    assert first_sentence("A film about nothing") == "A film about nothing"


def test_a_first_sentence_is_cut_between_words() -> None:
    cut = first_sentence("wording " * 100)
    assert 200 < len(cut) <= 240
    assert set(cut.split()) == {"wording"}


def test_a_first_sentence_is_never_longer_than_240_characters() -> None:
    texts = ["a" * 500, *("a " * 10 + "b" * length + ". And more." for length in range(215, 225))]
    assert [len(first_sentence(text)) for text in texts if len(first_sentence(text)) > 240] == []


# --- Numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "smallest", "largest"), [("release_year", 1870, 2200), ("duration_minutes", 1, 100_000)]
)
def test_a_number_out_of_range_is_refused(name: str, smallest: int, largest: int) -> None:
    assert [field(name, number) for number in (smallest, largest)] == [smallest, largest]
    for number in (smallest - 1, largest + 1, -1, 10**30):
        assert refusal(**{name: number}) == f"{name} must lie between {smallest} and {largest}."


def test_a_number_may_be_written_as_a_text() -> None:
    assert field("release_year", " 1979 ") == 1979


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_number_is_none(value: str | None) -> None:
    assert field("release_year", value) is None


@pytest.mark.parametrize("value", ["soon", "19 79", [1979], {}, float("nan"), float("inf"), "1979.5"])
def test_a_number_that_is_none_is_refused(value: Any) -> None:
    assert refusal(release_year=value) == "release_year is not a whole number."


def test_a_number_with_a_fraction_is_refused_rather_than_cut() -> None:
    assert refusal(duration_minutes=116.9) == "duration_minutes is not a whole number."


@pytest.mark.parametrize(
    ("value", "meant"),
    [(True, True), ("true", True), ("YES", True), ("1", True), (1, True), (False, False), ("no", False), (0, False)],
)
def test_featured_is_understood_in_many_spellings(value: Any, meant: bool) -> None:
    assert field("is_featured", value) is meant


# --- Lists -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [["Horror", "Science Fiction"], "Horror;Science Fiction", "Horror, Science Fiction", " Horror ;; Science Fiction;"],
)
def test_a_list_may_be_a_list_or_a_text_with_semicolons_or_commas(value: Any) -> None:
    assert record(genres=value).genres == genres("Horror", "Science Fiction")


def test_a_text_with_semicolons_keeps_its_commas() -> None:
    assert record(genres="Action, Adventure; Horror").genres == genres("Action, Adventure", "Horror")


def test_a_word_that_is_listed_twice_counts_once() -> None:
    assert field("mood_tags", ["tense", "dark", "tense"]) == ["tense", "dark"]


@pytest.mark.parametrize("value", [None, "", []])
def test_an_empty_list_is_empty(value: Any) -> None:
    assert record(genres=value).genres == ()
    assert field("mood_tags", value) == []


@pytest.mark.parametrize("value", [7, {"a": "b"}, ["Horror", 7], [None]])
def test_a_list_of_something_other_than_texts_is_refused(value: Any) -> None:
    assert refusal(genres=value) == "genres is not a list of texts."


def test_a_word_of_50_characters_fits_and_a_longer_one_is_refused() -> None:
    assert record(genres=["a" * 50]).genres == genres("a" * 50)
    assert refusal(genres=["a" * 51]) == "genres holds a word longer than 50 characters."


# --- The cast ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cast",
    [
        ["Sigourney Weaver", "Tom Skerritt"],
        "Sigourney Weaver; Tom Skerritt",
        "Sigourney Weaver, Tom Skerritt",
        [{"person_name": "Sigourney Weaver"}, {"name": "Tom Skerritt"}],
    ],
)
def test_a_cast_is_a_list_of_names_or_objects_or_a_text(cast: Any) -> None:
    assert record(cast=cast).credits == (
        CreditRecord("Sigourney Weaver", "actor"),
        CreditRecord("Tom Skerritt", "actor"),
    )


def test_somebody_in_the_cast_may_have_a_role_and_a_character() -> None:
    cast = [
        {"name": "Sigourney Weaver", "character": "Ripley"},
        {"person_name": "Ridley Scott", "role": "director", "character_name": ""},
    ]
    assert record(cast=cast).credits == (
        CreditRecord("Sigourney Weaver", "actor", "Ripley"),
        CreditRecord("Ridley Scott", "director", None),
    )


@pytest.mark.parametrize("scrap", [".", "(", ")", "nominee)", "(voices)", "writer)", "", "  ", "–", "12", "a" * 201])
def test_scraps_are_left_out_of_a_cast_and_noted(scrap: str) -> None:
    made = record(cast=["Sigourney Weaver", scrap, "Tom Skerritt"])
    assert [credit.person_name for credit in made.credits or ()] == ["Sigourney Weaver", "Tom Skerritt"]
    assert made.notes == {"scraps left out of the cast": 1}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Paul Burke (actor)", "Paul Burke"),
        ("Cher", "Cher"),
        ("O. J. Simpson", "O. J. Simpson"),
        ("50 Cent", "50 Cent"),
        ("Armand Assante", "Armand Assante"),
        ("Roland Emmerich", "Roland Emmerich"),
        ("Tom & Jerry", "Tom & Jerry"),
        ("Abbott and Costello", "Abbott and Costello"),
        (" and Andy Serkis", "Andy Serkis"),
        ("& Cher", "Cher"),
        ("三船 敏郎", "三船 敏郎"),
        ("<i>Sigourney</i>  Weaver\n", "Sigourney Weaver"),
    ],
)
def test_a_name_is_freed_of_remarks(text: str, name: str) -> None:
    assert person_name(text) == name


def test_what_is_taken_off_a_name_is_noted() -> None:
    assert record(cast=["and Cher"]).notes == {"remarks taken off names": 1}
    assert record(cast=["<i>Cher</i>"]).notes == {"markup removed": 1}


def test_one_person_with_two_names_is_refused_and_with_one_counts_once() -> None:
    one = {"person_id": "11111111-1111-4111-8111-111111111111", "person_name": "Cher"}
    assert people([one, one]) == ["Cher"]
    assert people([one, {**one, "role": "director"}]) == ["Cher", "Cher"]
    sentence = "cast gives Cher and Sher the same person_id."
    assert refusal(title="Alien", cast=[one, {**one, "person_name": "Sher"}]) == sentence


def test_a_name_that_is_repeated_counts_once() -> None:
    assert people(["Eddie Murphy", "Arsenio Hall", "Arsenio Hall"]) == ["Eddie Murphy", "Arsenio Hall"]


def test_a_name_that_is_repeated_keeps_its_first_place_in_the_billing() -> None:
    assert people(["Eddie Murphy", "Arsenio Hall", "Eddie Murphy"]) == ["Eddie Murphy", "Arsenio Hall"]


def test_a_name_that_is_repeated_keeps_its_first_character() -> None:
    cast = [{"name": "Eddie Murphy", "character": "Akeem"}, {"name": "Eddie Murphy", "character": "Clarence"}]
    assert record(cast=cast).credits == (CreditRecord("Eddie Murphy", "actor", "Akeem"),)


def test_one_person_may_have_two_roles() -> None:
    cast = ["Clint Eastwood", {"name": "Clint Eastwood", "role": "director"}]
    assert [credit.role for credit in record(cast=cast).credits or ()] == ["actor", "director"]


def test_a_role_nobody_knows_is_refused() -> None:
    sentence = "cast holds a role other than actor, director, writer."
    assert refusal(cast=[{"name": "Sigourney Weaver", "role": "stunts"}]) == sentence


@pytest.mark.parametrize(
    ("cast", "sentence"),
    [
        (7, "cast is not a list."),
        ({"name": "Sigourney Weaver"}, "cast is not a list."),
        ([7], "cast holds something that is neither a name nor an object."),
        ([None], "cast holds something that is neither a name nor an object."),
    ],
)
def test_a_cast_of_something_else_is_refused(cast: Any, sentence: str) -> None:
    assert refusal(cast=cast) == sentence


# --- Seasons -----------------------------------------------------------------------------------------------


def test_seasons_hold_episodes() -> None:
    seasons = [
        {
            "season_number": 1,
            "name": "Beginnings",
            "synopsis": "Where it starts.",
            "episodes": [
                {
                    "episode_number": "1",
                    "title": "Pilot",
                    "synopsis": "It starts.",
                    "duration_minutes": 58,
                    "hls_manifest_url": "https://media.example.com/pilot.m3u8",
                },
                {"episode_number": 2},
            ],
        },
        {"season_number": 0},
    ]
    pilot = EpisodeRecord(1, "Pilot", "It starts.", 58, "https://media.example.com/pilot.m3u8")
    assert record(seasons=seasons).seasons == (
        SeasonRecord(1, "Beginnings", "Where it starts.", (pilot, EpisodeRecord(2, "Episode 2"))),
        SeasonRecord(0),
    )


@pytest.mark.parametrize(
    ("seasons", "sentence"),
    [
        ("S01", "seasons is not JSON."),
        ("{}", "seasons is not a list of objects."),
        ([1], "seasons is not a list of objects."),
        ([{}], "season_number is missing."),
        ([{"season_number": -1}], "season_number must lie between 0 and 32000."),
        ([{"season_number": 1}, {"season_number": "1"}], "A season number occurs twice."),
        ([{"season_number": 1, "name": "a" * 201}], "season name is longer than 200 characters."),
        ([{"season_number": 1, "episodes": [1]}], "episodes is not a list of objects."),
        ([{"season_number": 1, "episodes": [{}]}], "episode_number is missing."),
        ([{"season_number": 1, "episodes": [{"episode_number": 1}] * 2}], "An episode number occurs twice."),
    ],
)
def test_seasons_that_cannot_be_stored_are_refused(seasons: Any, sentence: str) -> None:
    assert refusal(seasons=seasons) == sentence
