"""What changes the guide on behalf of viewers, and what it is asked most: what is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from epg.errors import ChannelNotFoundError
from epg.models import Channel, FavouriteChannel, Programme

if TYPE_CHECKING:
    from accounts.models import Profile


@dataclass(frozen=True, slots=True)
class OnNow:
    """A channel with what is running and what comes after it."""

    channel: Channel
    current_program: Programme
    next_program: Programme | None


def whats_on(*, at: datetime, profile: Profile | None) -> list[OnNow]:
    """Every channel that shows something at this moment, in the profile's channel order; three statements."""
    visible = Programme.objects.visible_to(profile)
    current = {programme.channel_id: programme for programme in visible.on_air(at)}
    upcoming = {programme.channel_id: programme for programme in visible.next_on(list(current), at)}
    channels = Channel.objects.for_profile(profile).filter(id__in=current)
    return [OnNow(channel, current[channel.id], upcoming.get(channel.id)) for channel in channels]


def add_favourite(*, profile: Profile, channel_id: UUID) -> None:
    """Put the channel at the top for this profile; doing it twice changes nothing. Raises `ChannelNotFoundError`."""
    if not Channel.objects.filter(id=channel_id).exists():
        raise ChannelNotFoundError
    FavouriteChannel.objects.get_or_create(profile=profile, channel_id=channel_id)


def remove_favourite(*, profile: Profile, channel_id: UUID) -> None:
    """Put the channel back in its place, deleted or not: it must not come back as a favourite. May be repeated."""
    FavouriteChannel.objects.filter(profile=profile, channel_id=channel_id).delete()
