"""What an import leaves alone: what can still be watched, what is locked, what comes from a source that goes before."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from epg.models import Channel, GuideSource, Programme
from epg.tests.guides import programme
from epg.tests.imports import hours_from_now, imported, moment, schedule, stored, written

pytestmark = pytest.mark.django_db

WINDOW = timedelta(hours=48)


@pytest.fixture
def watchable(one: Channel) -> Channel:
    """A channel whose programmes can be watched for two days after they are over."""
    one.catchup_window_hours = 48
    one.save()
    return one


@pytest.fixture
def first() -> GuideSource:
    """A source that is believed."""
    return GuideSource.objects.create(name="First", url="https://example.com/first.xml", priority=2)


@pytest.fixture
def second() -> GuideSource:
    """A source that is believed where the first says nothing."""
    return GuideSource.objects.create(name="Second", url="https://example.com/second.xml", priority=1)


def past(start: float, end: float, title: str, on: Channel) -> Programme:
    """A programme of so many hours from now on."""
    times = {"start_time": moment(hours_from_now(start)), "end_time": moment(hours_from_now(end))}
    return Programme.objects.create(channel=on, title=title, **times)


def titles() -> list[str]:
    return list(Programme.objects.order_by("start_time").values_list("title", flat=True))


def test_what_can_still_be_watched_survives_a_guide_that_no_longer_has_it(watchable: Channel) -> None:
    past(-5, -4, "Yesterday's film", on=watchable)
    early = programme(hours_from_now(-6), hours_from_now(-5), "Early")
    report = imported(early, programme(hours_from_now(-1), hours_from_now(1), "Now"))
    assert titles() == ["Early", "Yesterday's film", "Now"]
    assert (report.kept_history, report.removed) == (1, 0)
    assert "“Yesterday's film” stays: it can still be watched in catch-up." in [one.sentence for one in report.details]


def test_what_can_no_longer_be_watched_is_replaced(watchable: Channel) -> None:
    past(-60, -59, "Old film", on=watchable)
    first = programme(hours_from_now(-61), hours_from_now(-60), "A")
    report = imported(first, programme(hours_from_now(-59), hours_from_now(-58), "B"))
    assert titles() == ["A", "B"]
    assert (report.kept_history, report.removed) == (0, 1)


def test_what_is_on_now_is_no_history(watchable: Channel) -> None:
    past(-2, 1, "Cancelled", on=watchable)
    imported(
        programme(hours_from_now(-3), hours_from_now(-1), "A"), programme(hours_from_now(-1), hours_from_now(2), "B")
    )
    assert titles() == ["A", "B"]


def test_the_past_of_the_same_programme_is_corrected(watchable: Channel) -> None:
    shown = past(-5, -4, "Film", on=watchable)
    imported(programme(hours_from_now(-5), hours_from_now(-3), "Film", "<desc>It ran late.</desc>"))
    shown.refresh_from_db()
    assert (shown.synopsis, shown.end_time) == ("It ran late.", moment(hours_from_now(-3)))


def test_what_the_guide_would_put_over_history_is_cut_and_told(watchable: Channel) -> None:
    past(-5, -4, "Shown", on=watchable)
    guide = [
        programme(hours_from_now(-7), hours_from_now(-4.5), "Before"),
        programme(hours_from_now(-4.5), hours_from_now(-4.25), "Within"),
        programme(hours_from_now(-4.25), hours_from_now(-3), "After"),
    ]
    report = imported(*guide)
    assert titles() == ["Before", "Shown", "After"]
    assert (report.kept_history, report.cut_for_kept, report.dropped_for_kept) == (1, 2, 1)
    assert any(one.sentence.startswith("“Within” is dropped: “Shown” of ") for one in report.details)
    assert imported(*guide).wrote_nothing


def test_what_ran_when_the_guide_begins_is_not_cut_once_it_is_history(watchable: Channel) -> None:
    past(-5, -3, "Shown", on=watchable)
    imported(programme(hours_from_now(-4), hours_from_now(-2), "Late"))
    shown = Programme.objects.get(title="Shown")
    assert shown.end_time == Programme.objects.get(title="Late").start_time == moment(hours_from_now(-3))


def test_a_locked_programme_stays_and_the_guide_makes_room(one: Channel) -> None:
    locked = stored("0630", "0730", "Wedding", one, is_locked=True)
    guide = programme("0600", "0700", "A"), programme("0700", "0715", "B"), programme("0715", "0800", "C")
    report = imported(*guide)
    assert schedule() == [("0600", "0630", "A"), ("0630", "0730", "Wedding"), ("0730", "0800", "C")]
    assert (report.kept_locked, report.cut_for_kept, report.dropped_for_kept) == (1, 2, 1)
    again = imported(*guide)
    assert (again.wrote_nothing, again.unchanged) == (True, 2)
    assert Programme.objects.get(title="Wedding").id == locked.id


def test_a_locked_programme_keeps_what_staff_wrote_even_at_the_same_time(one: Channel) -> None:
    stored("0600", "0700", "Ours", one, is_locked=True)
    report = imported(programme("0600", "0700", "Theirs"))
    assert schedule() == [("0600", "0700", "Ours")]
    assert (report.wrote_nothing, report.used_nothing) == (True, False)


def test_of_two_sources_the_one_with_the_higher_priority_is_believed(
    one: Channel, first: GuideSource, second: GuideSource
) -> None:
    imported(programme("0600", "0700", "First's"), source=first)
    report = imported(programme("0630", "0730", "Second's"), programme("0730", "0800", "More"), source=second)
    assert schedule() == [("0600", "0700", "First's"), ("0700", "0730", "Second's"), ("0730", "0800", "More")]
    assert (report.kept_other_source, report.cut_for_kept) == (1, 1)
    imported(programme("0600", "0745", "First's"), source=first)
    assert schedule() == [("0600", "0745", "First's")]


def test_a_source_that_is_switched_off_goes_before_nobody(
    one: Channel, first: GuideSource, second: GuideSource
) -> None:
    imported(programme("0600", "0700", "First's"), source=first)
    first.is_active = False
    first.save()
    imported(programme("0600", "0700", "Second's"), source=second)
    assert schedule() == [("0600", "0700", "Second's")]


def test_a_file_without_a_source_goes_before_every_source(one: Channel, first: GuideSource) -> None:
    imported(programme("0600", "0700", "First's"), source=first)
    imported(programme("0600", "0700", "By hand"))
    assert schedule() == [("0600", "0700", "By hand")]


def test_the_same_guide_from_another_source_changes_its_origin_and_nothing_that_is_seen(
    one: Channel, first: GuideSource
) -> None:
    imported(programme("0600", "0700"))
    before = Programme.objects.get()
    report = imported(programme("0600", "0700"), source=first)
    after = Programme.objects.get()
    assert (after.source, after.changed_at) == (first, before.changed_at)
    assert (report.unchanged, report.wrote_nothing) == (1, True)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_changes_what_is_to_stay_stays_and_again_nothing_is_written(watchable: Channel, seed: int) -> None:
    chance = random.Random(seed)
    now = timezone.now().replace(second=0, microsecond=0)
    imported(*random_guide(chance, now))
    for _round in range(4):
        locked = chance.sample(list(Programme.objects.values_list("id", flat=True)), 3)
        Programme.objects.filter(id__in=locked).update(is_locked=True)
        before = dict(Programme.objects.filter(is_locked=True).values_list("id", "start_time"))
        shown = set(Programme.objects.filter(end_time__lte=now, end_time__gt=now - WINDOW).values_list("id", flat=True))
        guide = random_guide(chance, now)
        report = imported(*guide)
        assert dict(Programme.objects.filter(is_locked=True).values_list("id", "start_time")) == before
        assert shown <= set(Programme.objects.values_list("id", flat=True))
        took = report.added + report.changed + report.moved + report.unchanged
        assert took + report.dropped_for_kept == report.programmes_read == len(guide)
        assert imported(*guide).wrote_nothing


def random_guide(chance: random.Random, now: datetime) -> list[str]:
    """What is on around now, with few names."""
    moment, elements = now - timedelta(hours=10), []
    while moment < now + timedelta(hours=5):
        start = moment + timedelta(minutes=chance.choice([0, 0, 0, 10]))
        moment = start + timedelta(minutes=chance.choice([10, 20, 30, 60]))
        elements.append(programme(written(start), written(moment), chance.choice("ABCDEF")))
    return chance.sample(elements, len(elements))
