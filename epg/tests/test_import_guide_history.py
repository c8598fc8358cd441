"""What an import leaves alone: what can still be watched, what is locked, what comes from a source that goes before."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.tests.factories import TitleFactory
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


def test_of_two_sources_with_one_priority_the_first_by_name_is_believed(
    one: Channel, first: GuideSource, second: GuideSource
) -> None:
    GuideSource.objects.update(priority=1)
    for source in GuideSource.objects.all():
        imported(programme("0600", "0700", f"{source}'s"), source=source)
    assert schedule() == [("0600", "0700", "First's")]
    assert imported(programme("0600", "0700", "First's"), source=first).wrote_nothing


def test_what_another_source_has_filled_stays_as_long_as_there_is_room(
    one: Channel, first: GuideSource, second: GuideSource
) -> None:
    def on(start: int, end: int, title: str) -> str:
        return programme(hours_from_now(start), hours_from_now(end), title)

    guide = on(1, 2, "First's"), on(4, 5, "First's as well")
    imported(*guide, source=first)
    imported(on(1, 2, "Late"), on(2, 3, "Filled"), on(3, 4, "Filled, too"), source=second)
    filled = set(Programme.objects.filter(source=second).values_list("id", flat=True))
    again = imported(*guide, source=first)
    assert (len(filled), again.kept_other_source, again.wrote_nothing, again.freed) == (2, 2, True, 0)
    assert "“Filled” stays: it comes from Second, and the guide has nothing then." in [
        one.sentence for one in again.details
    ]
    report = imported(on(1, 3, "First's"), on(4, 5, "First's as well"), source=first)
    assert titles() == ["First's", "Filled, too", "First's as well"]
    assert (report.removed, report.kept_other_source) == (1, 1)
    assert Programme.objects.get(source=second).id in filled


def test_what_a_source_has_filled_that_is_switched_off_is_taken_off(
    one: Channel, first: GuideSource, second: GuideSource
) -> None:
    guide = [programme(hours_from_now(hour), hours_from_now(hour + 1), str(hour)) for hour in (1, 2, 3)]
    imported(*guide, source=second)
    GuideSource.objects.filter(id=second.id).update(is_active=False)
    imported(guide[0], guide[2], source=first)
    assert titles() == ["1", "3"]


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


def origins() -> set[str | None]:
    return set(Programme.objects.values_list("source__name", flat=True))


def writes(source: GuideSource | None, *elements: str) -> bool:
    """Whether an import of these writes any programme."""
    with CaptureQueriesContext(connection) as statements:
        assert imported(*elements, source=source).wrote_nothing
    return any('INSERT INTO "epg_programme"' in one["sql"] for one in statements)


def test_the_same_programmes_from_two_sources_stay_with_the_one_that_is_believed_more(
    one: Channel, first: GuideSource, second: GuideSource
) -> None:
    guide = [programme("0600", "0700", "News"), programme("0700", "0800", "Quiz")]
    imported(*guide)
    assert writes(second, *guide)
    assert origins() == {"Second"}
    assert writes(first, *guide)
    for source in (second, first, None, second):
        assert not writes(source, *guide)
        assert origins() == {"First"}


def test_the_same_programmes_from_two_sources_with_one_priority_are_written_once(
    one: Channel, first: GuideSource, second: GuideSource
) -> None:
    GuideSource.objects.update(priority=1)
    guide = programme("0600", "0700", "News")
    for source in GuideSource.objects.order_by("-name"):
        assert imported(guide, source=source)
    for source in GuideSource.objects.order_by("-name"):
        assert not writes(source, guide)
    assert origins() == {"First"}


def test_what_is_linked_with_a_film_that_has_turned_up_keeps_its_origin(one: Channel, first: GuideSource) -> None:
    guide = programme("0600", "0700", "Nosferatu")
    imported(guide, source=first)
    film = TitleFactory.create(title="Nosferatu", title_type="movie")
    imported(guide)
    assert Programme.objects.get().catalogue_title == film
    assert origins() == {"First"}


def test_a_source_takes_over_from_one_that_is_switched_off_and_not_the_other_way_round(
    one: Channel, first: GuideSource, second: GuideSource
) -> None:
    GuideSource.objects.filter(id=first.id).update(is_active=False)
    first.refresh_from_db()
    guide = programme("0600", "0700", "News")
    imported(guide, source=first)
    assert writes(second, guide)
    assert not writes(first, guide)
    assert origins() == {"Second"}


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
