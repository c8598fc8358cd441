"""The vocabulary of viewing. Everything starts with whose it is: `of(profile)`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest

from accounts.maturity import suitable
from catalog.visibility import on_show
from epg.models import Channel, Programme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Profile
    from viewing.models import Bookmark, Play, Rating, StreamSession, WatchlistItem  # noqa: F401

CONTINUE_WINDOW: Final = timedelta(days=30)
ON_DEMAND: Final = ("movie", "episode")
BROADCAST: Final = ("tstv_catchup", "tstv_startover")


class BookmarkQuerySet(models.QuerySet["Bookmark"]):
    """Bookmarks."""

    def of(self, profile: Profile) -> Self:
        """This profile's, without those in what is not on show or on a channel out of view; kept until it is."""
        in_title = Q(content_type__in=ON_DEMAND) & on_show(prefix="title__")
        return self.filter(in_title | Q(content_type__in=BROADCAST), profile=profile).exclude(_on_channel_out_of_view())

    def on_demand(self) -> Self:
        """In films and episodes that are on show."""
        return self.filter(on_show(prefix="title__"), content_type__in=ON_DEMAND, title__isnull=False)

    def suitable_for(self, profile: Profile) -> Self:
        """In titles within the profile's limit."""
        return self.filter(suitable(profile, "title__age_rating"))

    def unfinished(self) -> Self:
        """Not watched to the end."""
        return self.filter(completed=False)

    def continuing(self, now: datetime) -> Self:
        """Unfinished, not dismissed and touched within 30 days, newest first."""
        return (
            self.unfinished()
            .filter(dismissed_at=None, updated_at__gte=now - CONTINUE_WINDOW)
            .order_by("-updated_at", "id")
        )

    def paused(self, now: datetime) -> Self:
        """Unfinished, and dismissed or untouched for over 30 days; what happened last comes first."""
        left_alone = Q(dismissed_at__isnull=False) | Q(updated_at__lt=now - CONTINUE_WINDOW)
        touched = Greatest(Coalesce("dismissed_at", "updated_at"), "updated_at")
        return self.unfinished().filter(left_alone).order_by(touched.desc(), "id")

    def completed_episodes(self, series: Iterable[UUID]) -> Self:
        """Episodes of these series that were watched to the end."""
        return self.filter(episode__isnull=False, completed=True, title__in=series)

    def with_content(self) -> Self:
        """With title, episode and season in the same statement."""
        return self.select_related("title", "episode__season")


def _on_channel_out_of_view() -> Q:
    """On a channel that is deleted or switched off, or in a programme of one."""
    channels = Channel.with_deleted.out_of_view()
    on_channel = Exists(channels.filter(id=OuterRef("content_id")))
    in_programme = Exists(Programme.objects.filter(id=OuterRef("content_id"), channel__in=channels))
    return Q(content_type__in=BROADCAST) & (Q(on_channel) | Q(in_programme))


class RatingQuerySet(models.QuerySet["Rating"]):
    """Thumbs."""

    def of(self, profile: Profile) -> Self:
        """This profile's, for titles that are on show."""
        return self.filter(on_show(prefix="title__"), profile=profile)


class WatchlistQuerySet(models.QuerySet["WatchlistItem"]):
    """What is kept for later."""

    def of(self, profile: Profile) -> Self:
        """This profile's titles that are on show, in its order: the newest first, unless it was put in another one."""
        return self.filter(on_show(prefix="title__"), profile=profile).order_by(
            F("place").asc(nulls_first=True), "-added_at", "-id"
        )

    def suitable_for(self, profile: Profile) -> Self:
        """Titles within the profile's limit."""
        return self.filter(suitable(profile, "title__age_rating"))


class PlayQuerySet(models.QuerySet["Play"]):
    """The history."""


class StreamSessionQuerySet(models.QuerySet["StreamSession"]):
    """Streams."""
