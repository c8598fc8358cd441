"""What is read from an XMLTV file, and which files are refused."""

from __future__ import annotations

import gzip
import io
import lzma
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from epg.errors import GuideRefusedError
from epg.tests.guides import REFUSED, SOUND, at, channel, guide, programme, read, read_programme
from epg.xmltv import (
    GuideChannel,
    GuideProgramme,
    Skipped,
    clean,
    covered_period,
    decompressed,
    parse_episode,
    parse_time,
    read_guide,
)


def test_a_channel_has_names_a_number_and_an_icon() -> None:
    icon = '<icon src="" /><icon src=" https://example.com/1.png "/>'

    records = read(guide(channel("one.demo", "Channel One", "101", "One HD", "", icon=icon)))

    assert records == [GuideChannel("one.demo", ("Channel One", "One HD"), "https://example.com/1.png", 101)]


def test_a_channel_without_an_id_is_skipped() -> None:
    assert read(guide(channel(" "))) == [Skipped(1, "The channel has no id.")]


def test_a_programme_has_times_in_utc_and_a_title() -> None:
    record = read(guide(programme("20261024090000 +0200", "20261024103000 +0200", "News &amp; Weather")))[0]

    assert isinstance(record, GuideProgramme)
    assert (record.channel_id, record.title) == ("one.demo", "News & Weather")
    assert (record.start, record.stop) == (at("0700"), at("0830"))


def test_a_programme_without_extras_claims_nothing() -> None:
    record = read_programme()

    assert (record.sub_title, record.synopsis, record.genre, record.year) == (None, None, None, None)
    assert (record.season_number, record.episode_number, record.age_rating) == (None, None, None)
    assert (record.is_new, record.is_repeat) == (False, False)


def test_the_first_text_that_says_something_is_taken() -> None:
    record = read_programme("<sub-title> </sub-title><sub-title>Storm</sub-title><desc/><desc>\n A \n b </desc>")

    assert record.sub_title == "Storm"
    assert record.synopsis == "A b"


def test_the_genre_is_what_it_is_about_before_what_it_is() -> None:
    film = read_programme("<category>Movie</category><category>Comedy</category>")
    only_film = read_programme("<category>Movie</category>")

    assert (film.genre, only_film.genre) == ("Comedy", "Movie")


@pytest.mark.parametrize(("element", "is_new", "is_repeat"), [
    ("<new/>", True, False),
    ("<premiere>First showing</premiere>", True, False),
    ("<previously-shown start='2019'/>", False, True),
])  # fmt: skip
def test_new_and_repeated_programmes_are_told_apart(element: str, is_new: bool, is_repeat: bool) -> None:
    record = read_programme(element)

    assert (record.is_new, record.is_repeat) == (is_new, is_repeat)


def test_a_rating_is_read_in_the_form_of_today_and_of_2001() -> None:
    today = read_programme('<rating system="CSA"><value>-12</value></rating><rating/>')
    then = read_programme('<rating system="MPAA">PG</rating>')

    assert (today.age_rating, today.rating_original) == ("TV-14", "CSA -12")
    assert (then.age_rating, then.rating_original) == ("TV-PG", "MPAA PG")


def test_the_year_is_the_beginning_of_the_date() -> None:
    assert read_programme("<date>19901011</date>").year == 1990
    assert read_programme("<date>unknown</date>").year is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20261024060000 +0000", at("0600")),
        ("20261024060000", at("0600")),
        ("202610240600", at("0600")),
        ("202610240600 BST", at("0500")),
        ("20261024060000 GMT", at("0600")),
        ("20261024060000 utc", at("0600")),
        ("20261024060000 CET", at("0500")),
        ("20261024060000 CEST", at("0400")),
        ("20261024060000 EST", at("1100")),
        ("20261024060000 EDT", at("1000")),
        ("  20261024060030   -0500 ", at("1100") + timedelta(seconds=30)),
        ("20261024060000+05:45", at("0015")),
    ],
)
def test_a_time_is_read_in_utc(text: str, moment: datetime) -> None:
    assert parse_time(text) == moment
    assert parse_time(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026", "2026102406", "2026102406000", "20261399250000 +0000", "20261024060060", "20261024060000 IST"),
        *("20261024060000 +9900", "19700101000000 +0000", "99991231235959 -1200", "six o'clock"),
    ],
)
def test_an_unreadable_time_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text itself says nothing more
        parse_time(text)


@pytest.mark.parametrize(
    ("start", "stop", "reason"),
    [
        ("20261399250000", "0700", "The start time “20261399250000” is not a time."),
        ("0600", "late", "The stop time “20261024late” is not a time."),
    ],
)
def test_a_programme_with_an_unreadable_time_is_skipped(start: str, stop: str, reason: str) -> None:
    assert read(guide("\n", programme(start, stop))) == [Skipped(2, reason)]


def test_a_programme_without_start_channel_or_title_is_skipped() -> None:
    records = read(
        guide(
            '<programme channel="one.demo"><title>News</title></programme>',
            '<programme start="202610240600"><title>News</title></programme>',
            '<programme start="202610240600" channel="one.demo"><title> </title></programme>',
        )
    )

    reasons = [record.reason for record in records if isinstance(record, Skipped)]
    assert reasons == [
        "The programme has no start time.",
        "The programme names no channel.",
        "The programme has no title.",
    ]


@pytest.mark.parametrize(
    ("system", "text", "numbers"),
    [
        ("xmltv_ns", "1.9.0/2", (2, 10)),
        ("xmltv_ns", " 1 . 9 . 0/2 ", (2, 10)),
        ("xmltv_ns", "12.15.", (13, 16)),
        ("xmltv_ns", ".0.", (None, 1)),
        ("xmltv_ns", "0..", (1, None)),
        ("xmltv_ns", "00.02", (1, 3)),
        ("xmltv_ns", "2/7.4/13.", (3, 5)),
        ("xmltv_ns", "2022.36.0", (2023, 37)),
        ("xmltv_ns", "Season 3, Ep 4", (3, 4)),
        ("xmltv_ns", "7", (None, None)),
        ("onscreen", "S01E05", (1, 5)),
        ("onscreen", "(S1 Ep5)", (1, 5)),
        ("onscreen", "Series 4, episode 19", (4, 19)),
        ("onscreen", "Ep. 7", (None, 7)),
        ("onscreen", "S3", (3, None)),
        ("onscreen", "#FFEE", (None, None)),
        (None, "S02E03", (2, 3)),
        ("dd_progid", "EP00948827.0056", (None, None)),
        ("uuid", "0f68cf1a-ebd2-4801-8754-1ccca9d4aee6", (None, None)),
        ("xmltv_ns", "99999999999.1.", (None, None)),
    ],
)
def test_season_and_episode_count_from_one(
    system: str | None, text: str, numbers: tuple[int | None, int | None]
) -> None:
    assert parse_episode(system, text) == numbers


def test_the_defined_numbering_goes_before_the_one_on_screen() -> None:
    record = read_programme('<episode-num>S9E9</episode-num><episode-num system="xmltv_ns">1.2.</episode-num>')

    assert (record.season_number, record.episode_number) == (2, 3)


def test_texts_lose_what_cannot_be_seen() -> None:
    assert clean(" zero\u200bwidth \u202eabc\u202c\u00a0d\x85e\x07 \ufeff") == "zerowidth abc d e"


def test_markup_and_unknown_elements_inside_a_text_are_text() -> None:
    record = read_programme("<desc><![CDATA[<b>bold</b>]]> and <x-fig-roll/>more<!-- hidden --></desc><x-unknown/>")

    assert record.synopsis == "<b>bold</b> and more"


def test_programmes_inside_other_elements_are_not_the_guides() -> None:
    assert read(guide(f"<x-random>{programme('0600', '0700')}</x-random>")) == []


def test_two_programmes_that_differ_in_their_line_only_are_equal() -> None:
    first, second = read(guide(programme("0600", "0700"), "\n", programme("0600", "0700")))

    assert first == second
    assert len({first, second}) == 1


def test_lines_are_counted_beyond_65535() -> None:
    records = read(guide("<x>\n</x>\n" * 40_000, channel("")))

    assert records == [Skipped(80_001, "The channel has no id.")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"hello", "The file is not well-formed XML: Start tag expected, '<' not found, line 1, column 1."),
        (b"<tv><channel id='a'>", "The file breaks off in line 1."),
        (b"<tv/><tv/>", "The file is not well-formed XML: Extra content at the end of the document, line 1, column 6."),
        (b"<rss/>", "The file is XML but not XMLTV: its root element is <rss> and not <tv>."),
        (b"<HTML><br></HTML>", "The file is a web page, perhaps an error message, and not a guide."),
        (
            b"<tv><channel id='caf\xe9'/></tv>",
            "The file is not in the encoding it declares, or in UTF-8 if it declares none (line 1).",
        ),
    ],
)
def test_a_file_that_is_no_guide_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(GuideRefusedError) as refused:
        read(io.BytesIO(content))

    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY x PUBLIC "-//x" "http://127.0.0.1:9/x">',
        '<!ENTITY y "yes"><!ENTITY x "&y;">',
        '<!ENTITY x "&#38;y;">',
        '<!ENTITY x "<b>bold</b>">',
        '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;',
    ],
)
def test_an_entity_that_leads_anywhere_is_refused_even_when_unused(declaration: str) -> None:
    with pytest.raises(GuideRefusedError, match="declares entities"):
        read(guide(channel(), head=f"<!DOCTYPE tv [{declaration}]>"))


def test_a_broken_entity_is_refused_before_the_parser_comes_to_its_use() -> None:
    head = '<!DOCTYPE tv [<!ENTITY y "H"><!ENTITY x "<b>&y;</b></desc></">]>'

    with pytest.raises(GuideRefusedError, match="declares entities"):
        read(guide(channel("one.demo", "&x;"), head=head))


def test_a_prologue_without_end_is_refused() -> None:
    with pytest.raises(GuideRefusedError, match="no root element"):
        read(guide(channel(), head=f"<!--{' ' * 70_000}-->"))


def test_a_reference_in_a_text_is_not_expanded_but_shown_and_noted() -> None:
    records = read(guide(channel("one.demo", "Harbour &x; 1"), head='<!DOCTYPE tv [<!ENTITY x "&amp; Sons">]>'))

    note, declared = records
    assert note == Skipped(1, "The reference &x; is shown as it is written.")
    assert declared == GuideChannel("one.demo", ("Harbour &x; 1",), None, None)


def test_a_reference_in_an_attribute_is_refused() -> None:
    with pytest.raises(GuideRefusedError, match="in an attribute"):
        read(guide(channel("&x;"), head='<!DOCTYPE tv [<!ENTITY x "secret">]>'))


def test_a_reference_to_an_entity_of_a_missing_dtd_is_shown_as_written() -> None:
    records = read(guide(channel("one.demo", "Caf&eacute;"), head='<!DOCTYPE tv SYSTEM "xmltv.dtd">'))

    assert records[1] == GuideChannel("one.demo", ("Caf&eacute;",), None, None)


def test_reading_needs_no_more_memory_for_a_longer_guide() -> None:
    peaks = []
    for count in (2_000, 20_000):
        stream = guide(*(programme("0600", "0700", f"News {number}") for number in range(count)))
        tracemalloc.start()
        assert sum(1 for _ in read_guide(stream)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.5 * peaks[0]


@pytest.mark.parametrize("compress", [bytes, gzip.compress, lzma.compress])
def test_a_compressed_guide_is_told_by_its_first_bytes(compress: object) -> None:
    assert callable(compress)
    packed = compress(guide(channel()).getvalue())

    assert len(list(read_guide(decompressed(io.BytesIO(packed))))) == 1


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress])
def test_a_compressed_guide_that_was_cut_off_is_refused(compress: object) -> None:
    assert callable(compress)
    packed = compress(guide(channel(), *(programme("0600", "0700", f"{number}") for number in range(99))).getvalue())

    with pytest.raises(GuideRefusedError, match="damaged or incomplete"):
        list(read_guide(decompressed(io.BytesIO(packed[:-20]))))


def test_the_covered_period_is_from_the_first_start_to_the_last_stop() -> None:
    stream = guide(channel(), programme("0700", "0800"), programme("0500", None), programme("19700101000000", "0600"))

    assert covered_period(stream) == (at("0500"), at("0800"))


def test_a_guide_without_programmes_covers_nothing() -> None:
    assert covered_period(guide(channel())) is None


def test_the_shared_guide_is_read_whole(shared_data: Path) -> None:
    with (shared_data / "guide" / "guide-demo.xml.gz").open("rb") as file:
        records = list(read_guide(decompressed(file)))

    assert sum(isinstance(record, GuideChannel) for record in records) == 20
    assert sum(isinstance(record, GuideProgramme) for record in records) == 4660
    assert len(records) == 4680


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_shared_guide_is_read(name: str, shared_data: Path) -> None:
    with (shared_data / "guide" / "quirks" / name).open("rb") as file:
        records = list(read_guide(decompressed(file)))

    assert all(isinstance(record, GuideChannel | GuideProgramme | Skipped) for record in records)


@pytest.mark.parametrize("name", REFUSED)
def test_an_unsound_shared_guide_is_refused(name: str, shared_data: Path) -> None:
    with (shared_data / "guide" / "quirks" / name).open("rb") as file, pytest.raises(GuideRefusedError) as refused:
        list(read_guide(decompressed(file)))

    assert str(refused.value).endswith(".")


def test_the_xmltv_projects_own_files_are_read(shared_data: Path) -> None:
    for path in sorted((shared_data / "guide" / "xmltv-tests").glob("*.xml")):
        with path.open("rb") as file:
            assert not [record for record in read_guide(file) if isinstance(record, Skipped)]
