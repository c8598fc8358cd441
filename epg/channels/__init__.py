"""Channels from playlists and tables: how they are read, and how they are brought in."""

from epg.channels.reading import read_channels, read_source
from epg.channels.records import ChannelList, ChannelRecord, ChannelsRefusedError
from epg.channels.report import ChannelReport, Detail
from epg.channels.service import import_channels

__all__ = [
    "ChannelList",
    "ChannelRecord",
    "ChannelReport",
    "ChannelsRefusedError",
    "Detail",
    "import_channels",
    "read_channels",
    "read_source",
]
