"""How the texts of an XMLTV file are read, and which of several languages."""

from __future__ import annotations

import pytest

from epg.tests.guides import guide, programme, read_programme
from epg.xmltv import GuideProgramme, clean, read_guide
from epg.xmltv.texts import language_code

TITLES = '<title lang="fr">Infos</title><title lang="en-GB">News</title><title>No language</title>'


def read_in(language: str, *elements: str) -> GuideProgramme:
    """The record of a programme with these elements for somebody who wants this language."""
    whole = f'<programme start="202610240600" channel="one.demo">{"".join(elements)}</programme>'
    (record,) = read_guide(guide(whole), language=language)
    assert isinstance(record, GuideProgramme)
    return record


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" zero\u200bwidth \u202eabc\u202c\u00a0d\x85e\x07 \ufeff", "zerowidth abc d e"),
        ("a \u200b b", "a b"),
        ("plain", "plain"),
        ("two  blanks", "two blanks"),
        (" before", "before"),
        ("behind ", "behind"),
        (" ", ""),
        ("", ""),
        ("line\nbreak\ttab", "line break tab"),
        ("emoji 📺 é e\u0301", "emoji 📺 é e\u0301"),
        ("private \ue000 and unassigned \u0378", "private \ue000 and unassigned \u0378"),
    ],
)
def test_texts_lose_what_cannot_be_seen(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_every_character_that_is_removed_is_removed_from_a_text_without_blanks_too() -> None:
    removed = [chr(code) for code in range(0x1_0000) if clean(f"a {chr(code)}  b") == "a b"]

    assert all(clean(f"{character}a") == "a" for character in removed)
    assert len(removed) > 80


def test_the_first_text_that_says_something_is_taken() -> None:
    record = read_programme("<sub-title> </sub-title><sub-title>Storm</sub-title><desc/><desc>\n A \n b </desc>")

    assert record.sub_title == "Storm"
    assert record.synopsis == "A b"


def test_markup_and_unknown_elements_inside_a_text_are_text() -> None:
    record = read_programme("<desc><![CDATA[<b>bold</b>]]> and <x-fig-roll/>more<!-- hidden --></desc><x-unknown/>")

    assert record.synopsis == "<b>bold</b> and more"


def test_what_was_escaped_twice_is_shown_as_the_file_has_it() -> None:
    record = read_programme(title="Fish &amp;amp; Chips &lt;live&gt;")

    assert record.title == "Fish &amp; Chips <live>"


@pytest.mark.parametrize(
    ("language", "title"),
    [("", "Infos"), ("fr", "Infos"), ("en", "News"), ("EN_gb", "News"), ("en-US", "News"), ("de", "Infos")],
)
def test_the_title_is_in_the_wanted_language_or_the_first(language: str, title: str) -> None:
    assert read_in(language, TITLES).title == title


def test_a_language_itself_goes_before_that_of_another_country() -> None:
    assert (
        read_in("pt-BR", '<title lang="pt">A</title><title lang="pt-PT">B</title><title lang="pt_br">C</title>').title
        == "C"
    )


def test_what_is_said_in_other_languages_is_a_translation() -> None:
    more = '<sub-title lang="fr">Soir</sub-title><sub-title lang="en-GB">Night</sub-title><desc lang="de">Text</desc>'

    record = read_in("en", TITLES, more)

    assert (record.title, record.sub_title, record.synopsis) == ("News", "Night", "Text")
    assert record.translations == {"fr": {"title": "Infos", "sub_title": "Soir"}}


def test_a_second_text_in_the_same_language_is_no_translation() -> None:
    record = read_in("", "<title>News</title>", '<desc lang="en">short</desc><desc lang="en">a longer one</desc>')

    assert (record.synopsis, record.translations) == ("short", {})


def test_a_genre_is_told_in_the_wanted_language() -> None:
    kind = '<category lang="en">Movie</category>'
    genres = f'{kind}<category lang="en">Comedy</category><category lang="de">Komödie</category>'

    assert read_in("de", "<title>News</title>", genres).genre == "Komödie"
    assert read_in("", "<title>News</title>", genres).genre == "Comedy"


def test_at_most_20_translations_are_kept() -> None:
    titles = "".join(f'<title lang="x{letter}">T</title>' for letter in "abcdefghijklmnopqrstuvwxyz")

    assert len(read_in("", titles).translations) == 20


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(("EN", "en"), (" pt_br ", "pt-BR"), ("zh-hans", "zh-hans"), ("es-419", "es-419"), ("eng", "eng")),
        *(("", ""), (None, ""), ("english language", ""), ("<b>", ""), ("a" * 40, "")),
    ],
)
def test_a_language_has_one_spelling(written: str | None, code: str) -> None:
    assert language_code(written) == code


def test_a_title_alone_is_taken_whatever_its_language() -> None:
    (record,) = read_guide(guide(programme("0600", "0700")), language="de")

    assert isinstance(record, GuideProgramme)
    assert (record.title, record.translations) == ("News", {})
