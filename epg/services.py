"""What viewers ask of the guide, and what they change in it for themselves: their favourites."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import OuterRef, Subquery

from catalog.models import Title
from epg.errors import (
    ChannelNotFoundError,
    GridTooLargeError,
    ProgrammeNotFoundError,
    ProgrammeNotSuitableError,
)
from epg.models import Channel, FavouriteChannel, Programme

if TYPE_CHECKING:
    from accounts.models import Profile

# A few megabytes. Guides of one-minute clips would otherwise make an answer of any size.
MOST_IN_A_GRID: Final = 20_000


@dataclass(frozen=True, slots=True)
class OnNow:
    """A channel with what is running and what comes after it."""

    channel: Channel
    current_program: Programme
    next_program: Programme | None


def whats_on(*, at: datetime, profile: Profile | None) -> list[OnNow]:
    """Every channel that shows something at this moment, in the profile's channel order; three statements."""
    visible = Programme.objects.visible_to(profile).as_listed()
    current = {programme.channel_id: programme for programme in visible.on_air(at)}
    upcoming = {programme.channel_id: programme for programme in visible.next_on(list(current), at)}
    channels = Channel.objects.on_view().for_profile(profile).filter(id__in=current)
    return [OnNow(channel, current[channel.id], upcoming.get(channel.id)) for channel in channels]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A channel with its programmes of a period, by time."""

    channel: Channel
    programs: list[Programme]


def grid(
    *,
    start: datetime,
    end: datetime,
    profile: Profile | None,
    channel_ids: Collection[UUID] | None,
    first: int,
    most: int,
) -> list[GridRow]:
    """Channels on view, in the profile's order, from place `first` at most `most`, each with what is on in the period.

    `channel_ids` None takes all; those that are not there are left out. Two statements. Raises `GridTooLargeError`.
    """
    on_view = Channel.objects.on_view().for_profile(profile)
    wanted = on_view if channel_ids is None else on_view.filter(id__in=channel_ids)
    rows = {channel.id: GridRow(channel, []) for channel in wanted[first : first + most]}
    programmes = Programme.objects.visible_to(profile).filter(channel__in=list(rows)).overlapping(start, end)
    in_order = list(programmes.as_listed().order_by("channel_id", "start_time")[: MOST_IN_A_GRID + 1])
    if len(in_order) > MOST_IN_A_GRID:
        raise GridTooLargeError(MOST_IN_A_GRID)
    for programme in in_order:
        rows[programme.channel_id].programs.append(programme)
    return list(rows.values())


def programme_for(profile: Profile | None, programme_id: UUID) -> Programme:
    """The programme with its channel, and as `title_on_show` the id of its title if the profile may see that.

    Two statements. Raises `ProgrammeNotFoundError` (404), or `ProgrammeNotSuitableError` (403) when it is rated above
    the profile's limit.
    """
    title = Title.objects.visible_to(profile).order_by().filter(id=OuterRef("catalogue_title"))
    programmes = Programme.objects.annotate(title_on_show=Subquery(title.values("id")[:1]))
    programme = programmes.filter(id=programme_id).first()
    if programme is None:
        raise ProgrammeNotFoundError
    channel = Channel.objects.on_view().for_profile(profile).filter(id=programme.channel_id).first()
    if channel is None:
        raise ProgrammeNotFoundError
    if profile is not None and not profile.may_see(programme.age_rating):
        raise ProgrammeNotSuitableError
    programme.channel = channel
    return programme


def add_favourite(*, profile: Profile, channel_id: UUID) -> None:
    """Put the channel at the top for this profile; doing it twice changes nothing. Raises `ChannelNotFoundError`."""
    if not Channel.objects.on_view().filter(id=channel_id).exists():
        raise ChannelNotFoundError
    FavouriteChannel.objects.get_or_create(profile=profile, channel_id=channel_id)


def remove_favourite(*, profile: Profile, channel_id: UUID) -> None:
    """Put the channel back in its place, deleted or not: it must not come back as a favourite. May be repeated."""
    FavouriteChannel.objects.filter(profile=profile, channel_id=channel_id).delete()
