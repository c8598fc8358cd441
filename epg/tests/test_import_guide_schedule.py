"""What one channel of a guide comes to: order, repeats, faults and overlaps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from epg.models import Channel, Programme
from epg.tests.guides import at, programme
from epg.tests.imports import imported, schedule

pytestmark = pytest.mark.django_db


def test_programmes_may_come_in_any_order(one: Channel) -> None:
    imported(programme("0700", "0800", "B"), programme("0600", "0700", "A"))

    assert schedule() == [("0600", "0700", "A"), ("0700", "0800", "B")]


def test_an_exact_repeat_is_dropped(one: Channel) -> None:
    report = imported(programme("0600", "0700"), programme("0600", "0700"))

    assert schedule() == [("0600", "0700", "News")]
    assert (report.repeats_dropped, report.skipped) == (1, {})


def test_without_a_stop_it_lasts_until_the_next_one_starts(one: Channel) -> None:
    report = imported(programme("0600", None, "A"), programme("0630", "0700", "B"), programme("0800", None, "C"))

    assert schedule() == [("0600", "0630", "A"), ("0630", "0700", "B")]
    assert report.skipped == {"The last programme of the channel has no stop time.": 1}


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ("0600", "The programme stops before it has started."),
        ("0530", "The programme stops before it has started."),
        ("202610250601", "The programme is longer than 24 hours."),
    ],
)
def test_a_programme_of_impossible_length_is_skipped(one: Channel, stop: str, reason: str) -> None:
    report = imported(programme("0600", stop))

    assert (report.skipped, schedule()) == ({reason: 1}, [])


def test_where_two_overlap_the_later_one_wins(one: Channel) -> None:
    report = imported(programme("0600", "0900", "Night loop"), programme("0700", "0730", "Short"))

    assert schedule() == [("0600", "0700", "Night loop"), ("0700", "0730", "Short")]
    assert report.overlaps_cut == 1
    loop = "“Night loop” is cut to end at 24 Oct 07:00 instead of 24 Oct 09:00, when “Short” of line 1 begins."
    assert loop in [detail.sentence for detail in report.details]


def test_where_two_start_together_the_later_line_wins(one: Channel) -> None:
    report = imported(programme("0600", "0700", "Old"), "\n", programme("0600", "0630", "New"))

    assert schedule() == [("0600", "0630", "New")]
    assert (report.overlaps_dropped, report.overlaps_cut, report.skipped) == (1, 0, {})
    (told,) = report.details
    assert told.line == 1
    assert told.sentence == "“Old” is dropped: line 2 has “New” at the same time."


def test_every_time_can_be_shifted(one: Channel) -> None:
    imported(programme("0600", "0700"), shift=timedelta(weeks=2))

    assert Programme.objects.get().start_time == at("0600") + timedelta(weeks=2)
