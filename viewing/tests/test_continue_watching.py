"""What a profile is in the middle of, and what it put aside (contract 2.4, continue-watching rules)."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Episode
from catalog.pictures import seal
from catalog.tests.factories import EpisodeFactory, SeasonFactory, TitleFactory
from epg.tests.factories import ProgrammeFactory
from viewing.continue_watching import Occasion, continue_watching
from viewing.models import Bookmark, BookmarkType
from viewing.tests.factories import BookmarkFactory

if TYPE_CHECKING:
    from accounts.models import Profile, User
    from catalog.models import Title
    from conftest import As

pytestmark = pytest.mark.django_db

ROW = "/api/v1/viewing/continue-watching"
PAUSED = f"{ROW}/paused"
NOW = datetime(2026, 3, 20, 20, tzinfo=UTC)
MINUTE = 60


def make_series(*numbers: tuple[int, int], **fields: Any) -> dict[tuple[int, int], Episode]:
    """A series with these (season, episode) numbers."""
    series = TitleFactory.create(title_type="series", **fields)
    seasons = {season: SeasonFactory.create(title=series, season_number=season) for season in dict(numbers)}
    return {key: EpisodeFactory.create(season=seasons[key[0]], episode_number=key[1]) for key in numbers}


def in_film(profile: Profile, **fields: Any) -> Bookmark:
    return BookmarkFactory.create(profile=profile, **{"updated_at": NOW, **fields})


def in_episode(profile: Profile, episode: Episode, **fields: Any) -> Bookmark:
    return in_film(profile, title=episode.season.title, episode=episode, content_type="episode", **fields)


def finished(profile: Profile, episode: Episode, **fields: Any) -> Bookmark:
    return in_episode(profile, episode, position_seconds=3000, duration_seconds=3000, completed=True, **fields)


def score_of(bookmark: Bookmark, *, device_type: str = "web", hour_of_day: int | None = None) -> float:
    occasion = Occasion(NOW, device_type, hour_of_day)
    items = continue_watching(profile=bookmark.profile, occasion=occasion, limit=20)
    (score,) = [item.score for item in items if item.bookmark == bookmark]
    assert score is not None
    return score


def affinity_of(profile: Profile, *, minutes_left: int, device_type: str, hour_of_day: int) -> float:
    """The fourth part of the score of a half-watched film, which has 0.30 + 0.20 + 0.25 × 0.5 without it."""
    seconds = minutes_left * MINUTE
    bookmark = in_film(profile, position_seconds=seconds, duration_seconds=2 * seconds)
    score = score_of(bookmark, device_type=device_type, hour_of_day=hour_of_day)
    return (score - 0.625) / 0.25


def listed(as_user: As, profile: Profile, address: str = ROW, **query: Any) -> list[dict[str, Any]]:
    answer = as_user(profile.user).get(address, {"profile_id": str(profile.id), **query})
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()
    return items


# Candidates


def test_what_is_finished_dismissed_old_or_not_on_demand_is_left_out(as_user: As, alices: Profile) -> None:
    now, programme = timezone.now(), ProgrammeFactory.create()
    current = in_film(alices, updated_at=now - timedelta(days=29))
    in_film(alices, updated_at=now, position_seconds=6000, completed=True)
    in_film(alices, updated_at=now, dismissed_at=now)
    in_film(alices, updated_at=now - timedelta(days=31))
    for content_type in (BookmarkType.CATCHUP, BookmarkType.STARTOVER):
        in_film(alices, updated_at=now, title=None, content_id=programme.id, content_type=content_type)
        in_film(alices, updated_at=now, content_type=content_type)
    assert [item["id"] for item in listed(as_user, alices)] == [str(current.id)]


def test_a_child_never_continues_what_is_above_its_limit(as_user: As, charlie: Profile) -> None:
    now = timezone.now()
    for rating in ("TV-PG", "TV-14", "R", None):
        in_film(charlie, title=TitleFactory.create(title=f"Rated {rating}", age_rating=rating), updated_at=now)
        in_episode(charlie, make_series((1, 1), title=f"Series {rating}", age_rating=rating)[1, 1], updated_at=now)
    shown = {item["title_info"]["title"] for item in listed(as_user, charlie)}
    assert shown == {"Rated TV-PG", "Series TV-PG"}


def test_what_a_child_may_not_see_takes_no_place_from_the_rest(as_user: As, charlie: Profile) -> None:
    now = timezone.now()
    allowed = in_film(charlie, updated_at=now - timedelta(days=1))
    in_film(charlie, title=TitleFactory.create(age_rating="TV-MA"), updated_at=now)
    assert [item["id"] for item in listed(as_user, charlie, limit=1)] == [str(allowed.id)]


def test_each_profile_continues_its_own(as_user: As, alices: Profile, charlie: Profile) -> None:
    in_film(charlie, updated_at=timezone.now())
    assert listed(as_user, alices) == []


def test_the_newest_items_are_the_candidates_whatever_their_score(as_user: As, alices: Profile) -> None:
    now = timezone.now()
    in_film(alices, updated_at=now - timedelta(hours=1), position_seconds=3000)
    newest = in_film(alices, updated_at=now, position_seconds=60)
    assert [item["id"] for item in listed(as_user, alices, limit=1)] == [str(newest.id)]


def test_without_a_limit_there_are_twenty(as_user: As, alices: Profile) -> None:
    for _ in range(22):
        in_film(alices, updated_at=timezone.now())
    assert [len(listed(as_user, alices)), len(listed(as_user, alices, limit=3))] == [20, 3]


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", 0), ("limit", 21), ("hour_of_day", 24), ("hour_of_day", -1), ("device_type", "fridge")],
)
def test_a_query_out_of_range_is_refused(
    as_user: As, alice: User, alices: Profile, name: str, value: int | str
) -> None:
    answer = as_user(alice).get(ROW, {"profile_id": str(alices.id), name: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])


@pytest.mark.parametrize("address", [ROW, PAUSED])
def test_a_foreign_profile_is_refused(as_user: As, alice: User, bobs: Profile, address: str) -> None:
    assert as_user(alice).get(address, {"profile_id": str(bobs.id)}).status_code == 403


# The item


def test_an_item_in_an_episode_has_exactly_the_fields_of_the_contract(as_user: As, alices: Profile) -> None:
    poster = "https://cdn.example.com/harbour.jpg"
    episodes = make_series((2, 3), (2, 4), title="Harbour", age_rating="TV-14", poster_url=poster)
    current, following = episodes[2, 3], episodes[2, 4]
    bookmark = in_episode(
        alices,
        current,
        position_seconds=1000,
        duration_seconds=3000,
        updated_at=datetime.now(UTC).replace(microsecond=0),
    )
    (item,) = listed(as_user, alices)
    assert item == {
        "id": str(bookmark.id),
        "content_type": "episode",
        "content_id": str(current.id),
        "position_seconds": 1000,
        "duration_seconds": 3000,
        "progress_percent": 33.3,
        "completed": False,
        "dismissed_at": None,
        "updated_at": f"{bookmark.updated_at:%Y-%m-%dT%H:%M:%SZ}",
        "resumption_score": item["resumption_score"],
        "title_info": {
            "title": "Harbour",
            "poster_url": poster,
            "landscape_url": f"http://testserver/artwork/landscapes/{current.season.title_id}/{seal(current.season.title_id)}.svg",
            "title_type": "series",
            "age_rating": "TV-14",
            "episode_title": current.title,
            "season_number": 2,
            "episode_number": 3,
        },
        "next_episode": {
            "episode_id": str(following.id),
            "season_number": 2,
            "episode_number": 4,
            "episode_title": following.title,
        },
    }


def test_an_item_in_a_film_has_no_episode(as_user: As, alices: Profile) -> None:
    in_film(alices, title=TitleFactory.create(title="Fjord"), updated_at=timezone.now())
    (item,) = listed(as_user, alices)
    assert (item["title_info"]["title"], item["title_info"]["title_type"]) == ("Fjord", "movie")
    assert {item["title_info"][name] for name in ("episode_title", "season_number", "episode_number")} == {None}
    assert item["next_episode"] is None


def test_progress_has_one_decimal_and_the_score_four(as_user: As, alices: Profile) -> None:
    # 0.40 × 1 + 0.25 × (1 − |33.333 − 50| / 50) + 0.35 × 0.5 = 0.741667
    in_film(alices, position_seconds=1000, duration_seconds=3000, updated_at=timezone.now())
    (item,) = listed(as_user, alices)
    assert (item["progress_percent"], item["resumption_score"]) == (33.3, 0.7417)


# The score


def test_a_half_watched_film_of_this_moment_scores_recency_completion_and_half_the_momentum(alices: Profile) -> None:
    assert score_of(in_film(alices)) == pytest.approx(0.40 + 0.25 + 0.35 * 0.5)


@pytest.mark.parametrize(("days", "recency"), [(0, 1), (3.5, 0.60653066), (7, 0.36787944), (28, 0.01831564)])
def test_recency_fades_by_e_in_seven_days(alices: Profile, days: float, recency: float) -> None:
    bookmark = in_film(alices, updated_at=NOW - timedelta(days=days))
    assert score_of(bookmark) == pytest.approx(0.40 * recency + 0.425)
    assert score_of(bookmark, hour_of_day=12) == pytest.approx(0.30 * recency + 0.45)


def test_a_moment_in_the_future_counts_as_now(alices: Profile) -> None:
    assert score_of(in_film(alices, updated_at=NOW + timedelta(hours=2))) == pytest.approx(0.825)


@pytest.mark.parametrize(("percent", "completion"), [(0, 0), (10, 0.2), (50, 1), (75, 0.5), (94, 0.12)])
def test_completion_is_highest_in_the_middle(alices: Profile, percent: int, completion: float) -> None:
    bookmark = in_film(alices, position_seconds=percent * 100, duration_seconds=10_000)
    assert score_of(bookmark) == pytest.approx(0.575 + 0.25 * completion)
    assert score_of(bookmark, hour_of_day=12) == pytest.approx(0.55 + 0.20 * completion)


@pytest.mark.parametrize(("episodes", "momentum"), [(0, 0), (1, 0.2), (4, 0.8), (5, 1), (7, 1)])
def test_momentum_grows_with_the_finished_episodes_up_to_five(alices: Profile, episodes: int, momentum: float) -> None:
    series = make_series(*[(1, number) for number in range(1, 9)])
    for number in range(1, episodes + 1):
        finished(alices, series[1, number])
    bookmark = in_episode(alices, series[1, 8])
    assert score_of(bookmark) == pytest.approx(0.65 + 0.35 * momentum)
    assert score_of(bookmark, hour_of_day=12) == pytest.approx(0.625 + 0.25 * momentum)


def test_momentum_counts_only_this_profile_this_series_and_the_last_30_days(
    alices: Profile, charlie: Profile, bobs: Profile
) -> None:
    series, other = make_series(*[(1, number) for number in range(1, 6)]), make_series((1, 1))
    for profile in (charlie, bobs):
        finished(profile, series[1, 1])
    finished(alices, other[1, 1])
    finished(alices, series[1, 2], updated_at=NOW - timedelta(days=31))
    finished(alices, series[1, 3], updated_at=NOW - timedelta(days=29))
    in_episode(alices, series[1, 4])
    assert score_of(in_episode(alices, series[1, 5])) == pytest.approx(0.65 + 0.35 * 0.2)


@pytest.mark.parametrize(("minutes_left", "affinity"), [(15, 0.75), (45, 0.25), (60, 0), (90, 0)])
def test_in_the_morning_the_phone_likes_what_is_short(alices: Profile, minutes_left: int, affinity: float) -> None:
    seen = affinity_of(alices, minutes_left=minutes_left, device_type="mobile", hour_of_day=8)
    assert seen == pytest.approx(affinity)


@pytest.mark.parametrize(("minutes_left", "affinity"), [(12, 0.1), (90, 0.75), (120, 1), (180, 1)])
def test_in_the_evening_the_television_likes_what_is_long(alices: Profile, minutes_left: int, affinity: float) -> None:
    seen = affinity_of(alices, minutes_left=minutes_left, device_type="tv", hour_of_day=21)
    assert seen == pytest.approx(affinity)


@pytest.mark.parametrize(
    ("device_type", "minutes_left", "hours", "affinity"),
    [
        ("mobile", 15, range(6, 11), 0.75),
        ("tv", 90, range(19, 24), 0.75),
        ("web", 15, range(0), 0),
        ("tablet", 15, range(0), 0),
    ],
)
def test_at_other_hours_and_on_other_devices_length_does_not_matter(
    alices: Profile, device_type: str, minutes_left: int, hours: range, affinity: float
) -> None:
    seconds = minutes_left * MINUTE
    bookmark = in_film(alices, position_seconds=seconds, duration_seconds=2 * seconds)
    for hour in range(24):
        expected = 0.625 + 0.25 * (affinity if hour in hours else 0.5)
        assert score_of(bookmark, device_type=device_type, hour_of_day=hour) == pytest.approx(expected)


def test_the_device_alone_changes_nothing(alices: Profile) -> None:
    bookmark = in_film(alices)
    assert {score_of(bookmark, device_type=device) for device in ("tv", "mobile", "tablet", "web")} == {0.825}


def test_the_best_score_comes_first(as_user: As, alices: Profile) -> None:
    now = timezone.now()
    scores = [(60, now), (3000, now - timedelta(days=1)), (3000, now - timedelta(days=20)), (1500, now)]
    ids = [str(in_film(alices, position_seconds=position, updated_at=at).id) for position, at in scores]
    # 0.580, 0.772, 0.448 and 0.700
    assert [item["id"] for item in listed(as_user, alices)] == [ids[1], ids[3], ids[0], ids[2]]


def test_the_occasion_of_the_request_changes_the_order(as_user: As, alices: Profile) -> None:
    now = timezone.now()
    short = in_film(alices, position_seconds=600, duration_seconds=1200, updated_at=now)
    long = in_film(alices, position_seconds=7200, duration_seconds=14_400, updated_at=now)
    morning = listed(as_user, alices, device_type="mobile", hour_of_day=7)
    evening = listed(as_user, alices, device_type="tv", hour_of_day=22)
    assert [item["id"] for item in morning] == [str(short.id), str(long.id)]
    assert [item["id"] for item in evening] == [str(long.id), str(short.id)]


def test_a_score_lies_between_0_and_1(alices: Profile) -> None:
    series = make_series(*[(1, number) for number in range(1, 7)])
    for number in range(1, 6):
        finished(alices, series[1, number])
    best = in_episode(alices, series[1, 6], position_seconds=7200, duration_seconds=14_400)
    worst = in_episode(alices, make_series((1, 1))[1, 1], position_seconds=0, updated_at=NOW - timedelta(days=29))
    assert score_of(best, device_type="tv", hour_of_day=20) == pytest.approx(1)
    assert score_of(worst) == pytest.approx(0.40 * math.exp(-29 / 7))


# The next episode


def next_number(profile: Profile, bookmark: Bookmark) -> tuple[int, int] | None:
    items = continue_watching(profile=profile, occasion=Occasion(NOW), limit=20)
    (following,) = [item.next_episode for item in items if item.bookmark == bookmark]
    return (following.season_number, following.episode_number) if following else None


def test_the_next_episode_is_the_one_after_across_gaps(alices: Profile) -> None:
    series = make_series((1, 9), (1, 1), (1, 4))
    assert next_number(alices, in_episode(alices, series[1, 1])) == (1, 4)


def test_the_next_episode_may_be_in_the_next_season(alices: Profile) -> None:
    series = make_series((3, 1), (1, 1), (1, 2))
    assert next_number(alices, in_episode(alices, series[1, 2])) == (3, 1)


def test_episodes_that_are_finished_are_skipped_however_long_ago(alices: Profile, bobs: Profile) -> None:
    series = make_series((1, 1), (1, 2), (1, 3), (1, 4))
    finished(alices, series[1, 2], updated_at=NOW - timedelta(days=300))
    finished(bobs, series[1, 3])
    in_episode(alices, series[1, 3])
    assert next_number(alices, in_episode(alices, series[1, 1])) == (1, 3)


def test_an_earlier_episode_is_never_next(alices: Profile) -> None:
    series = make_series((1, 1), (1, 2), (2, 1))
    assert next_number(alices, in_episode(alices, series[2, 1])) is None


def test_specials_come_after_everything_else(alices: Profile) -> None:
    series = make_series((0, 1), (0, 2), (1, 1), (2, 1))
    in_first, in_last, in_special = (in_episode(alices, series[key]) for key in ((1, 1), (2, 1), (0, 2)))
    assert [next_number(alices, bookmark) for bookmark in (in_first, in_last, in_special)] == [(2, 1), (0, 1), None]


# Statements


def watch_a_series_and_a_film(profile: Profile, times: int) -> None:
    for _ in range(times):
        episodes = make_series((1, 1), (1, 2), (1, 3))
        finished(profile, episodes[1, 1], updated_at=timezone.now())
        in_episode(profile, episodes[1, 2], updated_at=timezone.now())
        in_film(profile, updated_at=timezone.now())


def statements_for(as_user: As, profile: Profile, address: str = ROW, *, items: int) -> int:
    with CaptureQueriesContext(connection) as statements:
        assert len(listed(as_user, profile, address)) == items
    return len(statements)


def test_twenty_items_take_as_many_statements_as_two(as_user: As, alices: Profile) -> None:
    watch_a_series_and_a_film(alices, times=1)
    few = statements_for(as_user, alices, items=2)
    watch_a_series_and_a_film(alices, times=9)
    assert statements_for(as_user, alices, items=20) == few


def test_an_old_history_takes_as_many_statements_as_a_young_one(as_user: As, alices: Profile) -> None:
    watch_a_series_and_a_film(alices, times=2)
    add_old_bookmarks(alices, 5)
    few = statements_for(as_user, alices, items=4)
    add_old_bookmarks(alices, 495)
    assert statements_for(as_user, alices, items=4) == few


def test_a_long_paused_list_takes_as_many_statements_as_a_short_one(as_user: As, alices: Profile) -> None:
    add_old_bookmarks(alices, 3)
    few = statements_for(as_user, alices, PAUSED, items=3)
    add_old_bookmarks(alices, 60)
    assert statements_for(as_user, alices, PAUSED, items=63) == few


def add_old_bookmarks(profile: Profile, count: int) -> None:
    titles: list[Title] = TitleFactory.create_batch(count)
    long_ago = timezone.now() - timedelta(days=60)
    Bookmark.objects.bulk_create(
        BookmarkFactory.build(profile=profile, title=title, updated_at=long_ago) for title in titles
    )


# Paused


def test_paused_is_what_was_dismissed_or_left_alone_for_30_days(as_user: As, alices: Profile) -> None:
    now = timezone.now()
    dismissed = in_film(alices, updated_at=now, dismissed_at=now)
    left_alone = in_film(alices, updated_at=now - timedelta(days=31))
    in_film(alices, updated_at=now - timedelta(days=29))
    in_film(alices, updated_at=now, dismissed_at=now, position_seconds=6000, completed=True)
    in_film(alices, updated_at=now - timedelta(days=31), position_seconds=6000, completed=True)
    in_film(alices, title=None, content_id=uuid4(), content_type=BookmarkType.CATCHUP, dismissed_at=now)
    assert {item["id"] for item in listed(as_user, alices, PAUSED)} == {str(dismissed.id), str(left_alone.id)}


def test_what_happened_last_comes_first_in_paused(as_user: As, alices: Profile) -> None:
    now = timezone.now()

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    moments = [(ago(40), None), (ago(35), ago(1)), (ago(5), ago(3)), (ago(32), None), (ago(2), ago(50))]
    ids = [str(in_film(alices, updated_at=updated, dismissed_at=dismissed).id) for updated, dismissed in moments]
    order = [ids[place] for place in (1, 4, 2, 3, 0)]
    assert [item["id"] for item in listed(as_user, alices, PAUSED)] == order


def test_a_paused_item_has_neither_a_score_nor_a_next_episode(as_user: As, alices: Profile) -> None:
    episodes = make_series((1, 1), (1, 2), title="Harbour")
    in_episode(alices, episodes[1, 1], dismissed_at=NOW)
    (item,) = listed(as_user, alices, PAUSED)
    assert (item["resumption_score"], item["next_episode"]) == (None, None)
    assert (item["title_info"]["title"], item["title_info"]["episode_number"]) == ("Harbour", 1)


def test_a_child_sees_nothing_paused_above_its_limit(as_user: As, charlie: Profile) -> None:
    allowed = in_film(charlie, dismissed_at=NOW)
    for rating in ("TV-14", None):
        in_film(charlie, title=TitleFactory.create(age_rating=rating), dismissed_at=NOW)
    assert [item["id"] for item in listed(as_user, charlie, PAUSED)] == [str(allowed.id)]
