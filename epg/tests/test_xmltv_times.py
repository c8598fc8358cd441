"""How the times of an XMLTV file are read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from epg.tests.guides import at, channel, guide, programme, read
from epg.xmltv import GuideProgramme, Skipped, covered_period, read_guide
from epg.xmltv.times import Times

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")


def moment(iso: str) -> int:
    """The seconds since 1970 of "2026-10-24T06:00", UTC."""
    return int(datetime.fromisoformat(iso).replace(tzinfo=UTC).timestamp())


def period(start: str, stop: str, zone: ZoneInfo) -> tuple[int, int | None]:
    """Start and stop of a programme in a guide of this zone."""
    (record,) = read_guide(guide(programme(start, stop)), zone=zone)
    assert isinstance(record, GuideProgramme)
    return record.start, record.stop


@pytest.mark.parametrize(
    ("text", "iso", "offset"),
    [
        ("20261024060000 +0000", "2026-10-24T06:00", 0),
        ("20261024060000", "2026-10-24T06:00", None),
        ("202610240600", "2026-10-24T06:00", None),
        ("202610240600 +0200", "2026-10-24T04:00", 120),
        ("202610240600 BST", "2026-10-24T05:00", 60),
        ("20261024060000 GMT", "2026-10-24T06:00", 0),
        ("20261024060000 utc", "2026-10-24T06:00", 0),
        ("20261024060000Z", "2026-10-24T06:00", 0),
        ("20261024060000 CET", "2026-10-24T05:00", 60),
        ("20261024060000 CEST", "2026-10-24T04:00", 120),
        ("20261024060000 EST", "2026-10-24T11:00", -300),
        ("20261024060000 EDT", "2026-10-24T10:00", -240),
        ("  20261024060030   -0500 ", "2026-10-24T11:00:30", -300),
        ("20261024060000+05:45", "2026-10-24T00:15", 345),
        ("20261024060000 -03", "2026-10-24T09:00", -180),
        ("20261024003000 +0545", "2026-10-23T18:45", 345),
        ("20261231233000 -0330", "2027-01-01T03:00", -210),
        ("20280229000000 +0000", "2028-02-29T00:00", 0),
    ],
)
def test_a_time_is_read_with_its_offset(text: str, iso: str, offset: int | None) -> None:
    times = Times()

    assert times.read(text) == (moment(iso), offset)
    assert times.read(text) == (moment(iso), offset), "the second time, from memory"


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026", "2026102406", "2026102406000", "20261399250000 +0000", "20261024060060", "20261024060000 IST"),
        *("20261024060000 +9900", "20261024060000 +0175", "19700101000000 +0000", "99991231235959 -1200"),
        *("six o'clock", "20260229000000 +0000", "20261024240000 +0000", "20261024060000 +0000 +0000"),
        *("٢٠٢٦١٠٢٤٠٦٠٠٠٠", "20261024 060000", "20261024060000 Europe/London"),
    ],
)
def test_an_unreadable_time_is_an_error(text: str) -> None:
    times = Times()
    times.read("20261024060000 +0000")

    with pytest.raises(ValueError):  # noqa: PT011 - the text itself says nothing more
        times.read(text)


@pytest.mark.parametrize(
    ("start", "stop", "zone", "start_iso", "stop_iso"),
    [
        ("20260701060000", "202607010700", NEW_YORK, "2026-07-01T10:00", "2026-07-01T11:00"),
        ("20260701060000 +0000", "20260701090000 CET", NEW_YORK, "2026-07-01T06:00", "2026-07-01T08:00"),
        ("20260101060000", "20260101070000", LONDON, "2026-01-01T06:00", "2026-01-01T07:00"),
    ],
)
def test_a_time_without_offset_is_one_of_the_guides_zone(
    start: str, stop: str, zone: ZoneInfo, start_iso: str, stop_iso: str
) -> None:
    assert period(start, stop, zone) == (moment(start_iso), moment(stop_iso))


def test_in_spring_the_hour_that_does_not_exist_is_counted_on() -> None:
    # In London 01:00 was followed by 02:00 on 29 March 2026.
    into, out = period("20260329003000", "20260329013000", LONDON), period("20260329013000", "20260329030000", LONDON)

    assert into == (moment("2026-03-29T00:30"), moment("2026-03-29T01:30"))
    assert out == (moment("2026-03-29T01:30"), moment("2026-03-29T02:00"))


def test_in_autumn_the_hour_that_occurs_twice_is_the_first_one() -> None:
    # In London 02:00 summer time was followed by 01:00 on 25 October 2026.
    into, out = period("20261025003000", "20261025013000", LONDON), period("20261025013000", "20261025023000", LONDON)

    assert into == (moment("2026-10-24T23:30"), moment("2026-10-25T00:30"))
    assert out == (moment("2026-10-25T00:30"), moment("2026-10-25T02:30"))


def test_what_would_stop_before_it_started_stops_in_the_second_of_the_two_hours() -> None:
    start, stop = period("20261025014500", "20261025011500", LONDON)

    assert (start, stop) == (moment("2026-10-25T00:45"), moment("2026-10-25T01:15"))


def test_what_stops_before_it_started_on_any_other_day_is_left_so() -> None:
    start, stop = period("20260701060000", "20260701050000", LONDON)

    assert (start, stop) == (moment("2026-07-01T05:00"), moment("2026-07-01T04:00"))


@pytest.mark.parametrize(
    ("start", "stop", "minutes"),
    [
        ("20261025013000 +0100", "20261025013000 +0000", 60),
        ("20261025003000 +0000", "20261025013000 +0100", 0),
        ("20260329003000 +0000", "20260329023000 +0100", 60),
        ("20261101013000 EDT", "20261101013000 EST", 60),
        ("20260308013000 -0500", "20260308033000 -0400", 60),
    ],
)
def test_start_and_stop_may_have_different_offsets(start: str, stop: str, minutes: int) -> None:
    (record,) = read(guide(programme(start, stop)))

    assert isinstance(record, GuideProgramme)
    assert record.stop == record.start + 60 * minutes


def test_a_programme_tells_the_offset_of_its_start() -> None:
    records = read(guide(programme("20261024060000 -0330", "20261024070000 +0000"), programme("0600", "0700")))

    assert [record.offset for record in records if isinstance(record, GuideProgramme)] == [-210, None]


def test_a_programme_may_have_no_stop() -> None:
    (record,) = read(guide('<programme start="202610240600" stop=" " channel="one.demo"><title>A</title></programme>'))

    assert isinstance(record, GuideProgramme)
    assert record.stop is None


@pytest.mark.parametrize(
    ("start", "stop", "reason", "kind"),
    [
        ("20261399250000", "0700", "The start time “20261399250000” is not a time.", "unreadable_start"),
        ("0600", "late", "The stop time “20261024late” is not a time.", "unreadable_stop"),
    ],
)
def test_a_programme_with_an_unreadable_time_is_skipped(start: str, stop: str, reason: str, kind: str) -> None:
    assert read(guide("\n", programme(start, stop))) == [Skipped(2, reason, kind)]


def test_no_more_times_are_remembered_than_is_useful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("epg.xmltv.times.MOST_REMEMBERED", 100)
    utc, local = Times(), Times(LONDON)

    for second in range(250):
        utc.read(f"20261024060{second // 60}{second % 60:02} +0000")
        local.read(f"20261024060{second // 60}{second % 60:02}")

    assert (len(utc._clocks), len(local._locals)) == (50, 50)


def test_the_covered_period_is_from_the_first_start_to_the_last_stop() -> None:
    stream = guide(channel(), programme("0700", "0800"), programme("0500", None), programme("19700101000000", "0600"))

    assert covered_period(stream) == (at("0500"), at("0800"))


def test_the_covered_period_knows_the_guides_zone() -> None:
    assert covered_period(guide(programme("0700", "0800")), zone=LONDON) == (at("0600"), at("0700"))


def test_a_guide_without_programmes_covers_nothing() -> None:
    assert covered_period(guide(channel())) is None
