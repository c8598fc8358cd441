"""What staff and services change in the list of channels.

Each of these raises `GuideBusyError` where an import has the channel, or its number, and does not come to an end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from common.constraints import refused_as
from epg.editing.external_ids import replace_external_ids
from epg.errors import ChannelNotFoundError, ChannelNumberTakenError, ExternalIdTakenError
from epg.locks import for_a_moment
from epg.models import Channel

if TYPE_CHECKING:
    from accounts.models import User

CHANNEL_RULES: Final = {
    "channel_number_once": ChannelNumberTakenError,
    "epg_channelexternalid_value_key": ExternalIdTakenError,
}


def create_channel(*, fields: Mapping[str, Any]) -> Channel:
    """Add a channel; `external_ids` among the fields are texts.

    Raises `ChannelNumberTakenError` or `ExternalIdTakenError`.
    """
    values = dict(fields)
    external_ids = values.pop("external_ids", [])
    with for_a_moment(), refused_as(CHANNEL_RULES):
        channel = Channel.objects.create(**values)
        replace_external_ids(channel=channel, values=external_ids)
    return channel


def change_channel(*, channel_id: UUID, fields: Mapping[str, Any]) -> Channel:
    """Change what is in `fields`; `external_ids` among them replace all there are.

    Raises `ChannelNotFoundError`, `ChannelNumberTakenError` or `ExternalIdTakenError`.
    """
    values = dict(fields)
    external_ids = values.pop("external_ids", None)
    with for_a_moment(), refused_as(CHANNEL_RULES):
        channel = _locked_channel(channel_id)
        changed = {name: value for name, value in values.items() if getattr(channel, name) != value}
        for name, value in changed.items():
            setattr(channel, name, value)
        channel.save(update_fields=list(changed))
        if external_ids is not None:
            replace_external_ids(channel=channel, values=external_ids)
    return channel


@for_a_moment()
def delete_channel(*, channel_id: UUID, by: User | None) -> None:
    """Take it from viewers, with its schedule; it can be restored. Raises `ChannelNotFoundError`."""
    _locked_channel(channel_id).soft_delete(by)


@for_a_moment()
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


def _locked_channel(channel_id: UUID) -> Channel:
    channel = Channel.objects.select_for_update(no_key=True).filter(id=channel_id).first()
    if channel is None:
        raise ChannelNotFoundError
    return channel
