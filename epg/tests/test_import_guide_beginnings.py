"""What is stored across the moment at which a guide begins: put off, cut off by the file, or something else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from epg.models import Channel, Programme
from epg.tests.guides import programme
from epg.tests.imports import hours_from_now, imported, moment

pytestmark = pytest.mark.django_db

EPISODE = "<sub-title>{}</sub-title>"


def on(start: float, end: float, title: str, more: str = "") -> str:
    """An element, its times in hours from now on."""
    return programme(hours_from_now(start), hours_from_now(end), title, more)


def kept(start: float, end: float, title: str, channel: Channel, **columns: object) -> Programme:
    """The same as it is stored."""
    times = {"start_time": moment(hours_from_now(start)), "end_time": moment(hours_from_now(end))}
    return Programme.objects.create(channel=channel, title=title, **times, **columns)


def hours() -> list[tuple[float, float, str]]:
    """The schedule with its times in hours from now on."""
    now = moment(hours_from_now(0))
    return [
        ((one.start_time - now) / timedelta(hours=1), (one.end_time - now) / timedelta(hours=1), one.title)
        for one in Programme.objects.order_by("start_time")
    ]


def test_what_is_put_off_at_the_beginning_of_the_guide_keeps_its_id(one: Channel) -> None:
    news, _quiz = kept(3, 4, "News", one), kept(4, 5, "Quiz", one)
    guide = on(3.5, 4.5, "News"), on(4.5, 5, "Quiz")
    report = imported(*guide)
    assert hours() == [(3.5, 4.5, "News"), (4.5, 5, "Quiz")]
    assert Programme.objects.get(title="News").id == news.id
    assert (report.moved, report.added, report.removed) == (2, 0, 0)
    assert imported(*guide).wrote_nothing


def test_what_is_put_off_behind_something_new_keeps_its_id(one: Channel) -> None:
    news = kept(3, 4, "News", one)
    imported(on(3.5, 3.75, "Special report"), on(3.75, 4.75, "News"))
    assert hours() == [(3.5, 3.75, "Special report"), (3.75, 4.75, "News")]
    assert Programme.objects.get(title="News").id == news.id


@pytest.mark.parametrize(
    ("title", "more"), [("Quiz", ""), ("Series", EPISODE.format("Two"))], ids=["another name", "another episode"]
)
def test_what_the_guide_does_not_have_ends_when_the_guide_begins(one: Channel, title: str, more: str) -> None:
    before = kept(3, 4, "Series", one, sub_title="One")
    report = imported(on(3.5, 4.5, title, more))
    assert hours() == [(3, 3.5, "Series"), (3.5, 4.5, title)]
    assert Programme.objects.get(sub_title="One").id == before.id
    assert (report.changed, report.added, report.removed) == (1, 1, 0)


def test_the_same_name_later_in_the_guide_is_its_own_programme(one: Channel) -> None:
    ids = [kept(3, 4, "News", one).id, kept(5, 6, "News", one).id]
    imported(on(3.5, 5, "Film"), on(5, 6, "News"))
    assert hours() == [(3, 3.5, "News"), (3.5, 5, "Film"), (5, 6, "News")]
    assert [one.id for one in Programme.objects.filter(title="News").order_by("start_time")] == ids


@pytest.mark.parametrize("end", [1, 1.5, 0.5], ids=["as it was", "later", "earlier"])
def test_what_is_on_and_cut_off_by_the_file_stays_one_programme_with_the_end_of_the_guide(
    one: Channel, end: float
) -> None:
    film = kept(-1, 1, "Film", one)
    guide = on(-0.5, end, "Film", "<desc>Long.</desc>"), on(end, 3, "News")
    report = imported(*guide)
    assert hours() == [(-1, end, "Film"), (end, 3, "News")]
    film.refresh_from_db()
    assert (film.synopsis, report.changed, report.moved, report.added) == ("Long.", 1, 0, 1)
    assert imported(*guide).wrote_nothing


def test_what_is_on_and_named_again_later_in_the_guide_is_not_put_off(one: Channel) -> None:
    news = kept(-1, 1, "News", one)
    imported(on(0.5, 0.75, "Special report"), on(0.75, 1.75, "News"))
    assert hours() == [(-1, 0.5, "News"), (0.5, 0.75, "Special report"), (0.75, 1.75, "News")]
    assert Programme.objects.order_by("start_time")[0].id == news.id


def test_what_was_shown_and_cut_off_by_the_file_stays_one_programme(one: Channel) -> None:
    one.catchup_window_hours = 48
    one.save()
    film = kept(-5, -3, "Film", one)
    report = imported(on(-4, -2.5, "Film"), on(-2.5, -2, "News"))
    assert hours() == [(-5, -2.5, "Film"), (-2.5, -2, "News")]
    assert (Programme.objects.get(title="Film").id, report.cut_for_kept) == (film.id, 0)


def test_what_is_still_to_come_and_cut_off_by_the_file_stays_one_programme(one: Channel) -> None:
    """As the film over midnight in a file of tomorrow: it ends as before, so it was not put off."""
    film = kept(3, 5, "Film", one)
    imported(on(4, 5, "Film"), on(5, 6, "News"))
    assert hours() == [(3, 5, "Film"), (5, 6, "News")]
    assert Programme.objects.get(title="Film").id == film.id


def test_what_is_locked_is_not_made_longer_by_the_guide(one: Channel) -> None:
    kept(-1, 1, "Film", one, is_locked=True)
    imported(on(-0.5, 1.5, "Film"))
    assert hours() == [(-1, 1, "Film"), (1, 1.5, "Film")]


def test_one_name_for_whatever_is_on_does_not_grow_for_ever(one: Channel) -> None:
    """Some files have a single entry from now on, under the channel's name."""
    for hour in (-30, -20, -10, 0):
        imported(on(hour, hour + 14, "One"))
    assert hours() == [(-30, -10, "One"), (-10, 14, "One")]


def test_each_part_of_a_guide_with_a_long_gap_has_a_beginning(one: Channel) -> None:
    film, news = kept(-1, 1, "Film", one), kept(240, 241, "News", one)
    report = imported(on(-0.5, 1, "Film"), on(240.5, 241.5, "News"))
    assert hours() == [(-1, 1, "Film"), (240.5, 241.5, "News")]
    assert {one.id for one in Programme.objects.all()} == {film.id, news.id}
    assert (report.added, report.removed) == (0, 0)
