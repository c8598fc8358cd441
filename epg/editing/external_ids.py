"""What guides and playlists call a channel, as staff say it."""

from __future__ import annotations

from collections.abc import Iterable

from epg.errors import ExternalIdTakenError
from epg.models import Channel, ChannelExternalId


def replace_external_ids(*, channel: Channel, values: Iterable[str]) -> None:
    """Let the channel have these and no others. One that a deleted channel has is taken from it.

    Part of a transaction that holds the channel. Raises `ExternalIdTakenError` when a live channel has one.
    """
    wanted = sorted(set(values))  # in one order everywhere, so that two who write the same ones take turns
    _take_from_others(channel, wanted)
    kept = set()
    for row in channel.external_ids.all():
        if row.value in wanted:
            kept.add(row.value)
        else:
            row.delete()
    for value in wanted:
        if value not in kept:
            ChannelExternalId.objects.create(channel=channel, value=value)


def _take_from_others(channel: Channel, wanted: Iterable[str]) -> None:
    others = ChannelExternalId.objects.filter(value__in=wanted).exclude(channel=channel).select_related("channel")
    for row in others.order_by("value"):
        if not row.channel.is_deleted:
            raise ExternalIdTakenError(row)
        row.delete()
