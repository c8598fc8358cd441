"""Channels in CSV: one table of ours, or the tables of https://github.com/iptv-org/database. No database here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from epg.channels.iptv_org import CHANNELS, OTHERS, SIBLINGS, read_database
from epg.channels.records import LONGEST_ID, MOST_CHANNELS, ChannelList, ChannelRecord, ChannelsRefusedError
from epg.channels.tables import Table, read_table
from epg.channels.values import (
    LONGEST_WINDOW_HOURS,
    is_remote_address,
    quoted,
    read_country,
    read_languages,
    read_logo,
    whole_number,
)
from epg.xmltv import clean

COLUMNS: Final = (
    "name",
    "channel_number",
    "logo_url",
    "genre",
    "is_hd",
    "hls_live_url",
    "country",
    "languages",
    "catchup_window_hours",
    "external_ids",
)
_YES: Final = frozenset(("true", "1", "yes", "y"))
_NO: Final = frozenset(("false", "0", "no", "n"))


def read_csv(
    content: bytes, name: str = "", *, siblings: Mapping[str, bytes] | None = None, today: date
) -> ChannelList:
    """Every channel of a CSV. `siblings` are files of the same folder by name, for those of iptv-org.

    An empty cell says nothing. Raises `ChannelsRefusedError` for what is no list of channels.
    """
    table = read_table(content)
    if table.has(CHANNELS):
        return read_database(table, name, siblings or {}, today)
    _refuse_others(table)
    return _read_own(table, name)


def _refuse_others(table: Table) -> None:
    """Raises `ChannelsRefusedError` where the rows are something else: many a table has names."""
    for file, columns in SIBLINGS.items():
        if table.has(columns):
            raise ChannelsRefusedError(f"This is a {file}, which is read along with channels.csv: import that one.")
    own = set(COLUMNS) & set(table.columns)
    for file, columns in OTHERS.items():
        if table.has(columns) and own <= columns:
            raise ChannelsRefusedError(f"This is a {file}, which holds no channels: import channels.csv.")
    usual = f"A list of channels has it, and may have {', '.join(COLUMNS[1:])}."
    if "name" not in own:
        raise ChannelsRefusedError(f"This CSV has no column called name. {usual}")
    if own == {"name"} and any(column not in own for column in table.columns if column):
        raise ChannelsRefusedError(f"Of this CSV only the column name is one of a list of channels. {usual}")


def _read_own(table: Table, name: str) -> ChannelList:
    found = ChannelList(name, encoding=table.encoding, logos_are_own=True)
    if len(table.rows) > MOST_CHANNELS:
        raise ChannelsRefusedError(f"The file holds more than {MOST_CHANNELS:,} channels.")
    if unknown := [column for column in table.columns if column and column not in COLUMNS]:
        found.note(1, "", "unknown_column", f"Not read: {', '.join(quoted(column) for column in unknown)}.")
    for line, row in table.rows:
        if called := clean(row["name"]):
            found.channels.append(_channel(line, called, row, found))
        else:
            found.skip(line, "", "no_name", "It has no name.")
    return found


def _channel(line: int, name: str, row: Mapping[str, str], found: ChannelList) -> ChannelRecord:
    def noted(kind: str, column: str, what: str) -> None:
        found.note(line, name, kind, f"{column}: {quoted(row[column])} is {what}; it is left out.")

    number = whole_number(row.get("channel_number", ""))
    if row.get("channel_number") and number is None:
        noted("number", "channel_number", "no channel number")
    live = row.get("hls_live_url") or None
    if live and not is_remote_address(live):
        noted("address", "hls_live_url", "no http or https address")
        live = None
    is_hd = _flag(row.get("is_hd", ""))
    if row.get("is_hd") and is_hd is None:
        noted("flag", "is_hd", "neither true nor false")
    hours = _hours(row.get("catchup_window_hours", ""))
    if row.get("catchup_window_hours") and hours is None:
        noted("catchup", "catchup_window_hours", f"no number of hours up to {LONGEST_WINDOW_HOURS:,}")
    return ChannelRecord(
        line=line,
        name=name,
        external_ids=_ids(line, name, row.get("external_ids", ""), found),
        channel_number=number,
        logo_url=read_logo(row.get("logo_url", ""), line, name, found, may_be_a_path=True),
        genre=clean(row.get("genre", "")) or None,
        is_hd=is_hd,
        hls_live_url=live,
        country=read_country(row.get("country", ""), line, name, found),
        languages=read_languages(re.split("[;,]", row.get("languages", "")), line, name, found),
        catchup_window_hours=hours,
    )


def _ids(line: int, name: str, text: str, found: ChannelList) -> tuple[str, ...]:
    ids = [clean(part) for part in text.split(";")]
    if any(len(one) > LONGEST_ID for one in ids):
        found.note(line, name, "long_id", f"external_ids: one is longer than {LONGEST_ID} letters and left out.")
    return tuple(dict.fromkeys(one for one in ids if one and len(one) <= LONGEST_ID))


def _flag(text: str) -> bool | None:
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None


def _hours(text: str) -> int | None:
    hours = int(text) if re.fullmatch("[0-9]{1,5}", text) else -1
    return hours if 0 <= hours <= LONGEST_WINDOW_HOURS else None
