"""The rails of the home page (contract 2.5)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import ContentVector, Title
from catalog.pictures import seal
from catalog.tests.factories import EpisodeFactory, GenreFactory, TitleFactory
from catalog.vectors import stamp
from viewing.models import Bookmark, Rating, WatchlistItem
from viewing.tests.factories import BookmarkFactory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

HOME = "/api/v1/recommendations/home"


def film(name: str, *vector: float, days_old: int = 0, **fields: Any) -> Title:
    """A film that came into the catalogue some days ago, placed among the others by its vector."""
    title = TitleFactory.create(title=name, created_at=timezone.now() - timedelta(days=days_old), **fields)
    if vector:
        ContentVector.objects.create(title=title, vector=list(vector), **stamp())
    return title


def watch(profile: Profile, title: Title, *, days_ago: float = 0, **fields: Any) -> Bookmark:
    return BookmarkFactory.create(
        profile=profile, title=title, updated_at=timezone.now() - timedelta(days=days_ago), **fields
    )


def rails_of(as_user: As, profile: Profile) -> dict[str, list[dict[str, Any]]]:
    """Items by the name of their rail."""
    answer = as_user(profile.user).get(HOME, {"profile_id": str(profile.id)})
    assert answer.status_code == 200
    return {rail["name"]: rail["items"] for rail in answer.json()["rails"]}


def rail(as_user: As, profile: Profile, name: str) -> list[str]:
    """The titles of one rail."""
    return [item["title"] for item in rails_of(as_user, profile).get(name, [])]


# The page


def test_the_rails_come_in_order_with_their_exact_names_and_types(as_user: As, alice: User, alices: Profile) -> None:
    watched = film("Watched", 1, 0, 0)
    watched.genres.add(GenreFactory.create(name="Drama", slug="drama"))
    watch(alices, watched)
    WatchlistItem.objects.create(profile=alices, title=film("Kept"))
    film("Untouched", 1, 1, 0)
    page = as_user(alice).get(HOME, {"profile_id": str(alices.id)}).json()
    assert [(rail["name"], rail["rail_type"]) for rail in page["rails"]] == [
        ("Continue Watching", "continue_watching"),
        ("My List", "watchlist"),
        ("For You", "for_you"),
        ("New Releases", "new_releases"),
        ("Trending", "trending"),
        ("Top in Drama", "genre"),
    ]


def test_at_a_cold_start_popular_now_stands_in_for_for_you(as_user: As, alices: Profile, bobs: Profile) -> None:
    watch(bobs, film("Bob's", 1, 0, 0))
    film("Nobody's", 1, 1, 0)
    rails = rails_of(as_user, alices)
    assert list(rails) == ["Popular Now", "New Releases", "Trending"]
    assert [item["title"] for item in rails["Popular Now"]] == ["Bob's"]
    assert rails["Popular Now"] == rails["Trending"]


def test_empty_rails_are_left_out(as_user: As, alices: Profile) -> None:
    assert rails_of(as_user, alices) == {}
    film("First")
    assert list(rails_of(as_user, alices)) == ["New Releases"]


def test_an_item_has_exactly_the_fields_of_the_contract(as_user: As, alices: Profile) -> None:
    poster = "https://cdn.example.com/fjord.jpg"
    fjord = film("Fjord", synopsis_short="A fjord.", poster_url=poster, age_rating=None, release_year=None)
    assert rails_of(as_user, alices)["New Releases"] == [
        {
            "id": str(fjord.id),
            "title": "Fjord",
            "title_type": "movie",
            "poster_url": poster,
            "landscape_url": f"http://testserver/artwork/landscapes/{fjord.id}/{seal(fjord.id)}.svg",
            "synopsis_short": "A fjord.",
            "release_year": None,
            "age_rating": None,
            "similarity_score": None,
        }
    ]


def test_a_rail_has_at_most_twenty_items_and_a_name_of_its_own(as_user: As, alice: User, alices: Profile) -> None:
    fill_the_catalogue(alices, 60)
    page = as_user(alice).get(HOME, {"profile_id": str(alices.id)}).json()
    names = [rail["name"] for rail in page["rails"]]
    assert [len(rail["items"]) for rail in page["rails"]] == [20] * 6
    assert len(set(names)) == 6


def test_a_foreign_profile_a_guest_and_no_profile_are_refused(
    as_user: As, guest: APIClient, alice: User, alices: Profile, bobs: Profile
) -> None:
    assert as_user(alice).get(HOME, {"profile_id": str(bobs.id)}).status_code == 403
    assert guest.get(HOME, {"profile_id": str(alices.id)}).status_code == 401
    assert as_user(alice).get(HOME).status_code == 422


# Continue Watching and My List


def test_continue_watching_has_what_is_unfinished_newest_first(as_user: As, alices: Profile, bobs: Profile) -> None:
    watch(alices, film("Yesterday"), days_ago=1)
    watch(alices, film("Today"))
    watch(alices, film("Finished"), completed=True)
    watch(alices, film("Dismissed"), dismissed_at=timezone.now())
    watch(alices, film("Long ago"), days_ago=31)
    watch(bobs, film("Bob's"))
    assert rail(as_user, alices, "Continue Watching") == ["Today", "Yesterday"]


def test_a_series_is_continued_once_however_many_episodes_are_open(as_user: As, alices: Profile) -> None:
    series = film("Series", title_type="series")
    for number in (1, 2):
        episode = EpisodeFactory.create(season__title=series, season__season_number=number)
        watch(alices, series, episode=episode, content_type="episode")
    items = rails_of(as_user, alices)["Continue Watching"]
    assert [(item["id"], item["title_type"]) for item in items] == [(str(series.id), "series")]


def test_my_list_is_the_watchlist_newest_first(as_user: As, alices: Profile, bobs: Profile) -> None:
    now = timezone.now()
    for days in (1, 0, 2):
        kept = film(f"{days} days ago")
        WatchlistItem.objects.create(profile=alices, title=kept, added_at=now - timedelta(days=days))
    WatchlistItem.objects.create(profile=bobs, title=film("Bob's"))
    assert rail(as_user, alices, "My List") == ["0 days ago", "1 days ago", "2 days ago"]


# For You


def test_for_you_is_what_lies_nearest_to_the_taste(as_user: As, alices: Profile) -> None:
    watch(alices, film("Watched", 1, 0, 0))
    film("Far", 0, 0, 1)
    film("Nearest", 1, 0.1, 0)
    film("Near", 1, 1, 0)
    film("Without a vector")
    items = rails_of(as_user, alices)["For You"]
    seen = [(item["title"], item["similarity_score"]) for item in items]
    assert seen == [("Nearest", 0.995), ("Near", 0.7071), ("Far", 0.0)]


def test_for_you_leaves_out_everything_touched(as_user: As, alices: Profile) -> None:
    series = film("Series", 1, 0, 0, title_type="series")
    watch(alices, series, episode=EpisodeFactory.create(season__title=series), content_type="episode")
    watch(alices, film("Finished", 1, 0, 0), completed=True, days_ago=300)
    watch(alices, film("Dismissed", 1, 0, 0), dismissed_at=timezone.now())
    Rating.objects.create(profile=alices, title=film("Liked", 1, 0, 0), rating=1)
    Rating.objects.create(profile=alices, title=film("Disliked", 1, 0, 0), rating=-1)
    WatchlistItem.objects.create(profile=alices, title=film("Kept", 1, 0, 0))
    film("Untouched", 0, 1, 0)
    assert rail(as_user, alices, "For You") == ["Untouched"]


def test_what_others_touch_stays_in_for_you(as_user: As, alices: Profile, charlie: Profile) -> None:
    other = film("Other", 1, 1, 0)
    watch(alices, film("Watched", 1, 0, 0))
    watch(charlie, other)
    Rating.objects.create(profile=charlie, title=other, rating=-1)
    assert rail(as_user, alices, "For You") == ["Other"]


def test_a_thumb_changes_for_you_at_the_very_next_request(as_user: As, alice: User, alices: Profile) -> None:
    watch(alices, film("Western", 1, 0, 0))
    musical = film("Musical", 0, 1, 0)
    film("Another western", 1, 0.1, 0)
    film("Another musical", 0.1, 1, 0)
    assert rail(as_user, alices, "For You") == ["Another western", "Another musical", "Musical"]
    as_user(alice).post(f"/api/v1/viewing/ratings?profile_id={alices.id}", {"title_id": str(musical.id), "rating": 1})
    assert rail(as_user, alices, "For You") == ["Another musical", "Another western"]


def test_a_thumb_up_counts_twice(as_user: As, alices: Profile) -> None:
    watch(alices, film("Watched", 1, 0, 0))
    Rating.objects.create(profile=alices, title=film("Liked", 0, 1, 0), rating=1)
    film("Like the liked one", 0, 1, 0)
    (item,) = rails_of(as_user, alices)["For You"]
    # The cosine between (1, 2) and (0, 1) is 2 / √5.
    assert item["similarity_score"] == pytest.approx(0.8944)


def test_a_bookmark_in_an_episode_speaks_for_the_series(as_user: As, alices: Profile) -> None:
    series = film("Series", 0, 1, 0, title_type="series")
    watch(alices, series, episode=EpisodeFactory.create(season__title=series), content_type="episode")
    film("Unlike", 1, 0, 0)
    film("Alike", 0, 1, 0)
    assert rail(as_user, alices, "For You") == ["Alike", "Unlike"]


def test_a_catch_up_of_a_title_that_is_not_on_show_says_nothing_of_the_taste(as_user: As, alices: Profile) -> None:
    hidden, shown = film("Hidden", 0, 1, 0, status="draft"), film("Shown", 1, 0, 0)
    for title in (hidden, shown):
        watch(alices, title, content_type="tstv_catchup", content_id=uuid4())
    film("Like the hidden", 0, 1, 0)
    film("Like the shown", 1, 0, 0)
    items = rails_of(as_user, alices)["For You"]
    assert [(item["title"], item["similarity_score"]) for item in items] == [
        ("Like the shown", 1),
        ("Like the hidden", 0),
    ]


def test_vectors_of_another_model_say_nothing_of_the_taste(as_user: As, alices: Profile) -> None:
    other, western = film("Other"), film("Western", 1, 0, 0)
    mark = stamp() | {"model": "another"}
    ContentVector.objects.create(title=other, vector=[0, 1, 0, 0, 0], **mark)
    watch(alices, other)
    film("Like it", 1, 0, 0)
    assert "For You" not in rails_of(as_user, alices)
    watch(alices, western)
    (item,) = rails_of(as_user, alices)["For You"]
    assert (item["title"], item["similarity_score"]) == ("Like it", 1)


def test_a_thumb_down_takes_a_title_out_of_the_taste(as_user: As, alices: Profile) -> None:
    western = film("Western", 1, 0, 0)
    watch(alices, western)
    watch(alices, film("Musical", 0, 1, 0))
    film("Another western", 1, 0.1, 0)
    film("Another musical", 0, 1, 0)
    Rating.objects.create(profile=alices, title=western, rating=-1)
    items = rails_of(as_user, alices)["For You"]
    assert [item["title"] for item in items] == ["Another musical", "Another western"]
    assert items[0]["similarity_score"] == 1


def test_a_profile_that_only_dislikes_has_no_taste_yet(as_user: As, alices: Profile) -> None:
    disliked = film("Disliked", 1, 0, 0)
    watch(alices, disliked)
    Rating.objects.create(profile=alices, title=disliked, rating=-1)
    film("Other", 1, 0, 0)
    assert "For You" not in rails_of(as_user, alices)
    assert rail(as_user, alices, "Popular Now") == ["Disliked"]


def test_a_broken_model_costs_the_rails_of_vectors_and_nothing_else(
    as_user: As, carol: User, alices: Profile, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watched = film("Western", 1, 0, 0, is_featured=True)
    watch(alices, watched)
    (tmp_path / "config.json").write_text("{")
    with override_settings(EMBEDDING_PROVIDER="onnx", EMBEDDING_MODEL_DIR=tmp_path, EMBEDDING_THREADS=1):
        assert "For You" not in rails_of(as_user, alices)
        client, profile = as_user(alices.user), {"profile_id": str(alices.id)}
        assert client.get(f"/api/v1/recommendations/similar/{watched.id}").json() == []
        for address in (f"recommendations/post-play/{watched.id}", "catalog/featured"):
            assert client.get(f"/api/v1/{address}", profile).status_code == 200
        checks = as_user(carol).get("/api/v1/admin/titles/completeness").json()["checks"]
    assert next(check["missing"] for check in checks if check["name"] == "vector") == 1
    told = [record.getMessage() for record in caplog.records if "vectors" in record.getMessage()]
    assert len(told) == 1
    assert "config.json cannot be read as JSON" in told[0]


# New Releases, Trending, Top in


def test_new_releases_are_what_came_last(as_user: As, alices: Profile) -> None:
    for name, days in (("Beacon", 2), ("Cove", 0), ("Anchor", 1)):
        film(name, days_old=days)
    assert rail(as_user, alices, "New Releases") == ["Cove", "Anchor", "Beacon"]


def test_trending_fades_with_the_age_of_the_bookmarks(
    as_user: As, alices: Profile, bobs: Profile, charlie: Profile
) -> None:
    fresh, recent, old = film("One today"), film("Two, two days ago"), film("Three, two weeks ago")
    watch(bobs, fresh)
    for profile in (bobs, charlie):
        watch(profile, recent, days_ago=2)
    for profile in (alices, bobs, charlie):
        watch(profile, old, days_ago=14)
    # 1, 2 × exp(−2/7) = 1.50 and 3 × exp(−2) = 0.41
    assert rail(as_user, alices, "Trending") == ["Two, two days ago", "One today", "Three, two weeks ago"]


def test_trending_counts_an_episode_for_its_series(as_user: As, alices: Profile, bobs: Profile) -> None:
    series = film("Series", title_type="series")
    for number in (1, 2):
        episode = EpisodeFactory.create(season__title=series, season__season_number=number)
        watch(bobs, series, episode=episode, content_type="episode", days_ago=1)
    watch(bobs, film("Film"))
    items = rails_of(as_user, alices)["Trending"]
    assert [(item["title"], item["title_type"]) for item in items] == [("Series", "series"), ("Film", "movie")]


def test_top_in_has_the_newest_titles_of_the_genre_the_profile_watches_most(
    as_user: As, alices: Profile, bobs: Profile
) -> None:
    drama, comedy = GenreFactory.create(name="Drama", slug="drama"), GenreFactory.create(name="Comedy", slug="comedy")
    dramas = [film(name, days_old=days) for name, days in (("Beacon", 3), ("Cove", 1), ("Anchor", 2))]
    comedies = [film(f"Comedy {number}") for number in range(3)]
    drama.titles.add(*dramas)
    comedy.titles.add(*comedies)
    for profile, watched in ((alices, [*dramas[:2], comedies[0]]), (bobs, comedies)):
        for title in watched:
            watch(profile, title)
    rails = rails_of(as_user, alices)
    assert [item["title"] for item in rails["Top in Drama"]] == ["Cove", "Anchor", "Beacon"]
    assert "Top in Comedy" not in rails


# Limits and cost


def test_a_child_still_has_every_rail_and_nothing_above_its_limit_in_any(as_user: As, charlie: Profile) -> None:
    genre = GenreFactory.create(name="Animals", slug="animals")
    for rating in ("TV-Y", "TV-PG", "PG", "TV-14", "PG-13", "TV-MA", "NC-17", "18+", "", None):
        watched, kept, untouched = (
            film(f"{use}, {rating}", 1, 0, 0, age_rating=rating) for use in ("Watched", "Kept", "Untouched")
        )
        genre.titles.add(watched, kept, untouched)
        watch(charlie, watched)
        WatchlistItem.objects.create(profile=charlie, title=kept)
    rails = rails_of(as_user, charlie)
    expected = ["Continue Watching", "My List", "For You", "New Releases", "Trending", "Top in Animals"]
    assert list(rails) == expected
    for items in rails.values():
        assert {item["age_rating"] for item in items} == {"TV-Y", "TV-PG", "PG"}


def test_a_child_sees_nothing_above_its_limit_in_popular_now(as_user: As, bobs: Profile, charlie: Profile) -> None:
    for rating in ("TV-PG", "TV-14", None):
        watch(bobs, film(f"Rated {rating}", age_rating=rating))
    assert rail(as_user, charlie, "Popular Now") == ["Rated TV-PG"]


def test_two_hundred_titles_take_as_many_statements_as_five(as_user: As, alices: Profile, charlie: Profile) -> None:
    fill_the_catalogue(alices, 5)
    few = statements_for(as_user, alices)
    fill_the_catalogue(alices, 195)
    assert few == statements_for(as_user, alices)
    assert few <= 20


def statements_for(as_user: As, profile: Profile) -> int:
    with CaptureQueriesContext(connection) as statements:
        assert len(rails_of(as_user, profile)) == 6
    return len(statements)


def fill_the_catalogue(profile: Profile, count: int) -> None:
    """Titles of one genre with vectors; a bookmark in every third, every third on the watchlist."""
    titles = TitleFactory.create_batch(count)
    GenreFactory.create(name="Drama", slug="drama").titles.add(*titles)
    ContentVector.objects.bulk_create(
        ContentVector(title=title, vector=[1, place % 7, place % 5], **stamp()) for place, title in enumerate(titles)
    )
    Bookmark.objects.bulk_create(BookmarkFactory.build(profile=profile, title=title) for title in titles[::3])
    WatchlistItem.objects.bulk_create(WatchlistItem(profile=profile, title=title) for title in titles[1::3])
