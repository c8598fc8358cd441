"""The maturity gate: nothing above a profile's limit, and nothing unrated for a limited one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps

from accounts.maturity import CHILD_RATING, KNOWN_RATINGS, LADDER, ParentalRating, ratings_up_to, step, suitable
from accounts.models import Profile

UNKNOWN = [None, "", "TV-Y7", "tv-g", " TV-G", "TV-G ", "X", "18", "Not Rated"]


# The gate is made for rows of later rooms, which this one only knows by name.
Title = apps.get_model("catalog", "Title")
Season = apps.get_model("catalog", "Season")


def limited_to(rating: str) -> Profile:
    return Profile(name="Somebody", parental_rating=rating)


# The ladder


def test_the_ladder_climbs_from_all_children_to_adults() -> None:
    assert LADDER == ("TV-Y", "TV-G", "TV-PG", "TV-14", "TV-MA")
    assert [step(rating) for rating in LADDER] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("film", "television"),
    [("G", "TV-G"), ("PG", "TV-PG"), ("PG-13", "TV-14"), ("R", "TV-MA"), ("NC-17", "TV-MA")],
)
def test_a_film_rating_is_read_as_its_neighbour_on_the_ladder(film: str, television: str) -> None:
    assert step(film) == step(television)


@pytest.mark.parametrize("rating", UNKNOWN)
def test_a_rating_that_is_missing_or_unknown_is_not_on_the_ladder(rating: str | None) -> None:
    assert step(rating) is None


def test_every_limit_lets_pass_what_the_one_below_does_and_more() -> None:
    allowed = [set(ratings_up_to(limit)) for limit in LADDER]
    assert all(lower < higher for lower, higher in pairwise(allowed))
    assert allowed[-1] == set(KNOWN_RATINGS)


# One programme


def test_a_child_sees_what_is_made_for_children_and_nothing_above() -> None:
    child = limited_to(CHILD_RATING)
    assert [rating for rating in KNOWN_RATINGS if child.may_see(rating)] == ["TV-Y", "TV-G", "TV-PG", "G", "PG"]


@pytest.mark.parametrize("limit", ["TV-Y", "TV-G", "TV-PG", "TV-14"])
@pytest.mark.parametrize("rating", UNKNOWN)
def test_a_limited_profile_never_sees_what_has_no_known_rating(limit: str, rating: str | None) -> None:
    assert not limited_to(limit).may_see(rating)


@pytest.mark.parametrize("rating", [*KNOWN_RATINGS, *UNKNOWN])
def test_an_adult_sees_everything_unrated_films_included(rating: str | None) -> None:
    assert limited_to(ParentalRating.TV_MA).may_see(rating)


@pytest.mark.parametrize("nonsense", ["", "TV-21", "tv-ma", "adults"])
def test_an_unknown_limit_counts_as_the_strictest_one(nonsense: str) -> None:
    profile = limited_to(nonsense)
    assert not profile.is_unlimited
    assert [rating for rating in KNOWN_RATINGS if profile.may_see(rating)] == ["TV-Y"]
    assert ratings_up_to(nonsense) == ["TV-Y"]


# The same gate over rows


def title_rated(rating: str | None) -> Any:
    return Title.objects.create(title=f"Rated {rating}", title_type="series", age_rating=rating)


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [*LADDER, "PG-13", "R", "", "TV-21"])
def test_the_gate_over_rows_and_the_rule_for_one_agree(limit: str) -> None:
    profile = limited_to(limit)
    for rating in [*KNOWN_RATINGS, *UNKNOWN]:
        title_rated(rating)
    shown = set(Title.objects.filter(suitable(profile)).values_list("age_rating", flat=True))
    assert shown == {rating for rating in [*KNOWN_RATINGS, *UNKNOWN] if profile.may_see(rating)}


@pytest.mark.django_db
def test_without_a_profile_the_gate_is_open() -> None:
    for rating in ("TV-Y", "TV-MA", None):
        title_rated(rating)
    assert Title.objects.filter(suitable(None)).count() == 3


@pytest.mark.django_db
def test_the_gate_can_look_at_the_rating_of_a_related_row() -> None:
    for rating in ("TV-G", "TV-14", None):
        Season.objects.create(title=title_rated(rating), season_number=1)
    shown = Season.objects.filter(suitable(limited_to("TV-PG"), field="title__age_rating"))
    assert [season.title.age_rating for season in shown] == ["TV-G"]
