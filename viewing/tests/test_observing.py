"""The rule of `viewing.observing`, without a database: the newest observation wins."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from viewing.models import Bookmark
from viewing.observing import Observation, go_back, held_to, observe, previous_position

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FILM = 7200


def seen(position: int, at: timedelta | None = None, sequence: int = 0, **fields: Any) -> Observation:
    """At this position of a film of two hours, at NOW and this by the player's clock; it arrives at NOW."""
    known: dict[str, Any] = {"duration_seconds": FILM, "received_at": NOW, "sequence": sequence} | fields
    return Observation(position, seen_at=None if at is None else NOW + at, **known)


def fresh(content_type: str = "movie") -> Bookmark:
    """In no table yet."""
    return Bookmark(profile_id=uuid4(), content_id=uuid4(), content_type=content_type)


def after(*reports: Observation, content_type: str = "movie") -> Bookmark:
    """A bookmark to which these came, in this order."""
    bookmark = fresh(content_type)
    for report in reports:
        observe(bookmark, report)
        bookmark._state.adding = False
    return bookmark


# Which one is the newest


def test_the_newest_wins_whichever_comes_first() -> None:
    early, late = seen(100, -MINUTE), seen(200, -SECOND)
    assert after(early, late).position_seconds == after(late, early).position_seconds == 200


def test_of_the_same_time_the_sequence_decides() -> None:
    first, second = seen(100, -MINUTE, 1), seen(200, -MINUTE, 2)
    assert after(first, second).position_seconds == after(second, first).position_seconds == 200


def test_of_the_same_sequence_arrival_decides() -> None:
    one, other = seen(100, -MINUTE, 1), seen(200, -MINUTE, 1)
    assert (after(one, other).position_seconds, after(other, one).position_seconds) == (200, 100)


def test_a_report_without_a_time_is_the_newest() -> None:
    assert after(seen(200, -SECOND), seen(100)).position_seconds == 100


def test_a_report_without_a_time_is_newer_than_one_of_a_fast_clock_and_its_repetitions() -> None:
    fast = seen(200, 8 * SECOND, 5)
    assert after(fast, seen(100), fast).position_seconds == 100


def test_one_report_without_a_time_after_another_is_the_newest() -> None:
    assert after(seen(1000), seen(2000), seen(1500)).position_seconds == 1500


def test_a_late_report_changes_nothing_at_all() -> None:
    bookmark = after(seen(3000, -SECOND, device_id="tv"))
    before = dict(bookmark.__dict__)
    assert not observe(bookmark, seen(100, -48 * HOUR, device_id="phone")).changes
    assert bookmark.__dict__ == before


def test_any_order_of_reports_ends_at_the_newest() -> None:
    dice = random.Random(6)
    for _ in range(300):
        moments = dice.sample([(second, sequence) for second in range(6) for sequence in range(4)], 8)
        reports = [
            seen(dice.randrange(FILM), -second * 10 * MINUTE, sequence, device_id=str(place))
            for place, (second, sequence) in enumerate(moments)
        ]
        newest = max(reports, key=lambda report: report.moment)
        dice.shuffle(reports)
        bookmark = after(*reports, *dice.sample(reports, 4))
        assert (bookmark.position_seconds, bookmark.device_id) == (newest.position_seconds, newest.device_id)
        assert (bookmark.observed_at, bookmark.sequence) == newest.moment


def test_a_clock_is_believed_so_far_ahead_and_so_far_back() -> None:
    def held(at: timedelta) -> timedelta:
        return held_to(NOW, NOW + at, 10 * SECOND) - NOW

    month = timedelta(days=30)
    assert [held(at) for at in (9 * SECOND, 11 * SECOND, -48 * HOUR, -31 * month)] == [
        9 * SECOND,
        10 * SECOND,
        -48 * HOUR,
        -month,
    ]


# Dismissed items


def test_a_save_brings_a_dismissed_item_back_but_not_one_that_was_seen_before() -> None:
    for at, is_back in ((None, True), (-SECOND, True), (-5 * MINUTE, False)):
        bookmark = after(seen(100, -HOUR))
        bookmark.dismissed_at = NOW - MINUTE
        observe(bookmark, seen(200, at))
        assert (bookmark.position_seconds, bookmark.dismissed_at is None) == (200, is_back)


# Catch-up and start-over


@pytest.mark.parametrize("content_type", ["tstv_catchup", "tstv_startover"])
def test_on_television_the_furthest_position_counts_in_any_order(content_type: str) -> None:
    dice = random.Random(6)
    for _ in range(100):
        reports = [seen(dice.randrange(FILM), -second * MINUTE) for second in range(6)]
        furthest = max(report.position_seconds for report in reports)
        dice.shuffle(reports)
        assert after(*reports, content_type=content_type).position_seconds == furthest


def test_a_late_report_from_further_on_moves_television_on_and_is_not_the_newest() -> None:
    bookmark = after(seen(600, -SECOND), seen(900, -MINUTE), content_type="tstv_catchup")
    assert (bookmark.position_seconds, bookmark.observed_at) == (900, NOW - SECOND)


def test_watching_television_again_is_another_play_that_is_counted_at_its_own_end() -> None:
    later: dict[str, Any] = {"received_at": NOW + 5 * HOUR}
    bookmark = after(seen(FILM, -HOUR), seen(0, 4 * HOUR, **later), content_type="tstv_catchup")
    assert (bookmark.completed, bookmark.play_finished, bookmark.times_finished) == (True, False, 1)
    observe(bookmark, seen(FILM, 5 * HOUR, **later))
    assert (bookmark.play_finished, bookmark.times_finished) == (True, 2)


# A far position


def test_a_play_at_the_start_puts_a_far_position_aside() -> None:
    bookmark = after(seen(5000, -HOUR), seen(10, -MINUTE))
    assert (bookmark.position_seconds, previous_position(bookmark, NOW)) == (10, 5000)


@pytest.mark.parametrize(("far", "then"), [(419, 300), (400, 299), (5000, 300), (119, 0)])
def test_seeking_back_a_little_or_not_to_the_start_puts_nothing_aside(far: int, then: int) -> None:
    assert previous_position(after(seen(far, -HOUR), seen(then, -MINUTE)), NOW) is None


def test_the_start_of_what_is_short_is_short() -> None:
    def kept(far: int, then: int) -> int | None:
        reports = (seen(far, -HOUR, duration_seconds=100), seen(then, -MINUTE, duration_seconds=100))
        return previous_position(after(*reports), NOW)

    assert (kept(95, 0), kept(60, 24), kept(95, 25), kept(49, 0)) == (95, None, None, None)


def test_the_kept_position_is_forgotten_when_somebody_watches_past_it() -> None:
    bookmark = after(seen(5000, -HOUR), seen(10, -50 * MINUTE), seen(4999, -2 * SECOND))
    assert previous_position(bookmark, NOW) == 5000
    observe(bookmark, seen(5000, -SECOND))
    assert (bookmark.previous_position_seconds, bookmark.previous_kept_at) == (None, None)


def test_the_kept_position_is_over_after_24_hours() -> None:
    bookmark = after(seen(5000, -HOUR), seen(10, -MINUTE))
    assert previous_position(bookmark, NOW + 24 * HOUR - SECOND) == 5000
    assert previous_position(bookmark, NOW + 24 * HOUR) is None
    observe(bookmark, seen(40, 25 * HOUR, received_at=NOW + 25 * HOUR))
    assert bookmark.previous_position_seconds is None


def test_another_play_at_the_start_keeps_the_furthest_position() -> None:
    bookmark = after(seen(5000, -HOUR), seen(10, -50 * MINUTE), seen(700, -40 * MINUTE), seen(5, -MINUTE))
    assert previous_position(bookmark, NOW) == 5000


def test_the_last_play_at_the_start_has_what_is_kept_be_restored_for_24_hours_more() -> None:
    bookmark = after(seen(3000, received_at=NOW))
    for position, later in ((5, MINUTE), (2000, 2 * HOUR), (2500, 22 * HOUR), (5, 23 * HOUR)):
        observe(bookmark, seen(position, later, received_at=NOW + later))
    assert previous_position(bookmark, NOW + 47 * HOUR - MINUTE) == 3000
    assert previous_position(bookmark, NOW + 47 * HOUR) is None


def test_who_watches_again_keeps_where_they_are_and_not_the_end() -> None:
    bookmark = after(seen(FILM, -2 * HOUR), seen(10, -HOUR), seen(3000, -10 * MINUTE), seen(5, -MINUTE))
    assert previous_position(bookmark, NOW) == 3000


def test_a_far_position_that_arrives_after_the_play_at_the_start_is_kept_as_well() -> None:
    bookmark = after(seen(10, -MINUTE), seen(5000, -HOUR))
    assert (bookmark.position_seconds, previous_position(bookmark, NOW)) == (10, 5000)
    assert not observe(bookmark, seen(5000, -HOUR)).changes
    assert previous_position(after(seen(10, -MINUTE), seen(5000, -25 * HOUR)), NOW) is None


def test_going_back_is_seen_now_and_forgets_what_was_kept() -> None:
    bookmark = after(seen(5000, -HOUR), seen(10, -MINUTE))
    bookmark.dismissed_at = NOW
    outcome = go_back(bookmark, NOW)
    assert outcome.over is not None
    assert (outcome.over.furthest_seconds, bookmark.play_id) == (10, None)
    assert (bookmark.position_seconds, previous_position(bookmark, NOW)) == (5000, None)
    assert not bookmark.dismissed_at
    assert not observe(bookmark, seen(40, -SECOND)).changes
    assert not go_back(bookmark, NOW).changes


def test_going_back_to_the_end_counts_nothing_twice() -> None:
    bookmark = after(seen(FILM, -HOUR), seen(10, -MINUTE))
    go_back(bookmark, NOW)
    for position in (FILM, 6000, FILM):
        observe(bookmark, seen(position))
    assert (bookmark.completed, bookmark.times_finished) == (True, 1)


# Plays


def test_the_first_observation_begins_a_play() -> None:
    bookmark = fresh()
    outcome = observe(bookmark, seen(600, -SECOND, device_id="tv"))
    assert (outcome.changes, outcome.begins_play, outcome.over) == (True, True, None)
    assert (bookmark.play_started_at, bookmark.play_furthest_seconds) == (NOW - SECOND, 600)
    assert (bookmark.updated_at, bookmark.observed_at, bookmark.device_id) == (NOW, NOW - SECOND, "tv")


def test_a_pause_of_more_than_three_hours_begins_another_play() -> None:
    bookmark = after(seen(600, -4 * HOUR, device_id="tv"), seen(3000, -3 * HOUR - MINUTE), seen(2000, -3 * HOUR))
    ended, play = bookmark.observed_at, bookmark.play_id
    assert not observe(bookmark, seen(3000, HOUR * 0)).begins_play
    outcome = observe(bookmark, seen(3030, 3 * HOUR + SECOND, received_at=NOW + 4 * HOUR))
    assert outcome.over is not None
    assert (outcome.over.id, outcome.over.furthest_seconds, outcome.over.ended_at) == (play, 3000, NOW)
    assert (bookmark.play_furthest_seconds, ended) == (3030, NOW - 3 * HOUR)


def test_an_end_is_counted_once_for_each_play() -> None:
    bookmark = after(seen(FILM, -HOUR), seen(6000, -50 * MINUTE), seen(FILM, -40 * MINUTE))
    assert (bookmark.times_finished, bookmark.play_finished) == (1, True)
    assert observe(bookmark, seen(0, -30 * MINUTE)).begins_play
    assert (bookmark.times_finished, bookmark.play_finished) == (1, False)
    observe(bookmark, seen(FILM, -20 * MINUTE))
    assert bookmark.times_finished == 2


def test_who_comes_back_to_the_credits_has_not_watched_it_again() -> None:
    bookmark = after(seen(7100, -10 * HOUR), seen(7150, -HOUR))
    assert bookmark.times_finished == 1


def test_a_history_that_is_cleared_under_somebodys_hands_counts_nothing_twice() -> None:
    bookmark = after(seen(7100, -HOUR), seen(6000, -50 * MINUTE))
    bookmark.play_id = None
    assert observe(bookmark, seen(7150, -40 * MINUTE)).begins_play
    assert (bookmark.times_finished, bookmark.play_finished) == (1, True)


def test_the_times_do_not_overflow() -> None:
    bookmark = after(seen(10, -HOUR))
    bookmark.times_finished = 32_767
    observe(bookmark, replace(seen(FILM), sequence=2**63 - 1))
    assert bookmark.times_finished == 32_767


# The edges of the rule


def test_what_was_seen_at_the_moment_it_was_dismissed_brings_it_back() -> None:
    bookmark = after(seen(100, -HOUR))
    bookmark.dismissed_at = NOW - MINUTE
    observe(bookmark, seen(200, -MINUTE))
    assert bookmark.dismissed_at is None


def test_a_late_report_from_the_same_place_changes_nothing_on_television() -> None:
    bookmark = after(seen(500, -MINUTE), content_type="tstv_catchup")
    late = seen(500, -HOUR, received_at=NOW + MINUTE, duration_seconds=600)
    assert not observe(bookmark, late).changes
    assert (bookmark.updated_at, bookmark.duration_seconds) == (NOW, FILM)


def test_a_later_play_on_television_came_as_far_as_it_was_seen() -> None:
    bookmark = after(seen(5000, -5 * HOUR), seen(100, -MINUTE), content_type="tstv_catchup")
    assert (bookmark.position_seconds, bookmark.play_furthest_seconds) == (5000, 100)


def test_a_save_by_a_server_whose_clock_is_behind_is_not_stamped_before_the_last_one() -> None:
    bookmark = after(seen(100), seen(200, received_at=NOW - SECOND))
    assert (bookmark.position_seconds, bookmark.updated_at) == (200, NOW)


def test_who_went_back_to_the_end_and_seeks_has_not_watched_it_again() -> None:
    bookmark = after(seen(FILM, -2 * HOUR), seen(10, -HOUR))
    go_back(bookmark, NOW)
    for minute, position in ((1, 4000), (2, FILM)):
        observe(bookmark, seen(position, minute * MINUTE, received_at=NOW + minute * MINUTE))
    assert bookmark.times_finished == 1


def test_two_minutes_further_on_are_far_enough_to_be_put_aside() -> None:
    assert previous_position(after(seen(130, -MINUTE), seen(10, -SECOND)), NOW) == 130


def test_what_a_late_report_changes_is_stamped_so_that_other_devices_hear_of_it() -> None:
    for content_type, first, late in (("tstv_catchup", 100, 500), ("movie", 10, 5000)):
        bookmark = after(seen(first, -MINUTE), content_type=content_type)
        assert observe(bookmark, seen(late, -HOUR, received_at=NOW + MINUTE)).changes
        assert bookmark.updated_at == NOW + MINUTE


def test_going_back_is_stamped_so_that_other_devices_hear_of_it() -> None:
    bookmark = after(seen(5000, -HOUR), seen(10, -MINUTE))
    go_back(bookmark, NOW + MINUTE)
    assert bookmark.updated_at == NOW + MINUTE


def test_going_back_stays_within_what_became_shorter() -> None:
    bookmark = after(seen(5000, -HOUR), seen(10, -MINUTE, duration_seconds=4000))
    go_back(bookmark, NOW)
    assert (bookmark.position_seconds, bookmark.completed) == (4000, True)
