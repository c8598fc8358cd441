"""What staff and services change in a schedule, programme by programme.

Each of these raises `GuideBusyError` where an import has the channel and does not come to an end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from common.constraints import refused_as
from epg.editing.turns import take_turns, take_turns_at_live
from epg.errors import ProgrammeNotFoundError, ProgrammeTimesError, ProgrammeTooLongError, SlotTakenError
from epg.locks import for_a_moment
from epg.models import Programme, Reminder, RemovedProgramme
from epg.reminders import let_go, reattach

# What looking first cannot decide between two at once.
SCHEDULE_RULES: Final = {
    "programme_no_overlap": SlotTakenError,
    "programme_ends_after_it_starts": ProgrammeTimesError,
}


def create_programme(*, channel_id: UUID, fields: Mapping[str, Any]) -> Programme:
    """Put a programme on.

    Raises `ChannelNotFoundError`, `ProgrammeTimesError`, `ProgrammeTooLongError` or `SlotTakenError`.
    """
    programme = Programme(channel_id=channel_id, **fields)
    _check_times(programme)
    _check_length(programme)
    with for_a_moment(), refused_as(SCHEDULE_RULES):
        take_turns_at_live(channel_id)
        _check_room(programme)
        programme.save(force_insert=True)
        reattach([channel_id], added={programme.id})
    return programme


def change_programme(*, programme_id: UUID, fields: Mapping[str, Any]) -> Programme:
    """Change what is in `fields`, which may move it to another channel by `channel_id`.

    Raises `ProgrammeNotFoundError`, `ChannelNotFoundError`, `ProgrammeTimesError`, `ProgrammeTooLongError` or
    `SlotTakenError`.
    """
    with for_a_moment(), refused_as(SCHEDULE_RULES):
        programme = _locked_programme(programme_id, moves_to=fields.get("channel_id"))
        times = programme.start_time, programme.end_time
        for name, value in fields.items():
            setattr(programme, name, value)
        _check_times(programme)
        if (programme.start_time, programme.end_time) != times:  # what is too long already may be renamed
            _check_length(programme)
        _check_room(programme)
        programme.save(update_fields=list(fields))
        # A reminder goes with its programme: it would be lost with the channel that this was on.
        Reminder.objects.filter(programme=programme).update(channel=programme.channel_id)
    return programme


@for_a_moment()
def delete_programme(*, programme_id: UUID) -> None:
    """Take it off the schedule for good. Raises `ProgrammeNotFoundError`."""
    remove([_locked_programme(programme_id)])


@for_a_moment()
def delete_programmes(*, programme_ids: Collection[UUID]) -> int:
    """Take these off their schedules for good, as far as they are there; answers how many were."""
    rows = Programme.objects.filter(id__in=programme_ids)
    take_turns(set(rows.order_by().values_list("channel_id", flat=True)))
    programmes = list(rows.order_by("id").select_for_update(of=("self",)))
    remove(programmes)
    return len(programmes)


def remove(programmes: Sequence[Programme]) -> None:
    """Delete what is locked already; reminders stay, and whoever asks what changed is told.

    Where rows are recorded one by one in the audit trail, these are.
    """
    let_go(programmes)
    RemovedProgramme.objects.bulk_create(RemovedProgramme.of(programme) for programme in programmes)
    Programme.objects.filter(id__in=[programme.id for programme in programmes]).delete()


def _check_times(programme: Programme) -> None:
    if programme.end_time <= programme.start_time:
        raise ProgrammeTimesError


def _check_length(programme: Programme) -> None:
    if programme.is_too_long:
        raise ProgrammeTooLongError


def _check_room(programme: Programme) -> None:
    """Raises `SlotTakenError`, which names what is on then."""
    schedule = Programme.objects.of_channel(programme.channel_id).exclude(id=programme.id)
    if in_the_way := list(schedule.overlapping(programme.start_time, programme.end_time)[: SlotTakenError.NAMED]):
        raise SlotTakenError(in_the_way)


def _locked_programme(programme_id: UUID, *, moves_to: UUID | None = None) -> Programme:
    of_live_channels = Programme.objects.filter(id=programme_id, channel__deleted_at=None)
    programme = of_live_channels.first()
    if programme is None:
        raise ProgrammeNotFoundError
    take_turns_at_live(programme.channel_id, moves_to or programme.channel_id)
    programme = of_live_channels.select_for_update(of=("self",)).first()
    if programme is None:  # taken off while we waited
        raise ProgrammeNotFoundError
    return programme
