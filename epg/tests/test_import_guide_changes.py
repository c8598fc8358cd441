"""What an imported guide does to the schedule that is there."""

from __future__ import annotations

import pytest

from epg.models import Channel, Programme
from epg.tests.guides import at, channel, programme
from epg.tests.imports import imported, schedule, stored

pytestmark = pytest.mark.django_db


def test_the_same_guide_again_writes_nothing(one: Channel) -> None:
    elements = (channel(), programme("0600", "0700", "A", "<desc>x</desc><new/>"), programme("0700", "0800", "B"))
    imported(*elements)

    report = imported(*elements)

    assert report.wrote_nothing
    assert (report.unchanged, report.added, report.changed, report.removed) == (2, 0, 0, 0)


def test_a_changed_programme_keeps_its_id_and_its_catch_up(one: Channel) -> None:
    before = stored("0600", "0700", "Old", one)
    Programme.objects.update(catchup_eligible=True)

    report = imported(programme("0600", "0730", "New", "<desc>More</desc>"))

    after = Programme.objects.get()
    assert (after.id, after.catchup_eligible) == (before.id, True)
    assert (after.title, after.synopsis, after.end_time) == ("New", "More", at("0730"))
    assert (report.changed, report.added, report.removed) == (1, 0, 0)


def test_what_the_guide_no_longer_has_is_removed(one: Channel) -> None:
    stored("0630", "0700", "Cancelled", one)

    report = imported(programme("0600", "0630", "A"), programme("0700", "0800", "B"))

    assert schedule() == [("0600", "0630", "A"), ("0700", "0800", "B")]
    assert (report.added, report.removed) == (2, 1)


def test_history_and_what_lies_after_the_guide_are_kept(one: Channel) -> None:
    stored("0500", "0600", "Before", one)
    stored("0700", "0800", "After", one)

    imported(programme("0600", "0700"))

    assert schedule() == [("0500", "0600", "Before"), ("0600", "0700", "News"), ("0700", "0800", "After")]


def test_other_channels_are_left_alone(one: Channel) -> None:
    other = Channel.objects.create(name="Other", channel_number=2)
    stored("0630", "0730", "Theirs", other)

    imported(programme("0600", "0700"))

    assert schedule(other) == [("0630", "0730", "Theirs")]


def test_what_began_before_the_guide_is_cut_where_it_starts(one: Channel) -> None:
    stored("0500", "0700", "Running", one)

    report = imported(programme("0600", "0700"))

    assert schedule() == [("0500", "0600", "Running"), ("0600", "0700", "News")]
    assert (report.changed, report.added) == (1, 1)


def test_what_runs_beyond_the_end_of_the_guide_is_replaced(one: Channel) -> None:
    stored("0630", "0900", "Long", one)

    imported(programme("0600", "0700"))

    assert schedule() == [("0600", "0700", "News")]


def test_programmes_that_grow_and_shrink_and_move_do_not_collide(one: Channel) -> None:
    for start, stop, title in [
        ("0600", "0630", "A"),
        ("0630", "0700", "B"),
        ("0700", "0800", "C"),
        ("0800", "0810", "D"),
    ]:
        stored(start, stop, title, one)

    report = imported(
        programme("0600", "0700", "A"), programme("0700", "0730", "C"), programme("0730", "0800", "B"),
        programme("0800", "0900", "D"),
    )  # fmt: skip

    assert schedule() == [("0600", "0700", "A"), ("0700", "0730", "C"), ("0730", "0800", "B"), ("0800", "0900", "D")]
    assert (report.changed, report.moved, report.added, report.removed) == (3, 1, 0, 0)


def test_a_slip_in_a_date_does_not_clear_the_time_between(one: Channel) -> None:
    stored("0500", "0600", "History", one)

    imported(programme("200610240600", "200610240700", "Slip"), programme("0600", "0700"))

    assert Programme.objects.filter(title="History").exists()
    assert Programme.objects.count() == 3
