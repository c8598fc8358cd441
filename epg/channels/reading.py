"""A file of channels, whichever it is: its bytes and those of the tables beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final, cast

from common.progress import Progress, unwatched
from epg.channels.csv_files import read_csv
from epg.channels.iptv_org import SIBLINGS
from epg.channels.m3u import is_playlist, read_playlist
from epg.channels.records import ChannelList, ChannelsRefusedError
from epg.channels.texts import decoded, read_bytes
from epg.errors import GuideRefusedError
from epg.sources.places import is_fetched, name_of, opened

_PLAYLISTS: Final = (".m3u", ".m3u8")


def read_source(source: str, *, today: date, progress: Progress = unwatched) -> ChannelList:
    """The channels of a playlist or CSV: a file, an http(s) address, or `-` for standard input.

    `progress` is called with numbers of bytes while it is fetched. Raises `ChannelsRefusedError` with a sentence.
    """
    try:
        with opened(source, progress=progress) as file:
            content = read_bytes(cast("BinaryIO", file))
        return read_channels(content, name_of(source), siblings=_beside(source), today=today)
    except GuideRefusedError as refusal:
        raise ChannelsRefusedError(str(refusal)) from None
    except OSError as error:
        raise ChannelsRefusedError(f"It cannot be read: {error.strerror}.") from None


def read_channels(content: bytes, name: str, *, siblings: Mapping[str, bytes], today: date) -> ChannelList:
    """The channels in these bytes. What it is, its content tells: names lie."""
    text, _ = decoded(content)
    if not text.strip():
        raise ChannelsRefusedError("The file is empty.")
    if is_playlist(text) or name.casefold().removesuffix(".gz").endswith(_PLAYLISTS):
        return read_playlist(content, name)
    if text.lstrip().startswith("<"):
        raise ChannelsRefusedError("This is XML or a web page, neither a playlist nor a CSV.")
    return read_csv(content, name, siblings=siblings, today=today)


def _beside(source: str) -> dict[str, bytes]:
    """The other tables of iptv-org in the same folder, if there are any. Raises `OSError`."""
    found: dict[str, bytes] = {}
    if is_fetched(source) or Path(source).name != "channels.csv":
        return found
    for name in SIBLINGS:
        file = Path(source).with_name(name)
        if file.is_file():
            with file.open("rb") as stream:
                found[name] = read_bytes(stream)
    return found
