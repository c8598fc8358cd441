"""What is read of the programmes in an XMLTV file, besides their times and texts."""

from __future__ import annotations

import msgspec
import pytest

from epg.tests.guides import channel, guide, programme, read, read_programme
from epg.xmltv import GuideProgramme, Skipped, parse_episode


def test_a_programme_without_extras_claims_nothing() -> None:
    record = read_programme()

    assert (record.sub_title, record.synopsis, record.genre, record.year) == (None, None, None, None)
    assert (record.season_number, record.episode_number) == (None, None)
    assert (record.age_rating, record.rating_original) == (None, None)
    assert (record.is_new, record.is_premiere, record.is_repeat) == (False, False, False)
    assert (record.image_url, record.credits, record.translations) == (None, [], {})


def test_the_genre_is_what_it_is_about_before_what_it_is() -> None:
    film = read_programme("<category>Movie</category><category> </category><category>Comedy</category>")
    only_film = read_programme("<category>Movie</category>")

    assert (film.genre, only_film.genre) == ("Comedy", "Movie")


@pytest.mark.parametrize(("element", "is_new", "is_premiere", "is_repeat"), [
    ("<new/>", True, False, False),
    ("<premiere>First showing</premiere>", True, True, False),
    ("<previously-shown start='2019'/>", False, False, True),
    ("<previously-shown channel='two.demo'/><premiere/>", True, True, True),
])  # fmt: skip
def test_new_and_repeated_programmes_are_told_apart(
    element: str, is_new: bool, is_premiere: bool, is_repeat: bool
) -> None:
    record = read_programme(element)

    assert (record.is_new, record.is_premiere, record.is_repeat) == (is_new, is_premiere, is_repeat)


def test_a_rating_is_read_in_the_form_of_today_and_of_2001() -> None:
    today = read_programme('<rating system="CSA"><value>-12</value></rating><rating/>')
    then = read_programme('<rating system="MPAA">PG</rating>')

    assert (today.age_rating, today.rating_original) == ("TV-14", "CSA -12")
    assert (then.age_rating, then.rating_original) == ("TV-PG", "MPAA PG")


def test_a_rating_is_kept_in_at_most_100_characters() -> None:
    record = read_programme(f'<rating system="{"x" * 90}"><value>{"y" * 90}</value></rating>')

    assert record.rating_original == "x" * 90 + " " + "y" * 9


@pytest.mark.parametrize(
    ("text", "year"),
    [("19901011", 1990), ("2004", 2004), ("unknown", None), ("0000", None), ("٢٠٢٠", None), ("199", None), ("", None)],
)
def test_the_year_is_the_beginning_of_the_date(text: str, year: int | None) -> None:
    assert read_programme(f"<date>{text}</date>").year == year


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ('<icon src=" https://example.com/1.png "/>', "https://example.com/1.png"),
        ('<icon src=""/><icon/><icon src="http://example.com/2.png"/>', "http://example.com/2.png"),
        ('<icon src="//example.com/1.png"/>', None),
        ('<icon src="/1.png"/>', None),
        ('<icon src="javascript:alert(1)"/>', None),
        ('<icon src="data:image/png;base64,AAAA"/>', None),
        ('<icon src="https://example.com/a b.png"/>', None),
        (f'<icon src="https://example.com/{"x" * 500}"/>', None),
        ('<image type="poster">https://example.com/3.png</image>', "https://example.com/3.png"),
        ('<image type="person">https://example.com/3.png</image>', None),
        ('<image>https://example.com/3.png</image><icon src="http://example.com/2.png"/>', "http://example.com/2.png"),
    ],
)
def test_the_image_is_the_first_address_that_leads_somewhere(more: str, address: str | None) -> None:
    assert read_programme(more).image_url == address


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


def test_a_programme_without_start_channel_or_title_is_skipped() -> None:
    records = read(
        guide(
            '<programme channel="one.demo"><title>News</title></programme>',
            '<programme start="202610240600"><title>News</title></programme>',
            '<programme start="202610240600" channel="one.demo"><title> </title></programme>',
        )
    )

    assert records == [
        Skipped(1, "The programme has no start time.", "no_start"),
        Skipped(1, "The programme names no channel.", "no_channel"),
        Skipped(1, "The programme has no title.", "no_title"),
    ]


def test_programmes_inside_other_elements_are_not_the_guides() -> None:
    inner = programme("0600", "0700")

    records = read(guide(f"<x-random>{inner}</x-random>", f"<tv>{inner}</tv>", programme("0800", "0900", more=inner)))

    assert [type(record) for record in records] == [GuideProgramme]


def test_the_order_of_elements_does_not_matter() -> None:
    text = (
        '<programme start="202610240600" channel="one.demo"><date>1990</date><desc>A</desc><title>B</title></programme>'
    )

    (record,) = read(guide(text))

    assert isinstance(record, GuideProgramme)
    assert (record.title, record.synopsis, record.year) == ("B", "A", 1990)


def test_a_record_survives_being_written_down() -> None:
    record = read_programme('<title lang="fr">Infos</title><credits><actor role="Hero">A</actor></credits><new/>')

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=GuideProgramme) == record


def test_lines_are_counted_beyond_65535() -> None:
    records = read(guide("<x>\n</x>\n" * 40_000, channel("")))

    assert records == [Skipped(80_001, "The channel has no id.", "no_channel_id")]
