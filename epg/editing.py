"""What staff and services change in the guide: one channel, one programme at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction

from common.constraints import refused_as
from epg.errors import (
    ChannelNotFoundError,
    ChannelNumberTakenError,
    ProgrammeNotFoundError,
    ProgrammeTimesError,
    SlotTakenError,
)
from epg.models import Channel, Programme

if TYPE_CHECKING:
    from accounts.models import User

CHANNEL_RULES: Final = {"channel_number_once": ChannelNumberTakenError}
SCHEDULE_RULES: Final = {
    "programme_no_overlap": SlotTakenError,
    "programme_ends_after_it_starts": ProgrammeTimesError,
}


def create_channel(*, fields: Mapping[str, Any]) -> Channel:
    """Add a channel. Raises `ChannelNumberTakenError`."""
    with refused_as(CHANNEL_RULES):
        return Channel.objects.create(**fields)


def change_channel(*, channel_id: UUID, fields: Mapping[str, Any]) -> Channel:
    """Change what is in `fields`. Raises `ChannelNotFoundError` or `ChannelNumberTakenError`."""
    with refused_as(CHANNEL_RULES):
        channel = _locked_channel(channel_id)
        for name, value in fields.items():
            setattr(channel, name, value)
        channel.save(update_fields=list(fields))
    return channel


@transaction.atomic
def delete_channel(*, channel_id: UUID, by: User | None) -> None:
    """Take it from viewers, with its schedule; it can be restored. Raises `ChannelNotFoundError`."""
    _locked_channel(channel_id).soft_delete(by)


@transaction.atomic
def restore_channel(*, channel_id: UUID) -> Channel:
    """Give a deleted channel back; one that is there stays as it is.

    Raises `ChannelNotFoundError`, or `NameTakenError` when another has its number by now.
    """
    channel = Channel.with_deleted.select_for_update(no_key=True).filter(id=channel_id).first()
    if channel is None:
        raise ChannelNotFoundError
    if channel.is_deleted:
        channel.restore()
    return channel


def create_programme(*, channel_id: UUID, fields: Mapping[str, Any]) -> Programme:
    """Put a programme on. Raises `ChannelNotFoundError`, `ProgrammeTimesError` or `SlotTakenError`."""
    programme = Programme(channel_id=channel_id, **fields)
    _check_times(programme)
    with refused_as(SCHEDULE_RULES):
        _lock_schedules(channel_id)
        programme.save(force_insert=True)
    return programme


def change_programme(*, programme_id: UUID, fields: Mapping[str, Any]) -> Programme:
    """Change what is in `fields`, which may move it to another channel by `channel_id`.

    Raises `ProgrammeNotFoundError`, `ChannelNotFoundError`, `ProgrammeTimesError` or `SlotTakenError`.
    """
    with refused_as(SCHEDULE_RULES):
        programme = _locked_programme(programme_id, moves_to=fields.get("channel_id"))
        for name, value in fields.items():
            setattr(programme, name, value)
        _check_times(programme)
        programme.save(update_fields=list(fields))
    return programme


@transaction.atomic
def delete_programme(*, programme_id: UUID) -> None:
    """Take it off the schedule for good. Raises `ProgrammeNotFoundError`."""
    _locked_programme(programme_id).delete()


def _check_times(programme: Programme) -> None:
    if programme.end_time <= programme.start_time:
        raise ProgrammeTimesError


def _locked_channel(channel_id: UUID) -> Channel:
    channel = Channel.objects.select_for_update(no_key=True).filter(id=channel_id).first()
    if channel is None:
        raise ChannelNotFoundError
    return channel


def _locked_programme(programme_id: UUID, *, moves_to: UUID | None = None) -> Programme:
    of_live_channels = Programme.objects.filter(id=programme_id, channel__deleted_at=None)
    programme = of_live_channels.first()
    if programme is None:
        raise ProgrammeNotFoundError
    _lock_schedules(programme.channel_id, moves_to or programme.channel_id)
    programme = of_live_channels.select_for_update(of=("self",)).first()
    if programme is None:  # taken off while we waited
        raise ProgrammeNotFoundError
    return programme


def _lock_schedules(*channel_ids: UUID) -> None:
    if {channel.id for channel in take_turns(channel_ids) if not channel.is_deleted} != set(channel_ids):
        raise ChannelNotFoundError


def take_turns(channel_ids: Iterable[UUID]) -> list[Channel]:
    """Take turns with whoever changes the same schedules, imports too, to the end of the transaction.

    Without it two overlapping programmes that come at once may each wait for the other in the constraint, and
    PostgreSQL ends one of them with a deadlock instead of a conflict.
    """
    return list(Channel.with_deleted.filter(id__in=channel_ids).order_by("id").select_for_update(no_key=True))
