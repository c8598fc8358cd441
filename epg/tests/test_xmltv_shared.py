"""Every awkward guide of the shared data is read, or refused, as its description says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from epg.errors import GuideRefusedError
from epg.tests.guides import REFUSED
from epg.xmltv import GuideChannel, GuideProgramme, Skipped, decompressed, read_guide

REFUSALS = {
    "bare-ampersand.xml": "The file is not well-formed XML: xmlParseEntityRef: no name, line 3, column 43.",
    "control-characters.xml": "The file is not well-formed XML: PCDATA invalid Char value 7, line 3, column 43.",
    "leading-newline.xml": (
        "The file is not well-formed XML: XML declaration allowed only at the start of the document, line 2, column 6."
    ),
    "truncated.xml": "The file breaks off in line 6.",
    "truncated.xml.gz": "The compressed file is damaged or incomplete.",
    "windows1252-undeclared.xml": (
        "The file is not in the encoding it declares, or in UTF-8 if it declares none (line 3)."
    ),
    "zero-bytes.xml": "The file is empty.",
    "html-error-page.xml": "The file is a web page, perhaps an error message, and not a guide.",
    "not-xmltv.xml": "The file is XML but not XMLTV: its root element is <rss> and not <tv>.",
    "entity-expansion.xml": "The file declares entities that are more than a plain text.",
    "entity-external.xml": "The file declares entities that are more than a plain text.",
}
XMLTV_TESTS = {
    "amp.xml": 2,
    "attrs.xml": 1,
    "clump.xml": 2,
    "clump_extract.xml": 2,
    "clump_extract_1.xml": 3,
    "dups.xml": 7,
    "empty.xml": 0,
    "intervals.xml": 6,
    "length.xml": 1,
    "overlap.xml": 14,
    "simple.xml": 2,
    "sort.xml": 4,
    "sort1.xml": 6,
    "sort2.xml": 3,
    "test.xml": 1,
    "test_empty.xml": 1,
    "test_livre.xml": 1,
    "test_remove_some_overlapping.xml": 12,
    "test_sort_by_channel.xml": 3,
    "whitespace.xml": 5,
    "x-whatever.xml": 2,
}


@pytest.fixture
def guides(shared_data: Path) -> Path:
    """The folder of the shared guides."""
    return shared_data / "guide"


def records(path: Path) -> list[GuideChannel | GuideProgramme | Skipped]:
    """Every record of a file."""
    with path.open("rb") as file:
        return list(read_guide(decompressed(file)))


def programmes(path: Path) -> dict[str, GuideProgramme]:
    """The programmes of a file by their titles."""
    return {record.title: record for record in records(path) if isinstance(record, GuideProgramme)}


def skipped(path: Path) -> list[tuple[int, str]]:
    """Line and kind of what cannot be read in a file."""
    return [(record.line, record.kind) for record in records(path) if isinstance(record, Skipped)]


def hours(programme: GuideProgramme) -> tuple[str, str | None]:
    """Start and stop in UTC, as "24 06:00"."""
    start, stop = (
        f"{datetime.fromtimestamp(moment, UTC):%d %H:%M}" if moment is not None else None
        for moment in (programme.start, programme.stop)
    )
    assert start is not None
    return start, stop


def test_the_demo_guide_is_read_whole(guides: Path) -> None:
    kinds = Counter(type(record) for record in records(guides / "guide-demo.xml.gz"))

    assert kinds == {GuideChannel: 20, GuideProgramme: 4660}


def test_the_demo_guide_tells_what_the_format_can_tell(guides: Path) -> None:
    with (guides / "guide-demo.xml.gz").open("rb") as file:
        found = [record for record in read_guide(decompressed(file)) if isinstance(record, GuideProgramme)]

    assert {record.offset for record in found} == {0, 60, 120, 345, -240, -300, -420, -480}
    assert {role for record in found for role, _, _ in record.credits} == {"actor"}
    assert all(record.age_rating for record in found if record.rating_original)
    assert Counter(bool(record.image_url) for record in found)[True] > 800
    assert any(record.is_premiere for record in found)
    assert any(record.translations for record in found)


def test_times_are_read_with_and_without_offsets(guides: Path) -> None:
    found = {title: hours(record) for title, record in programmes(guides / "quirks" / "times.xml").items()}

    assert found == {
        "explicit UTC offset": ("24 06:00", "24 07:00"),
        "07:00Z written with +0200": ("24 07:00", "24 08:00"),
        "no offset (treat as UTC)": ("24 08:00", "24 09:00"),
        "12 digits, no seconds": ("24 09:00", "24 10:00"),
        "named zone BST": ("24 09:00", "24 10:00"),
        "named zones UTC and GMT": ("24 11:00", "24 12:00"),
        "no stop; ends when the next begins": ("24 12:00", None),
        "no stop; next starts 13:00": ("24 12:30", None),
        "zero length": ("24 13:00", "24 13:00"),
        "stop before start": ("24 14:00", "24 13:30"),
        "48 hours long": ("24 16:00", "26 16:00"),
        "one hour across the end of summer time": ("25 00:30", "25 01:30"),
        "after the end of summer time": ("25 01:30", "25 02:00"),
        "02:00Z in a quarter-hour zone": ("25 02:00", "25 02:30"),
        "stray blanks round the time": ("25 02:30", "25 03:00"),
        "08:00Z": ("25 08:00", "25 09:00"),
    }


def test_unreadable_times_are_skipped(guides: Path) -> None:
    assert skipped(guides / "quirks" / "times.xml") == [
        (16, "unreadable_start"),
        (17, "unreadable_start"),
        (18, "no_start"),
        (25, "unreadable_start"),
    ]


def test_an_odd_structure_is_read_in_its_order(guides: Path) -> None:
    found = records(guides / "quirks" / "structure.xml")

    channels = [record.id for record in found if isinstance(record, GuideChannel)]
    assert channels == ["a.demo", "a.demo", "A.DEMO", "noname.demo", "unused.demo", "late.demo"]
    assert Counter(record.channel_id for record in found if isinstance(record, GuideProgramme)) == {
        "a.demo": 9,
        "unknown.demo": 1,
        "late.demo": 1,
    }
    assert skipped(guides / "quirks" / "structure.xml") == [(6, "no_channel_id"), (16, "no_channel")]


def test_odd_contents_are_read_as_far_as_they_can_be_understood(guides: Path) -> None:
    found = programmes(guides / "quirks" / "content.xml")

    numbers = [(record.season_number, record.episode_number) for record in found.values()]
    assert numbers[1:8] == [(2, 10), (None, 1), (1, 3), (3, 5), (2023, 37), (1, 5), (3, 4)]
    assert found["Le Titre"].translations == {"en": {"title": "The Title"}}
    assert found["Le Titre"].synopsis == "short"
    rated = found["two rating systems and one without a system"]
    assert (rated.age_rating, rated.rating_original) == ("TV-14", "CSA -12")
    escaped = found["Fish & Chips <live> – “q” &amp; twice escaped".replace("“", '"').replace("”", '"')]
    assert (escaped.synopsis or "").startswith("line one line two tab, non breaking, zerowidth, emoji 📺")
    assert (escaped.synopsis or "").endswith("right-to-left abc")
    assert found["CDATA <b>title</b> & more"].synopsis == "<script>alert(1)</script>"
    nested = found["nested children in credits"]
    assert nested.credits == [("director", "D One", None), ("actor", "A One", "Hero")]
    assert nested.year == 1990
    assert found["icon without src, icon twice, bad size"].image_url is None
    both = found["new and previously shown at once"]
    assert (both.is_new, both.is_premiere, both.is_repeat) == (True, True, True)
    assert max(len(record.synopsis or "") for record in found.values()) == 20_000
    assert skipped(guides / "quirks" / "content.xml") == [(4, "no_title"), (5, "no_title")]


@pytest.mark.parametrize(
    ("name", "channel", "titles"),
    [
        ("latin1.xml", "Télé Été", ["Æther, çà et là: £5"]),
        ("utf8-bom-crlf.xml", "Ünïcødé", ["T"]),
        ("utf16.xml", "Ünïcødé", []),
        ("no-declaration.xml", "A", ["T"]),
        ("entity-internal.xml", "&co;", []),
    ],
)
def test_an_odd_encoding_or_beginning_is_no_obstacle(name: str, channel: str, titles: list[str], guides: Path) -> None:
    found = records(guides / "quirks" / name)

    assert [record.names for record in found if isinstance(record, GuideChannel)] == [(channel,)]
    assert [record.title for record in found if isinstance(record, GuideProgramme)] == titles


def test_a_guide_may_be_empty(guides: Path) -> None:
    assert records(guides / "quirks" / "empty.xml") == []


@pytest.mark.parametrize("name", REFUSED)
def test_an_unsound_guide_is_refused_with_a_sentence(name: str, guides: Path) -> None:
    with pytest.raises(GuideRefusedError) as refused:
        records(guides / "quirks" / name)

    assert str(refused.value) == REFUSALS[name]


def test_every_awkward_guide_has_its_test(guides: Path) -> None:
    sound = {"times.xml", "structure.xml", "content.xml", "latin1.xml", "utf8-bom-crlf.xml", "utf16.xml", "empty.xml"}
    names = {path.name for path in (guides / "quirks").iterdir()}

    assert names == {*REFUSALS, *sound, "no-declaration.xml", "entity-internal.xml"}
    assert set(REFUSED) == set(REFUSALS)
    assert {path.name for path in (guides / "xmltv-tests").glob("*.xml")} == set(XMLTV_TESTS)


@pytest.mark.parametrize(("name", "count"), XMLTV_TESTS.items(), ids=XMLTV_TESTS)
def test_the_xmltv_projects_own_files_are_read_without_loss(name: str, count: int, guides: Path) -> None:
    found = records(guides / "xmltv-tests" / name)

    assert sum(isinstance(record, GuideProgramme) for record in found) == count
    assert not [record for record in found if isinstance(record, Skipped)]
