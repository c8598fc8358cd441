"""The channels of a guide: found, given back, or created."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.db import clock
from common.web_addresses import is_web_address
from epg.importing.names import Names, ids_by_channel, names_of
from epg.importing.options import Options
from epg.importing.report import GuideReport
from epg.importing.spool import Spool
from epg.importing.texts import cut, length_of
from epg.models import Channel, ChannelExternalId
from epg.numbers import next_free
from epg.xmltv import GuideChannel, clean


@dataclass(frozen=True, slots=True)
class GuideChannels:
    """The guide's ids of each channel that takes part, in the order of the channels' ids, and the ids of no channel.

    `deleted` are ids of channels that staff have deleted and that stay so. `new` are those that have no schedule yet.
    """

    ids: dict[UUID, list[str]]
    new: frozenset[UUID]
    left_out: Sequence[str]
    unknown: Sequence[str]
    deleted: Sequence[str]


def channels_of(spool: Spool, options: Options, report: GuideReport) -> GuideChannels:
    """The channels of a guide. Those that it declares are created, if wanted.

    Deleted ones are given back if a file declares them, which somebody imports by hand. A source comes again and
    again: what staff have deleted would be back at once.

    Part of a transaction; with a dry run they are only counted.
    """
    names = names_of(spool, options.source)
    _without_deleted(names, spool, options, report)
    created: dict[str, UUID] = {}
    if options.create_channels:
        declared = [spool.channels[guide_id] for guide_id in names.unknown if guide_id in spool.channels]
        created = _create([one for one in declared if _has_usable_id(one)], options, report)
    return GuideChannels(
        ids=ids_by_channel([*names.known.items(), *created.items()]),
        new=frozenset(created.values()),
        left_out=names.left_out,
        unknown=[guide_id for guide_id in names.unknown if guide_id not in created],
        deleted=names.deleted,
    )


def _without_deleted(names: Names, spool: Spool, options: Options, report: GuideReport) -> None:
    """Give back the deleted channels that the guide declares, if they may be; the others stay as they are."""
    gone = set(Channel.with_deleted.filter(id__in=set(names.known.values())).deleted().values_list("id", flat=True))
    if not gone:
        return
    if options.create_channels and options.source is None:
        # All of them at once and in order: whoever holds one and waits for another never waits in a circle.
        rows = Channel.with_deleted.filter(id__in=set(names.known.values())).order_by("id")
        channels = list(rows if options.dry_run else rows.select_for_update(no_key=True))
        declared = {names.known[guide_id] for guide_id in spool.channels if guide_id in names.known}
        restored = [channel for channel in channels if channel.is_deleted and channel.id in declared]
        _restore(restored, options, report)
        gone -= {channel.id for channel in channels if channel.id in declared}
    names.deleted = [guide_id for guide_id in spool.ids() if names.known.get(guide_id) in gone]
    for guide_id in names.deleted:
        del names.known[guide_id]


def _restore(deleted: Sequence[Channel], options: Options, report: GuideReport) -> None:
    """Give them back, with the next free number where their own was taken meanwhile."""
    report.channels_restored = len(deleted)
    if options.dry_run or not deleted:
        return
    taken, now = _taken_numbers(), clock()
    for channel in sorted(deleted, key=lambda channel: channel.channel_number):
        channel.channel_number = next_free(channel.channel_number, taken)
        channel.deleted_at = channel.deleted_by_id = None
        channel.appearance_changed_at = now
        taken.add(channel.channel_number)
    columns = ["channel_number", "deleted_at", "deleted_by", "appearance_changed_at"]
    Channel.with_deleted.bulk_update(deleted, columns)
    report.channels_brought.update(channel.id for channel in deleted)


def _create(declared: Sequence[GuideChannel], options: Options, report: GuideReport) -> dict[str, UUID]:
    """The new channels by what the guide calls them."""
    report.channels_created = len(declared)
    if not declared:
        return {}
    numbers, now = _numbers(declared), clock()
    created = {
        channel.id: Channel(
            name=_name(channel),
            channel_number=numbers[channel.id],
            logo_url=_logo(channel.icon) if options.keep_icons else None,
            appearance_changed_at=now,
        )
        for channel in declared
    }
    if not options.dry_run:
        Channel.objects.bulk_create(created.values())
        ChannelExternalId.objects.bulk_create(
            ChannelExternalId(channel=channel, value=guide_id) for guide_id, channel in created.items()
        )
        report.channels_brought.update(channel.id for channel in created.values())
    return {guide_id: channel.id for guide_id, channel in created.items()}


def _has_usable_id(channel: GuideChannel) -> bool:
    return len(channel.id) <= length_of(ChannelExternalId, "value")


def _numbers(channels: Iterable[GuideChannel]) -> dict[str, int]:
    """A free number for each: its own if nobody has it, else the next free one; without a number, from 1 up."""
    taken = _taken_numbers()
    numbers: dict[str, int] = {}
    # Those that get what they ask for go first, so that nobody is given a number that another one asks for.
    for channel in channels:
        if channel.number and channel.number not in taken:
            numbers[channel.id] = channel.number
            taken.add(channel.number)
    lowest = 1
    for channel in channels:
        if channel.id not in numbers:
            numbers[channel.id] = next_free(channel.number or lowest, taken)
            taken.add(numbers[channel.id])
            lowest = lowest if channel.number else numbers[channel.id]
    return numbers


def _taken_numbers() -> set[int]:
    return set(Channel.objects.order_by().values_list("channel_number", flat=True))


def _name(channel: GuideChannel) -> str:
    return cut(channel.names[0] if channel.names else clean(channel.id), length_of(Channel, "name"))


def _logo(icon: str | None) -> str | None:
    if icon is None or not is_web_address(icon) or len(icon) > length_of(Channel, "logo_url"):
        return None
    return None if icon.startswith("/") else icon  # a path is one of the guide's host, not of this one
