"""Which channel a guide speaks of: what each of its ids stands for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from epg.importing.spool import Spool
from epg.models import Channel, ChannelExternalId, GuideSource, GuideSourceChannel


@dataclass(slots=True)
class Names:
    """What the ids of a guide stand for: channels, deleted ones too; nothing, on purpose; or nobody knows.

    `deleted` are those of channels that do not come back; `names_of` leaves that to its caller.
    """

    known: dict[str, UUID] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)


def names_of(spool: Spool, source: GuideSource | None) -> Names:
    """What every id of this guide stands for. Ids that differ only in upper and lower case are different.

    The source's own mapping goes first, then what the channel is called anywhere; then, of channels that the guide
    declares, a display name that is such an id of a channel, or is the name of exactly one. By a display name a
    channel is only found when nothing else in the guide is that channel. At most four statements.

    With a source, a name that only a deleted channel has stands for that one: it would come back as another.
    """
    ids = list(spool.ids())
    names = Names(known=_by_external_id(ids))
    for guide_id, channel_id in _mapped(ids, source).items():
        if channel_id is None:
            names.known.pop(guide_id, None)
            names.left_out.append(guide_id)
        else:
            names.known[guide_id] = channel_id
    settled = {*names.known, *names.left_out}
    displayed = {guide_id: one.names for guide_id, one in spool.channels.items() if guide_id not in settled}
    names.known |= _by_display_name(displayed, taken=set(names.known.values()), deleted_too=source is not None)
    settled |= set(names.known)
    names.unknown = [guide_id for guide_id in ids if guide_id not in settled]
    return names


def _mapped(ids: Collection[str], source: GuideSource | None) -> dict[str, UUID | None]:
    if source is None:
        return {}
    return dict(GuideSourceChannel.objects.filter(source=source, guide_id__in=ids).values_list("guide_id", "channel"))


def _by_external_id(values: Collection[str]) -> dict[str, UUID]:
    if not values:
        return {}
    return dict(ChannelExternalId.objects.filter(value__in=values).values_list("value", "channel"))


def _by_display_name(
    displayed: Mapping[str, Collection[str]], *, taken: Collection[UUID], deleted_too: bool
) -> dict[str, UUID]:
    """The channels that have what is displayed for an external id, or else for their name."""
    if not displayed:
        return {}
    external = _by_external_id({name for names in displayed.values() for name in names})
    named = _names_of_one_channel(deleted_too=deleted_too)
    found = {}
    for guide_id, names in displayed.items():
        channel = next((external[name] for name in names if name in external), None)
        channel = channel or next((named[name.casefold()] for name in names if name.casefold() in named), None)
        if channel is not None and channel not in taken:
            found[guide_id] = channel
    return _claimed_once(found)


def _names_of_one_channel(*, deleted_too: bool) -> dict[str, UUID]:
    """Names, in any case, that exactly one channel has; if wanted, also those that only deleted ones have."""
    channels: defaultdict[str, list[UUID]] = defaultdict(list)
    deleted: dict[str, UUID] = {}
    rows = Channel.with_deleted.all() if deleted_too else Channel.objects.all()
    for channel_id, name, deleted_at in rows.order_by().values_list("id", "name", "deleted_at"):
        if deleted_at is None:
            channels[name.casefold()].append(channel_id)
        else:
            deleted[name.casefold()] = channel_id
    gone = {name: channel_id for name, channel_id in deleted.items() if name not in channels}
    return gone | {name: ids[0] for name, ids in channels.items() if len(ids) == 1}


def _claimed_once(found: Mapping[str, UUID]) -> dict[str, UUID]:
    claims = Counter(found.values())
    return {guide_id: channel for guide_id, channel in found.items() if claims[channel] == 1}


def ids_by_channel(known: Iterable[tuple[str, UUID]]) -> dict[UUID, list[str]]:
    """What the guide calls each channel, in the order of the channels' ids, in which everybody locks them."""
    ids: defaultdict[UUID, list[str]] = defaultdict(list)
    for guide_id, channel_id in known:
        ids[channel_id].append(guide_id)
    return dict(sorted(ids.items()))
