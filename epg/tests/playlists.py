"""Lists of channels for tests, written on the spot."""

from __future__ import annotations

from datetime import date
from typing import Any

from epg.channels import ChannelList, ChannelRecord, ChannelReport, import_channels, read_channels

TODAY = date(2026, 11, 20)
STREAM = "https://stream.example.com/one.m3u8"


def playlist(*entries: str, header: str = "#EXTM3U") -> bytes:
    """A playlist with these entries."""
    return "\n".join([header, *entries]).encode()


def entry(attributes: str = "", name: str = "One", address: str = STREAM, duration: str = "-1") -> str:
    """An entry of a playlist."""
    return f"#EXTINF:{duration} {attributes},{name}\n{address}"


def read(content: bytes, name: str = "list", **siblings: bytes) -> ChannelList:
    """What is in a file; siblings by name with a low line for the stop."""
    beside = {name.replace("_csv", ".csv").replace("_", "-"): content for name, content in siblings.items()}
    return read_channels(content, name, siblings=beside, today=TODAY)


def only(found: ChannelList) -> ChannelRecord:
    """The only channel of a list."""
    (record,) = found.channels
    return record


def read_entry(attributes: str = "", name: str = "One", address: str = STREAM, duration: str = "-1") -> ChannelRecord:
    """The channel of a playlist with one entry."""
    return only(read(playlist(entry(attributes, name, address, duration))))


def brought_in(*contents: bytes, **options: Any) -> ChannelReport:
    """The report of an import of these files."""
    return import_channels([read(content) for content in contents], **options)
