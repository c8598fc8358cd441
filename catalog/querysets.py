"""The vocabulary of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.db.models.functions import Lower

from accounts.maturity import suitable
from common.soft_delete import SoftDeletableQuerySet

if TYPE_CHECKING:
    from accounts.models import Profile
    from catalog.models import Episode, Title  # noqa: F401


class TitleQuerySet(SoftDeletableQuerySet["Title"]):
    """Titles. Everything a viewer is shown starts with `visible_to`."""

    def visible_to(self, profile: Profile | None) -> Self:
        """What this profile may see; without a profile, the whole catalogue. What is deleted nobody sees."""
        return self.live().filter(suitable(profile))

    def featured(self) -> Self:
        """What the editors put in front."""
        return self.filter(is_featured=True)

    def alphabetical(self) -> Self:
        """A to Z whatever the case, which code points would put apart."""
        return self.order_by(Lower("title"), "title", "id")

    def newest_first(self) -> Self:
        """By the time they came into the catalogue."""
        return self.order_by("-created_at", "id")

    def of_genre(self, slug: str) -> Self:
        """On this shelf."""
        return self.filter(genres__slug=slug)

    def matching(self, words: str) -> Self:
        """Title, either synopsis or a name in the cast contains the text, whatever the case."""
        from catalog.models import Credit

        in_cast = Credit.objects.filter(title=OuterRef("pk"), person__name__icontains=words)
        return self.filter(
            Q(title__icontains=words)
            | Q(synopsis_short__icontains=words)
            | Q(synopsis_long__icontains=words)
            | Exists(in_cast)
        )

    def with_genres(self) -> Self:
        """One more statement brings the genres of the whole page."""
        return self.prefetch_related("genres")

    def for_staff(self) -> Self:
        """What the tables and forms of staff show: genres, and `has_embedding`."""
        from catalog.models import ContentVector

        vectors = ContentVector.objects.filter(title=OuterRef("pk"))
        return self.with_genres().annotate(has_embedding=Exists(vectors))

    def with_everything(self) -> Self:
        """What a title's own page shows: genres, people, seasons, episodes, in five statements."""
        from catalog.models import Credit

        return self.prefetch_related(
            "genres",
            Prefetch("credits", Credit.objects.select_related("person")),
            "seasons__episodes",
        )

    def named_by(self, content_id: UUID) -> Self:
        """The title with this id, or the series of the episode with this id."""
        from catalog.models import Episode

        series = Episode.objects.filter(id=content_id).values("season__title")
        return self.filter(Q(id=content_id) | Q(id__in=series))


class EpisodeQuerySet(models.QuerySet["Episode"]):
    """Episodes."""

    def of_series(self, title: Title | UUID) -> Self:
        """All episodes of a series in broadcast order, specials last."""
        return self.filter(season__title=title).in_order()

    def in_order(self) -> Self:
        """By season and number; season 0 holds the specials and comes last."""
        specials = models.Case(models.When(season__season_number=0, then=1), default=0)
        return self.order_by(specials, "season__season_number", "episode_number")
