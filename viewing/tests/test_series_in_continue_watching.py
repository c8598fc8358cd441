"""A series stays in continue watching from one episode to the next, until it is finished or dismissed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from catalog.models import Episode
from catalog.tests.factories import EpisodeFactory, SeasonFactory, TitleFactory
from viewing.models import Bookmark
from viewing.tests.factories import BookmarkFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import Profile
    from catalog.models import Title
    from conftest import As

    Row = Callable[..., list[dict[str, Any]]]

pytestmark = pytest.mark.django_db

ROW = "/api/v1/viewing/continue-watching"
LENGTH = 3_000
Number = tuple[int, int]


@pytest.fixture
def row(as_user: As, alices: Profile) -> Row:
    """Alice's row, or that of a profile of hers."""
    client = as_user(alices.user)

    def listed(profile: Profile = alices, **query: Any) -> list[dict[str, Any]]:
        answer = client.get(ROW, {"profile_id": str(profile.id), **query})
        assert answer.status_code == 200, answer.content
        items: list[dict[str, Any]] = answer.json()
        return items

    return listed


@pytest.fixture
def series() -> dict[Number, Episode]:
    """Two seasons of two, and a special."""
    return make_series((0, 1), (1, 1), (1, 2), (2, 1), (2, 2), title="Harbour")


def make_series(*numbers: Number, **fields: Any) -> dict[Number, Episode]:
    title = TitleFactory.create(title_type="series", **fields)
    seasons = {season: SeasonFactory.create(title=title, season_number=season) for season in dict(numbers)}
    return {key: EpisodeFactory.create(season=seasons[key[0]], episode_number=key[1]) for key in numbers}


def ago(**time: float) -> datetime:
    return timezone.now() - timedelta(**time)


def watched(profile: Profile, episode: Episode, position: int = LENGTH, **fields: Any) -> Bookmark:
    """Where somebody is in an episode: at its end unless it is said otherwise."""
    is_over = position == LENGTH
    state = {"completed": is_over, "play_finished": is_over, "times_finished": int(is_over)}
    fields = {"updated_at": timezone.now(), **state, **fields}
    fields.setdefault("observed_at", fields["updated_at"])
    return BookmarkFactory.create(
        profile=profile,
        title=episode.season.title,
        episode=episode,
        content_type="episode",
        position_seconds=position,
        duration_seconds=LENGTH,
        **fields,
    )


def numbers(items: list[dict[str, Any]]) -> list[Number]:
    infos = [item["title_info"] for item in items]
    return [(info["season_number"], info["episode_number"]) for info in infos]


def play(as_user: As, profile: Profile, episode: Episode, position: int) -> None:
    """A player reports, as it does every 30 seconds."""
    client, content = as_user(profile.user), {"content_type": "episode", "content_id": str(episode.id)}
    place = {"position_seconds": position, "duration_seconds": LENGTH}
    answer = client.put(f"/api/v1/viewing/bookmarks?profile_id={profile.id}", content | place)
    assert answer.status_code == 200, answer.content


# Moving on


def test_a_finished_episode_moves_its_series_on_to_the_next(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    bookmark = watched(alices, series[1, 1])
    (item,) = row()
    following, after = series[1, 2], series[2, 1]
    assert item == {
        "id": str(bookmark.id),
        "content_type": "episode",
        "content_id": str(following.id),
        "position_seconds": 0,
        "duration_seconds": 50 * 60,
        "progress_percent": 0.0,
        "completed": False,
        "dismissed_at": None,
        "updated_at": item["updated_at"],
        "resumption_score": item["resumption_score"],
        "title_info": item["title_info"],
        "next_episode": {
            "episode_id": str(after.id),
            "season_number": 2,
            "episode_number": 1,
            "episode_title": after.title,
        },
    }
    assert (
        item["title_info"].items()
        >= {
            "title": "Harbour",
            "title_type": "series",
            "episode_title": following.title,
            "season_number": 1,
            "episode_number": 2,
        }.items()
    )


def test_an_episode_of_unknown_length_is_as_long_as_the_one_before(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    Episode.objects.filter(id=series[1, 2].id).update(duration_minutes=None)
    watched(alices, series[1, 1])
    assert [item["duration_seconds"] for item in row()] == [LENGTH]


@pytest.mark.parametrize(
    ("last", "following"), [((1, 1), (1, 2)), ((1, 2), (2, 1)), ((2, 2), (0, 1))], ids=["next", "season", "special"]
)
def test_a_series_moves_on_across_seasons_and_to_the_specials_last(
    row: Row, alices: Profile, series: dict[Number, Episode], last: Number, following: Number
) -> None:
    watched(alices, series[last])
    assert numbers(row()) == [following]


def test_a_finished_series_is_off(row: Row, alices: Profile, series: dict[Number, Episode]) -> None:
    watched(alices, series[0, 1])
    assert row() == []


def test_a_series_of_which_the_rest_was_seen_before_is_off(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    for key in ((1, 2), (2, 1), (2, 2), (0, 1)):
        watched(alices, series[key], updated_at=ago(days=200))
    watched(alices, series[1, 1])
    assert row() == []


def test_episodes_that_were_seen_before_are_passed_over(
    row: Row, alices: Profile, bobs: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 2], updated_at=ago(days=200))
    watched(bobs, series[2, 1])
    watched(alices, series[1, 1])
    assert numbers(row()) == [(2, 1)]


def test_a_finished_film_moves_nowhere(row: Row, alices: Profile) -> None:
    BookmarkFactory.create(profile=alices, position_seconds=6000, completed=True)
    assert row() == []


def test_a_series_moves_on_for_30_days(row: Row, alices: Profile, series: dict[Number, Episode]) -> None:
    bookmark = watched(alices, series[1, 1], updated_at=ago(days=29.9))
    assert numbers(row()) == [(1, 2)]
    Bookmark.objects.filter(id=bookmark.id).update(updated_at=ago(days=30.1))
    assert row() == []


def test_only_the_last_episode_moves_a_series_on(row: Row, alices: Profile, series: dict[Number, Episode]) -> None:
    watched(alices, series[1, 1], updated_at=ago(hours=2))
    watched(alices, series[2, 1], updated_at=ago(hours=1))
    assert numbers(row()) == [(2, 2)]


def test_of_two_that_arrived_together_the_one_seen_last_moves_the_series_on(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    now = timezone.now()
    watched(alices, series[2, 1], updated_at=now, observed_at=ago(hours=1))
    watched(alices, series[1, 1], updated_at=now, observed_at=ago(hours=2))
    assert numbers(row()) == [(2, 2)]


def test_each_series_moves_on_by_itself(row: Row, alices: Profile, series: dict[Number, Episode]) -> None:
    other = make_series((1, 1), (1, 2), (1, 3))
    watched(alices, series[1, 1], updated_at=ago(hours=2))
    watched(alices, other[1, 2], updated_at=ago(hours=1))
    assert sorted(numbers(row())) == [(1, 2), (1, 3)]


# What is under way


def test_whoever_is_in_a_later_episode_continues_there_and_nowhere_else(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 1], updated_at=ago(hours=2))
    current = watched(alices, series[2, 1], 1_000, updated_at=ago(hours=1))
    assert [item["id"] for item in row()] == [str(current.id)]


def test_a_next_episode_that_is_in_the_row_is_not_there_twice(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    current = watched(alices, series[1, 2], 1_000, updated_at=ago(hours=2))
    watched(alices, series[1, 1], updated_at=ago(hours=1))
    assert [(item["id"], item["position_seconds"]) for item in row()] == [(str(current.id), 1_000)]


def test_a_next_episode_that_was_left_long_ago_goes_on_where_it_was_left(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 2], 1_500, updated_at=ago(days=60))
    watched(alices, series[1, 1])
    (item,) = row()
    assert (item["content_id"], item["position_seconds"], item["progress_percent"]) == (
        str(series[1, 2].id),
        1_500,
        50.0,
    )


def test_the_trailer_of_a_series_is_not_an_episode_of_it(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 1], updated_at=ago(hours=2))
    BookmarkFactory.create(profile=alices, title=series[1, 1].season.title, position_seconds=6000, completed=True)
    assert numbers(row()) == [(1, 2)]


# Dismissing


def test_a_dismissed_card_stays_away_until_something_of_the_series_is_watched(
    as_user: As, row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    play(as_user, alices, series[1, 1], LENGTH)
    (item,) = row()
    dismiss = f"/api/v1/viewing/bookmarks/{item['id']}/dismiss?profile_id={alices.id}"
    assert as_user(alices.user).post(dismiss).status_code == 200
    assert row() == []
    play(as_user, alices, series[2, 1], LENGTH)
    assert numbers(row()) == [(2, 2)]


def test_a_dismissed_card_comes_back_with_its_bookmark(
    as_user: As, row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    bookmark = watched(alices, series[1, 1], dismissed_at=timezone.now())
    assert row() == []
    restore = f"/api/v1/viewing/bookmarks/{bookmark.id}/restore?profile_id={alices.id}"
    assert as_user(alices.user).post(restore).status_code == 200
    assert numbers(row()) == [(1, 2)]


def test_who_dismisses_an_episode_is_not_offered_it_by_the_one_before(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 2], 1_000, updated_at=ago(hours=3), dismissed_at=ago(hours=1))
    earlier = watched(alices, series[1, 1], updated_at=ago(hours=2))
    assert row() == []
    Bookmark.objects.filter(id=earlier.id).update(updated_at=timezone.now())
    assert numbers(row()) == [(1, 2)]


# Watching again


def test_who_watches_a_series_again_gets_each_of_its_episodes_again(as_user: As, row: Row, alices: Profile) -> None:
    series = make_series((1, 1), (1, 2), (1, 3))
    for _ in range(2):
        for number, following in ((1, [(1, 2)]), (2, [(1, 3)]), (3, [])):
            play(as_user, alices, series[1, number], 10)
            assert numbers(row()) == [(1, number)]
            play(as_user, alices, series[1, number], LENGTH)
            assert numbers(row()) == following


def test_who_is_in_an_episode_for_the_second_time_comes_to_those_seen_once(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 2], updated_at=ago(days=3))
    watched(alices, series[1, 1], 1_000, times_finished=1)
    (item,) = row()
    assert item["next_episode"]["episode_id"] == str(series[1, 2].id)


def test_who_seeks_back_in_an_episode_that_just_ended_is_still_in_it_for_the_first_time(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    watched(alices, series[1, 2], updated_at=ago(days=3))
    watched(alices, series[1, 1], 1_000, times_finished=1, play_finished=True)
    (item,) = row()
    assert item["next_episode"]["episode_id"] == str(series[2, 1].id)


def test_what_was_finished_before_plays_were_counted_was_finished_once(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    for key in ((1, 1), (1, 2)):
        watched(alices, series[key], times_finished=0, play_finished=False, updated_at=ago(hours=2 - key[1]))
    assert numbers(row()) == [(2, 1)]


# Who may see it, how many, and in which order


@pytest.mark.parametrize("rating", ["TV-14", None])
def test_a_child_is_not_moved_on_to_what_is_above_its_limit(row: Row, charlie: Profile, rating: str | None) -> None:
    watched(charlie, make_series((1, 1), (1, 2), age_rating=rating)[1, 1])
    watched(charlie, make_series((1, 1), (1, 2), (1, 3), age_rating="TV-PG")[1, 2])
    assert numbers(row(charlie)) == [(1, 3)]


def test_a_hidden_series_does_not_move_on(row: Row, alices: Profile, series: dict[Number, Episode]) -> None:
    watched(alices, series[1, 1])
    title: Title = series[1, 1].season.title
    title.status = "archived"
    title.save()
    assert row() == []


def test_the_limit_counts_every_card_and_the_newest_stay(row: Row, alices: Profile) -> None:
    for hours in range(4):
        watched(alices, make_series((1, 1), (1, 2))[1, 1], updated_at=ago(hours=2 * hours + 1))
        BookmarkFactory.create(profile=alices, updated_at=ago(hours=2 * hours + 2))
    newest = [str(bookmark.id) for bookmark in Bookmark.objects.order_by("-updated_at")[:3]]
    assert {item["id"] for item in row(limit=3)} == set(newest)
    assert len(row()) == 8


def test_a_card_that_moved_on_is_scored_like_one_at_the_start(
    row: Row, alices: Profile, series: dict[Number, Episode]
) -> None:
    # Recency 1, nothing of it watched, one of five episodes lately: 0.40 + 0 + 0.35 × 0.2; with the hour 50 of 120 min.
    watched(alices, series[1, 1])
    assert [item["resumption_score"] for item in row()] == [0.47]
    scored = round(0.30 + 0.25 * 0.2 + 0.25 * 50 / 120, 4)
    assert [item["resumption_score"] for item in row(device_type="tv", hour_of_day=20)] == [scored]


def test_what_cannot_be_scored_is_shown_newest_first_without_scores(
    row: Row, alices: Profile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    old = BookmarkFactory.create(profile=alices, updated_at=ago(hours=2))
    new = BookmarkFactory.create(profile=alices, updated_at=ago(hours=1), position_seconds=10)
    best_first = [str(old.id), str(new.id)]
    assert [item["id"] for item in row()] == best_first

    def fail(*_arguments: object) -> float:
        raise OverflowError

    monkeypatch.setattr("viewing.continue_watching.scores.score", fail)
    items = row()
    assert [item["id"] for item in items] == best_first[::-1]
    assert {item["resumption_score"] for item in items} == {None}
    assert "could not be scored" in caplog.text
