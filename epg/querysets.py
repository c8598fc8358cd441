"""The vocabulary of the guide."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import BooleanField, Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from accounts.maturity import suitable
from common.soft_delete import SoftDeletableQuerySet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from accounts.models import Profile
    from epg.models import Channel, Programme, Reminder, RemovedProgramme  # noqa: F401


# What `epg.api.serializers.ProgrammeSerializer` shows.
LISTED: Final = (
    "channel",
    "title",
    "sub_title",
    "synopsis",
    "genre",
    "start_time",
    "end_time",
    "age_rating",
    "is_new",
    "is_repeat",
    "series_title",
    "season_number",
    "episode_number",
    "catchup_eligible",
    "startover_eligible",
)


class ChannelQuerySet(SoftDeletableQuerySet["Channel"]):
    """Channels. What viewers are shown of them starts with `on_view`."""

    def on_view(self) -> Self:
        """What viewers have: neither deleted nor switched off."""
        return self.live().filter(is_active=True)

    def out_of_view(self) -> Self:
        """What viewers do not have, for either reason. Asked of `with_deleted`."""
        return self.filter(Q(deleted_at__isnull=False) | Q(is_active=False))

    def for_profile(self, profile: Profile | None) -> Self:
        """With `is_favorite`, the profile's favourites first, then by number."""
        from epg.models import FavouriteChannel

        if profile is None:
            return self.annotate(is_favorite=Value(False, BooleanField())).order_by("channel_number")
        favourite = FavouriteChannel.objects.filter(profile=profile, channel=OuterRef("pk"))
        return self.annotate(is_favorite=Exists(favourite)).order_by("-is_favorite", "channel_number")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Programmes. Everything a viewer is shown starts with `visible_to`."""

    def visible_to(self, profile: Profile | None) -> Self:
        """What this profile may see; without a profile, the whole guide. A deleted channel shows nobody anything."""
        return self.on_live_channels().filter(suitable(profile))

    def on_live_channels(self) -> Self:
        """Of channels that are on: neither deleted nor switched off."""
        return self.filter(channel__deleted_at=None, channel__is_active=True)

    def on_air(self, at: datetime) -> Self:
        """What is running at this moment."""
        return self.filter(start_time__lte=at, end_time__gt=at)

    def overlapping(self, start: datetime, end: datetime) -> Self:
        """What is running at some moment from `start` up to `end`, `end` not counted."""
        return self.filter(start_time__lt=end, end_time__gt=start)

    def beginning(self, start: datetime, end: datetime) -> Self:
        """What begins from `start` up to `end`, `end` not counted."""
        return self.filter(start_time__gte=start, start_time__lt=end)

    def on_day(self, day: date) -> Self:
        """A UTC day, including what began the evening before and what ends the morning after."""
        midnight = datetime.combine(day, time.min, UTC)
        return self.overlapping(midnight, midnight + timedelta(days=1))

    def of_channel(self, channel_id: UUID) -> Self:
        """One channel's schedule in order."""
        return self.filter(channel_id=channel_id).order_by("start_time")

    def next_on(self, channels: Sequence[UUID], after: datetime) -> Self:
        """For each of these channels the first programme that starts after this moment; one statement for all."""
        from epg.models import Channel

        first = self.filter(channel=OuterRef("pk"), start_time__gt=after).order_by("start_time").values("id")[:1]
        ids = Channel.objects.filter(id__in=channels).values(next_id=models.Subquery(first))
        return self.filter(id__in=ids)

    def as_listed(self) -> Self:
        """With the columns that lists of programmes show: the others are long, and a grid has thousands of rows."""
        return self.only(*LISTED)

    def titled(self, words: str) -> Self:
        """Whose title or sub-title contains the text, whatever the case, in order of time."""
        return self.filter(Q(title__icontains=words) | Q(sub_title__icontains=words)).order_by("start_time", "id")


class RemovedProgrammeQuerySet(models.QuerySet["RemovedProgramme"]):
    """Programmes that are gone."""

    def visible_to(self, profile: Profile | None) -> Self:
        """What this profile could see, and so may be told of."""
        return self.filter(suitable(profile), channel__deleted_at=None, channel__is_active=True)

    def overlapping(self, start: datetime, end: datetime) -> Self:
        """What was on at some moment from `start` up to `end`, `end` not counted."""
        return self.filter(start_time__lt=end, end_time__gt=start)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reminders."""

    def without_programme(self) -> Self:
        """Whose programme the guide has lost."""
        return self.filter(programme=None)

    def of(self, profile: Profile) -> Self:
        """A profile's own, on channels that are on view and within its limit."""
        on_view = Q(channel__deleted_at=None, channel__is_active=True)
        own = suitable(profile, "age_rating") & Q(programme=None)
        return self.filter(on_view, own | _has_a_suitable_programme(profile), profile=profile)

    def upcoming(self, at: datetime) -> Self:
        """Of what begins after this moment, in order; the guide's time goes before what it was."""
        return (
            self.annotate(begins=Coalesce("programme__start_time", "start_time"))
            .filter(begins__gt=at)
            .order_by("begins", "id")
        )


def _has_a_suitable_programme(profile: Profile) -> Q:
    return suitable(profile, "programme__age_rating") & Q(programme__isnull=False)
