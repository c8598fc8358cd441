"""The maturity ladder and the one gate that everything a profile sees passes through.

The ladder is the US TV Parental Guidelines (http://www.tvguidelines.org/ratings.html); film ratings of the
MPA are read as their neighbours on it. A rating nobody knows is above every limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import Profile


class ParentalRating(models.TextChoices):
    """What a profile may be limited to, mildest first."""

    TV_Y = "TV-Y", "TV-Y: all children"
    TV_G = "TV-G", "TV-G: general audience"
    TV_PG = "TV-PG", "TV-PG: parental guidance"
    TV_14 = "TV-14", "TV-14: from 14 years"
    TV_MA = "TV-MA", "TV-MA: adults"


LADDER: Final = tuple(str(rating) for rating in ParentalRating)
FILM_RATINGS: Final = {"G": "TV-G", "PG": "TV-PG", "PG-13": "TV-14", "R": "TV-MA", "NC-17": "TV-MA"}
KNOWN_RATINGS: Final = (*LADDER, *FILM_RATINGS)
CHILD_RATING: Final = ParentalRating.TV_PG


def step(rating: str | None) -> int | None:
    """The step on the ladder, 0 for TV-Y to 4 for TV-MA; None for a rating that is missing or unknown."""
    on_ladder = FILM_RATINGS.get(rating or "", rating)
    return LADDER.index(on_ladder) if on_ladder in LADDER else None


def ratings_up_to(limit: str) -> list[str]:
    """Every rating a profile limited to `limit` may see. An unknown limit counts as the strictest one."""
    highest = step(limit) or 0
    return [rating for rating in KNOWN_RATINGS if (own := step(rating)) is not None and own <= highest]


def suitable(profile: Profile | None, field: str = "age_rating") -> Q:
    """The gate as a filter over `field`. Without a profile, or with one for adults, it lets everything pass."""
    if profile is None or profile.is_unlimited:
        return Q()
    return Q(**{f"{field}__in": ratings_up_to(profile.parental_rating)})
