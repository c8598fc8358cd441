"""What a list decides of a channel's row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from epg.importing.texts import cut, length_of
from epg.models import Channel

if TYPE_CHECKING:
    from epg.channels.records import ChannelRecord

# Beside the number and the external ids.
FIELDS: Final = (
    "name",
    "logo_url",
    "genre",
    "is_hd",
    "hls_live_url",
    "country",
    "languages",
    "catchup_window_hours",
)
State = dict[str, Any]


def apply(record: ChannelRecord, channel: Channel) -> None:
    """Give the channel what the record says."""
    for name in FIELDS:
        value = getattr(record, name)
        if value is None or value == ():
            continue
        if isinstance(value, str):
            value = cut(value, length_of(Channel, name))
        setattr(channel, name, list(value) if isinstance(value, tuple) else value)


def state(channel: Channel) -> State:
    """What an import may change, as it is at this moment."""
    values = {name: getattr(channel, name) for name in FIELDS}
    return values | {"channel_number": channel.channel_number, "deleted_at": channel.deleted_at}


def differences(old: State, new: State, new_ids: Sequence[str]) -> list[str]:
    """In words."""
    told = [f"{name}: {_shown(old[name])} → {_shown(new[name])}" for name in old if old[name] != new[name]]
    return told + ([f"external ids: {', '.join(new_ids)} added"] if new_ids else [])


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "nothing"
    return "nothing" if value is None else str(value)
