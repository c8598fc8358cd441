"""Playlists (M3U) of channels: bytes in, plain records out. No database, and nothing they refer to is fetched.

There is no standard. What is read is what players agree on: https://github.com/kodi-pvr/pvr.iptvsimple describes
most of it. What an entry says beyond a channel of this service, as player options, is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from epg.channels.attributes import read_attributes
from epg.channels.names import add_further_names
from epg.channels.playlist_entries import Entry, genre_of, why_no_channel
from epg.channels.records import LONGEST_ID, LONGEST_LINE, MOST_CHANNELS, ChannelList, ChannelRecord
from epg.channels.records import ChannelsRefusedError as Refused
from epg.channels.texts import decoded, lines_of
from epg.channels.values import (
    hours_of_days,
    is_remote_address,
    name_and_sharpness,
    quoted,
    read_country,
    read_languages,
    read_logo,
    whole_number,
)
from epg.xmltv import clean

_ENTRY: Final = re.compile(r"#EXTINF\s*:", re.IGNORECASE)
_HEADER: Final = re.compile(r"#EXTM3U\b", re.IGNORECASE)
_GROUP: Final = re.compile(r"#EXTGRP\s*:", re.IGNORECASE)
_COMMENTED_OUT: Final = re.compile(r"#[#\s]*#EXTINF\s*:", re.IGNORECASE)
_DURATION: Final = re.compile(r"\s*([-+]?[0-9]+(?:\.[0-9]+)?)?")
# RFC 8216; unlike others that begin so, these make it a stream and not a list of them.
_HLS: Final = re.compile(
    r"#EXT-X-(?:TARGETDURATION|STREAM-INF|MEDIA-SEQUENCE|MEDIA|ENDLIST|I-FRAME-STREAM-INF|PLAYLIST-TYPE)\b"
)
_GUIDE_ADDRESSES: Final = ("x-tvg-url", "url-tvg", "tvg-url")
_NUMBERS: Final = ("tvg-chno", "ch-number", "channel-number")
_WINDOWS: Final = ("catchup-days", "tvg-rec", "timeshift")
_CATCHUP_KINDS: Final = frozenset(
    [
        "default",
        "append",
        "shift",
        "timeshift",
        "archive",
        "flussonic",
        "flussonic-hls",
        "flussonic-ts",
        "fs",
        "xc",
        "vod",
    ]
)
_NO_CATCHUP: Final = frozenset(("none", "disabled", "off", "false", "0"))
# What a player shows to a person behind the address, as in `https://…/one.m3u8$Backup line`; `${start}` is none.
_LABEL: Final = re.compile(r"(?<![/?&=])\$(?!\{)[^/?&={}$]*$")


def is_playlist(text: str) -> bool:
    """Whether it looks like an M3U, of channels or not."""
    return _HEADER.match(text.lstrip()) is not None or re.search(r"(?im)^[ \t]*#EXTINF[ \t]*:", text) is not None


def read_playlist(content: bytes, name: str = "") -> ChannelList:
    """Every channel of a playlist, what is left out, and what is not taken as it stands.

    Films, which have a length, and radio stations are left out. Raises `ChannelsRefusedError` for what is no
    playlist, and for the playlist of one HLS stream.
    """
    text, encoding = decoded(content)
    if not is_playlist(text):
        raise Refused("This is no playlist: it neither begins with #EXTM3U nor has an #EXTINF line.")
    reader = _Reader(ChannelList(name, encoding=encoding))
    lines = lines_of(text)
    if any(_HLS.match(line.strip()) for line in lines):
        raise Refused("This is the playlist of one stream (HLS), not a list of channels.")
    for number, line in enumerate(lines, start=1):
        reader.take(number, line)
    return reader.finished()


@dataclass(slots=True)
class _Reader:
    """Goes through the lines of one playlist."""

    found: ChannelList
    header: dict[str, str] = field(default_factory=dict)
    entry: Entry | None = None
    group_ahead: str = ""
    further_names: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, line: str) -> None:
        """Read one line."""
        line = line.strip()
        if len(line) > LONGEST_LINE:
            self.found.skip(number, "", "long_line", f"The line is longer than {LONGEST_LINE // 1024} KB.")
        elif match := _ENTRY.match(line):
            self._begin(number, line[match.end() :])
        elif match := _HEADER.match(line):
            self._read_header(line[match.end() :])
        elif match := _GROUP.match(line):
            self._read_group(clean(line[match.end() :]))
        elif line.startswith("#"):
            self._read_comment(number, line)
        elif line:
            self._end(number, line)

    def finished(self) -> ChannelList:
        """What was found, when all lines are read."""
        self._miss_address()
        add_further_names(self.found, self.further_names)
        return self.found

    def _begin(self, number: int, rest: str) -> None:
        self._miss_address()
        duration = _DURATION.match(rest)
        attributes, title = read_attributes(rest[duration.end() :] if duration else rest)
        length = float(duration[1] or -1) if duration else -1
        self.entry = Entry(number, length, attributes, title, self.group_ahead)
        self.group_ahead = ""

    def _miss_address(self) -> None:
        if self.entry:
            self.found.skip(self.entry.line, self.entry.name, "no_address", "No address follows it.")
        self.entry = None

    def _read_header(self, rest: str) -> None:
        attributes, behind = read_attributes(rest)
        while behind:  # commas mean nothing here
            more, behind = read_attributes(behind)
            attributes = more | attributes
        self.header = attributes | self.header
        for name in _GUIDE_ADDRESSES:
            given = (clean(address) for address in attributes.get(name, "").split(","))
            self.found.guide_addresses += [it for it in given if it and it not in self.found.guide_addresses]

    def _read_group(self, group: str) -> None:
        if self.entry:
            self.entry.group = group
        else:
            self.group_ahead = group

    def _read_comment(self, number: int, line: str) -> None:
        if _COMMENTED_OUT.match(line):
            self.found.skip(number, "", "commented_out", "The entry is commented out.")
        elif self.entry and line.upper().startswith(("#EXTVLCOPT", "#KODIPROP", "#EXTHTTP")):
            self.entry.options = True

    def _end(self, number: int, address: str) -> None:
        entry, self.entry = self.entry, None
        if entry is None:
            self.found.skip(number, "", "no_entry", "An address without an #EXTINF line before it.")
        elif reason := why_no_channel(entry, address):
            self.found.skip(entry.line, entry.name, *reason)
        elif len(self.found.channels) == MOST_CHANNELS:
            raise Refused(f"The playlist holds more than {MOST_CHANNELS:,} channels.")
        else:
            self.found.channels.append(self._channel(entry, address))

    def _channel(self, entry: Entry, address: str) -> ChannelRecord:
        line, found = entry.line, self.found
        name, is_hd = name_and_sharpness(entry.name)
        if guide_name := clean(entry.of("tvg-name")):
            self.further_names.append((len(found.channels), guide_name))
        if entry.options:
            found.note(line, name, "player_options", "Its options for players are not kept.")
        return ChannelRecord(
            line=line,
            name=name,
            external_ids=self._ids(entry, name),
            channel_number=self._number(entry, name),
            logo_url=read_logo(entry.of("tvg-logo"), line, name, found),
            genre=genre_of(entry),
            is_hd=is_hd,
            hls_live_url=self._address(address, line, name),
            country=read_country(entry.of("tvg-country"), line, name, found),
            languages=read_languages(re.split("[;,/]", entry.of("tvg-language")), line, name, found),
            catchup_window_hours=self._window(entry, name),
        )

    def _ids(self, entry: Entry, name: str) -> tuple[str, ...]:
        channel_id = clean(entry.of("tvg-id"))
        if len(channel_id) > LONGEST_ID:
            self.found.note(entry.line, name, "long_id", f"Its id is longer than {LONGEST_ID} letters and left out.")
            return ()
        return (channel_id,) if channel_id else ()

    def _number(self, entry: Entry, name: str) -> int | None:
        text = entry.of(*_NUMBERS)
        number = whole_number(text)
        if text and number is None:
            self.found.note(entry.line, name, "number", f"{quoted(text)} is no channel number; it is left out.")
        return number

    def _address(self, text: str, line: int, name: str) -> str | None:
        address = _LABEL.sub("", text.partition("|")[0]).strip()
        if "|" in text:
            self.found.note(line, name, "player_options", "What stands behind the bar of its address is not kept.")
        if not is_remote_address(address):
            sentence = f"{_shown(address)} is no http or https address; it has no live stream by this file."
            self.found.note(line, name, "address", sentence)
            return None
        if not urlsplit(address).path.lower().endswith(".m3u8"):
            self.found.note(line, name, "perhaps_not_hls", "Its address does not look like an HLS playlist's (.m3u8).")
        return address

    def _window(self, entry: Entry, name: str) -> int | None:
        """Hours of catch-up; None where nothing, or nothing readable, is said. The header speaks for all."""
        kind = (entry.of("catchup", "catchup-type") or self.header.get("catchup", "")).casefold()
        if kind in _NO_CATCHUP:
            return 0
        if kind and kind not in _CATCHUP_KINDS:
            self.found.note(entry.line, name, "catchup", f"{quoted(kind)} is no known kind of catch-up.")
        text = entry.of(*_WINDOWS) or self.header.get("catchup-days", "")
        hours = hours_of_days(text) if text else None
        if text and hours is None:
            self.found.note(entry.line, name, "catchup", f"{quoted(text)} is no number of days; it is left out.")
        return hours


def _shown(address: str) -> str:
    """An address that nobody can use, without what may sign in to it."""
    scheme, divider, _ = address.partition("://")
    return f"One that begins with {quoted(scheme + divider)}" if divider else quoted(address)
