"""The vocabulary of the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.maturity import ratings_up_to, suitable
from catalog import visibility
from common.soft_delete import SoftDeletableQuerySet

if TYPE_CHECKING:
    from accounts.models import Profile
    from catalog.models import Collection, Episode, Title  # noqa: F401


# Where season 0 stands among the seasons: behind the last that there can be.
SPECIALS: Final = 32_768


class TitleQuerySet(SoftDeletableQuerySet["Title"]):
    """Titles. Everything a viewer is shown starts with `visible_to`."""

    def visible_to(self, profile: Profile | None) -> Self:
        """What is on show within this profile's limit; without a profile, whatever the rating."""
        return self.on_show().suitable_for(profile)

    def on_show(self, at: datetime | None = None) -> Self:
        """Live, published and available at this moment (now)."""
        return self.filter(visibility.on_show(at))

    def published(self) -> Self:
        """Neither a draft nor archived."""
        return self.filter(visibility.published())

    def available(self, at: datetime | None = None) -> Self:
        """Within its time at this moment (now)."""
        return self.filter(visibility.available(at))

    def suitable_for(self, profile: Profile | None) -> Self:
        """Within the profile's limit."""
        return self.filter(suitable(profile))

    def featured(self) -> Self:
        """What the editors put in front."""
        return self.filter(is_featured=True)

    def alphabetical(self) -> Self:
        """A to Z whatever the case and the accents."""
        return self.order_by("sort_title", "id")

    def newest_first(self) -> Self:
        """By the time they came into the catalogue."""
        return self.order_by("-created_at", "id")

    def latest_first(self) -> Self:
        """By the year of release; what has none comes last."""
        return self.order_by(F("release_year").desc(nulls_last=True), "sort_title", "id")

    def earliest_first(self) -> Self:
        """By the year of release, oldest first; what has none comes last."""
        return self.order_by(F("release_year").asc(nulls_last=True), "sort_title", "id")

    def in_editorial_order(self) -> Self:
        """As the editors of the collection put it; behind `of_collection`."""
        return self.order_by("collection_items__position", "collection_items__id")

    # --- Narrowing ---

    def of_type(self, title_type: str) -> Self:
        """Films, or series."""
        return self.filter(title_type=title_type)

    def of_genre(self, slug: str) -> Self:
        """On this shelf."""
        return self.filter(genres__slug=slug)

    def of_collection(self, slug: str) -> Self:
        """In this collection."""
        return self.filter(collection_items__collection__slug=slug)

    def released_since(self, year: int) -> Self:
        """In this year or later."""
        return self.filter(release_year__gte=year)

    def released_until(self, year: int) -> Self:
        """In this year or earlier."""
        return self.filter(release_year__lte=year)

    def from_country(self, code: str) -> Self:
        """Made there, whatever the case of the code."""
        return self.filter(country_of_origin__iexact=code)

    def in_language(self, code: str) -> Self:
        """In this language, whatever the case of the code."""
        return self.filter(language__iexact=code)

    def rated_up_to(self, rating: str) -> Self:
        """At most on this step of the ladder; what has no known rating is left out, even at the top."""
        return self.filter(age_rating__in=ratings_up_to(rating))

    def of_mood(self, tag: str) -> Self:
        """With this mood, in the spellings that tags have: as it was typed, small, Capital, Title Case or CAPITALS."""
        spellings = {tag, tag.lower(), tag.capitalize(), tag.title(), tag.upper()}
        return self.filter(mood_tags__overlap=sorted(spellings))

    def with_genres(self) -> Self:
        """One more statement brings the genres of the whole page."""
        return self.prefetch_related("genres")

    def with_genre_names(self) -> Self:
        """The names of the genres in the same statement, for `genre_names`."""
        from catalog.models import Genre

        names = Genre.objects.filter(titles=OuterRef("pk")).order_by().values("name")
        return self.annotate(names_of_genres=ArraySubquery(names))

    def for_staff(self) -> Self:
        """What the tables and forms of staff show: genres, and `has_embedding`."""
        from catalog.models import ContentVector

        vectors = ContentVector.objects.filter(title=OuterRef("pk"))
        return self.with_genres().annotate(has_embedding=Exists(vectors))

    def with_everything(self) -> Self:
        """What a title's own page shows: genres, people, seasons, episodes, in four statements."""
        from catalog.models import Credit

        return self.with_genre_names().prefetch_related(
            Prefetch("credits", Credit.objects.select_related("person")),
            "seasons__episodes",
        )

    def named_by(self, content_id: UUID) -> Self:
        """The title with this id, or the series of the episode with this id."""
        from catalog.models import Episode

        # One value, so that the index finds it: two conditions joined by OR would read the whole table.
        series = Episode.objects.filter(id=content_id).order_by().values("season__title")
        return self.filter(id=Coalesce(Subquery(series[:1]), Value(content_id, models.UUIDField())))


class CollectionQuerySet(models.QuerySet["Collection"]):
    """Collections."""

    def visible_to(self, profile: Profile | None) -> Self:
        """Those with a title this profile may see, A to Z; `title_count` says how many."""
        shown = visibility.on_show(prefix="items__title__") & suitable(profile, "items__title__age_rating")
        return self.annotate(title_count=Count("items", filter=shown)).filter(title_count__gt=0).order_by("name")


class EpisodeQuerySet(models.QuerySet["Episode"]):
    """Episodes."""

    def of_series(self, title: Title | UUID) -> Self:
        """All episodes of a series in broadcast order, specials last."""
        return self.filter(season__title=title).in_order()

    def in_order(self) -> Self:
        """By season and number; season 0 holds the specials and comes last."""
        specials = models.Case(models.When(season__season_number=0, then=1), default=0)
        return self.order_by(specials, "season__season_number", "episode_number")

    def later_than(self, season_number: F | Subquery, episode_number: F | Subquery) -> Self:
        """Behind this place in the order, which another row knows; in which series is not asked."""
        season = Coalesce(NullIf("season__season_number", 0), SPECIALS)
        own_season = Coalesce(NullIf(season_number, 0), SPECIALS)
        in_season = Q(place=own_season, episode_number__gt=episode_number)
        return self.alias(place=season).filter(in_season | Q(place__gt=own_season))
