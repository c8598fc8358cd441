"""Where somebody is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When, Window
from django.db.models.functions import Coalesce, Greatest, JSONObject, RowNumber

from accounts.maturity import suitable
from catalog.models import Episode
from catalog.visibility import on_show
from epg.models import Channel, Programme
from viewing.querysets.content import BROADCAST, ON_DEMAND, on_channel_out_of_view

if TYPE_CHECKING:
    from accounts.models import Profile
    from catalog.querysets import EpisodeQuerySet
    from viewing.models import Bookmark  # noqa: F401

CONTINUE_WINDOW: Final = timedelta(days=30)
MOMENTUM_CAP: Final = 5


class BookmarkQuerySet(models.QuerySet["Bookmark"]):
    """Bookmarks."""

    def of(self, profile: Profile) -> Self:
        """This profile's, without those in what is not on show or on a channel out of view; kept until it is."""
        in_title = Q(content_type__in=ON_DEMAND) & on_show(prefix="title__")
        return self.filter(in_title | Q(content_type__in=BROADCAST), profile=profile).exclude(on_channel_out_of_view())

    def visible_to(self, profile: Profile) -> Self:
        """This profile's, in what it may see: what `services.may_see` says of one, of many.

        Of a programme that has left the guide nobody knows any more what it was rated.
        """
        by_id = {"id": OuterRef("content_id")}
        in_guide = Exists(Programme.objects.on_live_channels().filter(**by_id))
        in_suitable = Exists(Programme.objects.on_live_channels().filter(suitable(profile), **by_id))
        on_channel = Q(content_type="tstv_startover") & Q(Exists(Channel.objects.on_view().filter(**by_id)))
        broadcast = Q(in_suitable) | on_channel & ~Q(in_guide)
        if profile.is_unlimited:
            broadcast |= Q(title=None) & ~Q(in_guide)
        in_title = Q(content_type__in=ON_DEMAND) & suitable(profile, "title__age_rating")
        return self.of(profile).filter(in_title | Q(content_type__in=BROADCAST) & broadcast)

    def of_films_and_episodes(self) -> Self:
        """In films and episodes, on show or not."""
        return self.filter(content_type__in=ON_DEMAND, title__isnull=False)

    def on_demand(self) -> Self:
        """In films and episodes that are on show."""
        return self.of_films_and_episodes().filter(on_show(prefix="title__"))

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

    def newest_unfinished(self, profile: Profile, now: datetime) -> Self:
        """What this profile is in the middle of, newest first; whether it is on show is not asked."""
        unfinished = self.filter(profile=profile).of_films_and_episodes().continuing(now)
        # As the index has them, and no more: to sort them also by id, PostgreSQL may read them all.
        return unfinished.order_by("-updated_at")

    def ending_series(self, profile: Profile, now: datetime) -> Self:
        """Finished episodes that are the last this profile watched or dismissed of their series, within 30 days."""
        lately = self.filter(profile=profile, content_type="episode", updated_at__gte=now - CONTINUE_WINDOW)
        return lately.last_of_series(Q(completed=True, dismissed_at=None), now).order_by("-updated_at", "id")

    def ending_paused_series(self, profile: Profile, now: datetime) -> Self:
        """The same of series that were dismissed then, or left alone for over 30 days."""
        ever = self.filter(profile=profile, content_type="episode")
        return ever.last_of_series(Q(completed=True) & _left_alone(now), now)

    def last_of_series(self, condition: Q, now: datetime) -> Self:
        """The last that happened in each series, where it meets the condition."""
        # What was saved long ago and dismissed lately counts for less than what was watched lately: continue watching
        # does not see it, and no series is to be both there and in paused.
        is_recent = Case(When(updated_at__gte=now - CONTINUE_WINDOW, then=1), default=0)
        happened = Greatest("updated_at", "dismissed_at")
        lately = [is_recent.desc(), happened.desc(), F("observed_at").desc(), F("id").asc()]
        # Counted over all that happened: a condition beside the count would take the unfinished out before.
        place = Window(RowNumber(), partition_by=[F("title_id")], order_by=lately)
        return self.annotate(last=Case(When(condition, then=place), default=0)).filter(last=1)

    def in_rounds(self) -> Self:
        """`round`: the first time it is watched, or the second … Who begins a series again gets all of it again."""
        is_over = Q(completed=True) | Q(play_finished=True)
        times = Case(When(is_over, then=Greatest("times_finished", 1)), default=F("times_finished") + 1)
        return self.alias(round=times)

    def with_following(self, profile: Profile) -> Self:
        """`following`: of each episode the next two to watch, as JSON (`viewing.continue_watching.Following`)."""
        left_off = self.model._default_manager.filter(
            profile=profile, content_type="episode", content_id=OuterRef("pk"), completed=False
        )
        found = JSONObject(
            id="pk",
            season_number="season__season_number",
            episode_number="episode_number",
            title="title",
            duration_minutes="duration_minutes",
            position_seconds=Subquery(left_off.order_by().values("position_seconds")[:1]),
        )
        return self.in_rounds().annotate(following=ArraySubquery(_following(profile).in_order().values_list(found)[:2]))

    def going_on(self, profile: Profile) -> Self:
        """Episodes after which there is another one to watch."""
        # A value, not EXISTS: so it is looked for where it is asked for, and the first one found will do.
        another = Subquery(_following(profile).order_by().values("pk")[:1])
        return self.in_rounds().alias(another=another).filter(another__isnull=False)

    def going_on_afresh(self, profile: Profile) -> Self:
        """Episodes after which there is another one to watch that this profile is not in the middle of."""
        under_way = self.model._default_manager.unfinished().filter(
            profile=profile, content_type="episode", content_id=OuterRef("pk")
        )
        following = _following(profile).in_order().annotate(is_under_way=Exists(under_way))
        is_under_way = Subquery(following.values("is_under_way")[:1])
        return self.in_rounds().alias(is_under_way=is_under_way).filter(is_under_way=False)

    def with_momentum(self, profile: Profile, now: datetime) -> Self:
        """`finished_lately`: a value for each episode of the series that was finished within 30 days, up to five."""
        lately = self.model._default_manager.filter(
            profile=profile, completed=True, content_type="episode", title=OuterRef("title")
        ).filter(updated_at__gte=now - CONTINUE_WINDOW)
        return self.annotate(finished_lately=ArraySubquery(lately.order_by().values("completed")[:MOMENTUM_CAP]))

    def paused(self, now: datetime) -> Self:
        """Unfinished, and dismissed or untouched for over 30 days; what happened last comes first."""
        return self.unfinished().filter(_left_alone(now)).last_touched_first()

    def last_touched_first(self) -> Self:
        """The last that was saved or dismissed comes first."""
        touched = Greatest(Coalesce("dismissed_at", "updated_at"), "updated_at")
        return self.order_by(touched.desc(), "id")

    def with_content(self) -> Self:
        """With title, episode and season in the same statement."""
        return self.select_related("title", "episode__season")


def _left_alone(now: datetime) -> Q:
    """Dismissed, or untouched for over 30 days."""
    return Q(dismissed_at__isnull=False) | Q(updated_at__lt=now - CONTINUE_WINDOW)


def _following(profile: Profile) -> EpisodeQuerySet:
    """The later episodes of an outer bookmark's series that this profile has not seen in the `round` it is in."""
    from viewing.models import Bookmark

    own = Bookmark.objects.filter(profile=profile, content_type="episode", content_id=OuterRef("pk"))
    # A value, not a condition: PostgreSQL looks each up by its key then, even in a table that it knows nothing of.
    times = Case(When(completed=True, then=Greatest("times_finished", 1)), default=0)
    unseen = Episode.objects.alias(seen=Coalesce(Subquery(own.order_by().values_list(times)[:1]), 0))
    return unseen.filter(season__title=OuterRef("title"), seen__lt=OuterRef("round")).later_than(
        OuterRef("episode__season__season_number"), OuterRef("episode__episode_number")
    )
