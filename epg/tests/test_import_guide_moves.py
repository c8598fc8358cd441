"""Which programme is which: ids stay with the programme, and with them reminders and bookmarks."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Profile
from epg.models import Channel, Programme, Reminder, RemovedProgramme
from epg.tests.guides import at, programme
from epg.tests.imports import imported, schedule, stored

pytestmark = pytest.mark.django_db

EPISODE = "<sub-title>{}</sub-title>"


def test_a_programme_that_moves_keeps_its_id(one: Channel) -> None:
    before = stored("0600", "0700", "Film", one)
    report = imported(programme("0600", "0615", "Special report"), programme("0615", "0715", "Film"))
    assert Programme.objects.get(title="Film").id == before.id
    assert schedule() == [("0600", "0615", "Special report"), ("0615", "0715", "Film")]
    assert (report.moved, report.added, report.changed, report.removed) == (1, 1, 0, 0)


def test_two_that_change_places_keep_their_ids(one: Channel) -> None:
    film, talk = stored("0600", "0700", "Film", one), stored("0700", "0800", "Talk", one)
    report = imported(programme("0600", "0700", "Talk"), programme("0700", "0800", "Film"))
    assert list(Programme.objects.order_by("start_time").values_list("id", flat=True)) == [talk.id, film.id]
    assert report.moved == 2


def test_a_programme_with_another_title_at_the_same_time_keeps_its_id(one: Channel) -> None:
    before = stored("0600", "0700", "To be announced", one)
    report = imported(programme("0600", "0700", "The Final"))
    assert Programme.objects.get().id == before.id
    assert (report.changed, report.moved) == (1, 0)


def test_of_several_with_one_name_the_nearest_is_the_same(one: Channel) -> None:
    early, late = stored("0600", "0610", "News", one), stored("0800", "0810", "News", one)
    imported(programme("0600", "0615", "A"), programme("0615", "0625", "News"), programme("0755", "0805", "News"))
    starts = dict(Programme.objects.filter(title="News").values_list("id", "start_time"))
    assert starts == {early.id: at("0615"), late.id: at("0755")}


@pytest.mark.parametrize(
    ("stop", "title", "more"),
    [("1300", "Film", ""), ("0800", "Another film", ""), ("0800", "Film", EPISODE.format("Part 2"))],
    ids=["more than six hours away", "another title", "another episode"],
)
def test_what_is_another_programme_gets_another_id(one: Channel, stop: str, title: str, more: str) -> None:
    before = stored("0600", "0610", "Film", one, sub_title="Part 1")
    start = f"{int(stop) - 59:04}"
    report = imported(programme("0500", "0600", "Before"), programme(start, stop, title, more))
    assert not Programme.objects.filter(id=before.id).exists()
    assert (report.moved, report.removed) == (0, 1)


def test_whoever_wants_to_be_reminded_is_reminded_of_the_same_programme(one: Channel, alices: Profile) -> None:
    film = stored("0600", "0700", "Film", one)
    times = {"start_time": film.start_time, "end_time": film.end_time}
    Reminder.objects.create(profile=alices, programme=film, channel=one, title="Film", **times)
    imported(programme("0600", "0615", "Special report"), programme("0615", "0715", "Film"))
    assert Reminder.objects.get().programme == Programme.objects.get(title="Film")
    imported(programme("0600", "0715", "Nothing but news"))
    assert Reminder.objects.get().programme is None


def test_whoever_loads_changes_is_told_what_is_gone_and_what_moved(one: Channel) -> None:
    gone, moved = stored("0600", "0700", "Gone", one), stored("0700", "0800", "Moved", one)
    stays = stored("0800", "0900", "Stays", one)
    imported(programme("0600", "0730", "Moved"), programme("0800", "0900", "Stays"))
    traces = dict(RemovedProgramme.objects.values_list("programme_id", "start_time"))
    assert traces == {gone.id: at("0600"), moved.id: at("0700")}
    assert Programme.objects.get(title="Stays").id == stays.id


def test_a_programme_that_a_child_may_no_longer_see_leaves_a_trace(one: Channel) -> None:
    mild, strict = (f'<rating system="VCHIP"><value>{rating}</value></rating>' for rating in ("TV-G", "TV-MA"))
    imported(programme("0600", "0700", "Film", mild))
    imported(programme("0600", "0700", "Film", strict))
    assert RemovedProgramme.objects.get().age_rating == "TV-G"
    imported(programme("0600", "0700", "Film", mild))
    assert RemovedProgramme.objects.count() == 1


def test_only_what_changed_is_stamped_as_changed(one: Channel) -> None:
    imported(programme("0600", "0700", "A"), programme("0700", "0800", "B"))
    before = dict(Programme.objects.values_list("title", "changed_at"))
    imported(programme("0600", "0700", "A"), programme("0700", "0800", "B", "<desc>New</desc>"))
    after = dict(Programme.objects.values_list("title", "changed_at"))
    assert after["A"] == before["A"]
    assert after["B"] > before["B"]


def test_what_staff_changed_is_again_as_the_guide_says(one: Channel) -> None:
    imported(programme("0600", "0700", "Guide's"))
    entry = Programme.objects.get()
    entry.title = "Staff's"
    entry.save()
    report = imported(programme("0600", "0700", "Guide's"))
    assert (Programme.objects.get().title, report.changed) == ("Guide's", 1)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_changes_the_guide_is_the_schedule_and_again_nothing_is_written(one: Channel, seed: int) -> None:
    chance = random.Random(seed)
    for _round in range(4):
        elements, wanted = random_guide(chance)
        imported(*elements)
        rows = [row for row in schedule() if wanted[0][0] < row[1] <= wanted[-1][1]]
        # The first may go on with what is stored, and then began earlier.
        assert (rows[0][1:], rows[1:]) == (wanted[0][1:], wanted[1:])
        with CaptureQueriesContext(connection) as statements:
            assert imported(*elements).wrote_nothing
        assert not any('"epg_programme"' in one["sql"] and one["sql"].startswith("INSERT") for one in statements)


def random_guide(chance: random.Random) -> tuple[list[str], list[tuple[str, str, str]]]:
    """A guide of a morning with few names, and the schedule that it makes."""
    moment, rows = at("0000"), []
    while moment < at("1000"):
        moment += timedelta(minutes=chance.choice([0, 0, 0, 10]))
        end = moment + timedelta(minutes=chance.choice([10, 20, 30, 60]))
        rows.append((f"{moment:%H%M}", f"{end:%H%M}", chance.choice("ABCDEF")))
        moment = end
    return [programme(*row) for row in chance.sample(rows, len(rows))], rows
