"""What can go wrong in the guide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from rest_framework import status

from common.errors import BusyError, ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError

if TYPE_CHECKING:
    from epg.models import ChannelExternalId, Programme

# So much of a title stands in a sentence.
LONGEST_TITLE: Final = 100


class ChannelNotFoundError(NotFoundError):
    """No channel has this id."""

    default_detail = "There is no such channel."
    default_code = "channel_not_found"


class GuideRefusedError(Exception):
    """A whole guide file cannot be imported; the message is one sentence for whoever sent it."""


class GuideNotFetchedError(GuideRefusedError):
    """A guide cannot be fetched; the message names the host, and nothing that signs in to it."""


class ChannelNumberTakenError(ConflictError):
    """Another channel has this number."""

    default_detail = "Another channel has this number."
    default_code = "channel_number_taken"


class ExternalIdTakenError(ConflictError):
    """Another channel is called so already; `channel` of the answer is that one, where it is known."""

    default_detail = "Another channel has one of these external ids."
    default_code = "external_id_taken"

    def __init__(self, taken: ChannelExternalId | None = None) -> None:
        super().__init__(f'"{taken.value}" is an external id of the channel {taken.channel}.' if taken else None)
        self.extra = {"channel": {"id": taken.channel_id, "name": taken.channel.name}} if taken else {}


class ProgrammeNotFoundError(NotFoundError):
    """No programme has this id."""

    default_detail = "There is no such programme."
    default_code = "programme_not_found"


class ProgrammeTimesError(InvalidError):
    """A programme that ends before it starts, or as it starts."""

    default_detail = "end_time: A programme ends after it starts."
    default_code = "programme_times"


class ProgrammeTooLongError(ProgrammeTimesError):
    """A programme that ends days or years later, as by a slip in its date."""

    default_detail = "end_time: A programme ends within 24 hours of its start."


class SlotTakenError(ConflictError):
    """Two programmes of one channel would overlap. `conflicts` of the answer are those that are on then, by time."""

    default_detail = "Another programme of this channel is on at that time."
    default_code = "slot_taken"
    # Of how many programmes the answer tells.
    NAMED: ClassVar[int] = 20

    def __init__(self, in_the_way: Sequence[Programme] = ()) -> None:
        super().__init__(_what_is_on(in_the_way) if in_the_way else None)
        names = ("id", "title", "start_time", "end_time")
        conflicts = [{name: getattr(programme, name) for name in names} for programme in in_the_way]
        self.extra = {"conflicts": conflicts}


def _what_is_on(programmes: Sequence[Programme]) -> str:
    """“News” is on from 18:00 to 18:30 UTC on 14 November 2026, and so on."""
    first = programmes[0]
    title = first.title if len(first.title) <= LONGEST_TITLE else f"{first.title[:LONGEST_TITLE]}…"
    start, end = first.start_time.astimezone(UTC), first.end_time.astimezone(UTC)
    times = f"from {start:%H:%M} to {end:%H:%M} UTC on {_day(end)}"
    if start.date() != end.date():
        times = f"from {start:%H:%M} on {_day(start)} to {end:%H:%M} UTC on {_day(end)}"
    others = f", and {len(programmes) - 1} more in the way" if len(programmes) > 1 else ""
    return f"“{title}” is on {times}{others}."


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


class PeriodEntryError(InvalidError):
    """One of the programmes that are to fill a period cannot be; none of them is written."""

    default_code = "period_entry"

    def __init__(self, place: int, sentence: str) -> None:
        super().__init__(f"programs.{place}.{sentence}")


class ProgrammeNotSuitableError(ForbiddenError):
    """The programme is rated above the profile's limit."""

    default_detail = "This programme is not available for this profile."
    default_code = "programme_not_suitable"


class ProgrammeStartedError(InvalidError):
    """Nobody can be reminded of what has begun."""

    default_detail = "This programme has started already."
    default_code = "programme_started"


class GuideBusyError(BusyError):
    """An import, or somebody else, has what is to be changed, and has not come to an end."""

    default_detail = "The guide is being renewed just now. Please try again in a moment."
    default_code = "guide_busy"


class TooManyRemindersError(ConflictError):
    """The profile has as many reminders as it may have."""

    default_code = "too_many_reminders"

    def __init__(self, most: int) -> None:
        super().__init__(f"A profile has at most {most:,} reminders. Please remove one first.")


class GuideReloadError(DomainError):
    """What changed cannot be told from there; the client loads the guide anew."""

    status_code = status.HTTP_410_GONE
    default_detail = "What changed since then is not known any more. Please load the guide anew."
    default_code = "reload_guide"


class GridTooLargeError(InvalidError):
    """A grid would hold more programmes than an answer may."""

    default_code = "grid_too_large"

    def __init__(self, most: int) -> None:
        super().__init__(f"There are more than {most:,} programmes. Ask for fewer channels or a shorter period.")
