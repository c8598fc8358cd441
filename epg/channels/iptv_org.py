"""The tables of https://github.com/iptv-org/database: channels.csv, and beside it feeds, logos and ids of guides.

A list in a cell is divided by semicolons, a flag is TRUE or FALSE, a date YYYY-MM-DD. A feed is one of the ways a
channel comes: `BBCOne.uk@London` is the feed London of the channel BBCOne.uk. Each channel has one main feed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from epg.channels.names import add_further_names
from epg.channels.records import LONGEST_ID, MOST_CHANNELS, ChannelList, ChannelRecord, ChannelsRefusedError
from epg.channels.tables import Table, read_table
from epg.channels.values import HD_LINES, quoted, read_country, read_languages, read_logo
from epg.xmltv import clean

CHANNELS: Final = frozenset(("id", "name", "country", "categories", "closed", "replaced_by"))
SIBLINGS: Final[Mapping[str, frozenset[str]]] = {
    "feeds.csv": frozenset(("channel", "id", "is_main", "languages", "format")),
    "logos.csv": frozenset(("channel", "feed", "in_use", "tags", "url")),
    "guide-ids.csv": frozenset(("xmltv_id", "site", "site_id", "name")),
    "categories.csv": frozenset(("id", "name", "description")),
}
# What else lies beside them and is of no use here; what has the columns of an earlier one is that one.
OTHERS: Final[Mapping[str, frozenset[str]]] = {
    "countries.csv": frozenset(("name", "code", "languages", "flag")),
    "timezones.csv": frozenset(("id", "utc_offset", "countries")),
    "cities.csv": frozenset(("country", "subdivision", "name", "code")),
    "subdivisions.csv": frozenset(("country", "name", "code")),
    "regions.csv": frozenset(("code", "name", "countries")),
    "languages.csv": frozenset(("code", "name")),
}
Row = Mapping[str, str]
Rows = list[tuple[int, dict[str, str]]]


def read_database(table: Table, name: str, siblings: Mapping[str, bytes], today: date) -> ChannelList:
    """Every channel that is not closed. Raises `ChannelsRefusedError` when it or a sibling is not what it is called."""
    if len(table.rows) > MOST_CHANNELS:
        raise ChannelsRefusedError(f"The file holds more than {MOST_CHANNELS:,} channels.")
    found = ChannelList(name, encoding=table.encoding)
    beside = _Beside.read(siblings)
    heirs = _heirs(table, today)
    for line, row in table.rows:
        if reason := _why_not(row, today):
            found.skip(line, clean(row["name"]) or clean(row["id"]), *reason)
        else:
            found.channels.append(_channel(line, row, beside, heirs.get(row["id"], ()), found))
    add_further_names(found, _guide_names(beside, found))
    return found


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the other tables say, by channel."""

    main_feeds: Mapping[str, Row]
    feeds: Collection[tuple[str, str]]
    logos: Mapping[str, str]
    guide_ids: Rows
    genres: Mapping[str, str]

    @classmethod
    def read(cls, siblings: Mapping[str, bytes]) -> _Beside:
        feeds = [row for _, row in _sibling("feeds.csv", siblings)]
        main = {row["channel"]: row for row in feeds if row["is_main"] == "TRUE"}
        return cls(
            main_feeds=main,
            feeds={(row["channel"], row["id"]) for row in feeds},
            logos=_logos([row for _, row in _sibling("logos.csv", siblings)], main),
            guide_ids=_sibling("guide-ids.csv", siblings),
            genres={row["id"]: row["name"] for _, row in _sibling("categories.csv", siblings)},
        )


def _sibling(file: str, siblings: Mapping[str, bytes]) -> Rows:
    if file not in siblings:
        return []
    try:
        table = read_table(siblings[file])
    except ChannelsRefusedError as error:
        raise ChannelsRefusedError(f"The {file} beside it: {error}") from None
    if not table.has(SIBLINGS[file]):
        missing = sorted(SIBLINGS[file] - set(table.columns))
        raise ChannelsRefusedError(f"The {file} beside it has no column called {', '.join(missing)}.")
    return table.rows


def _logos(rows: Collection[Row], main: Mapping[str, Row]) -> dict[str, str]:
    """One for each channel: of those in use the first of the channel, else of its main feed; plain ones first."""
    chosen: dict[str, tuple[tuple[bool, bool], str]] = {}
    for row in rows:
        channel, feed = row["channel"], row["feed"]
        if row["in_use"] != "TRUE" or (feed and feed != main.get(channel, {}).get("id")):
            continue
        place = (bool(feed), bool(row["tags"]))
        if channel not in chosen or place < chosen[channel][0]:
            chosen[channel] = (place, row["url"])
    return {channel: url for channel, (_, url) in chosen.items()}


def _heirs(table: Table, today: date) -> dict[str, list[str]]:
    """By channel the ids of closed ones that it replaced: guides may go on to use them."""
    heirs: defaultdict[str, list[str]] = defaultdict(list)
    for _, row in table.rows:
        if row["replaced_by"] and _is_closed(row, today):
            heirs[row["replaced_by"].partition("@")[0]].append(clean(row["id"]))
    return heirs


def _is_closed(row: Row, today: date) -> bool:
    """Whether the date is there and not ahead; one that cannot be read is taken for the past."""
    if not row["closed"]:
        return False
    try:
        return date.fromisoformat(row["closed"]) <= today
    except ValueError:
        return True


def _why_not(row: Row, today: date) -> tuple[str, str] | None:
    """Kind and sentence."""
    if not clean(row["id"]):
        return "no_id", "It has no id."
    if len(row["id"]) > LONGEST_ID:
        return "long_id", f"Its id is longer than {LONGEST_ID} letters."
    if _is_closed(row, today):
        heir = f"; {clean(row['replaced_by'])[:LONGEST_ID]} replaced it and gets its id" if row["replaced_by"] else ""
        return "closed", f"It was closed on {clean(row['closed'])[:20]}{heir}."
    if row.get("is_nsfw") == "TRUE":
        return "not_for_everybody", "It is marked as not for everybody, and channels have no rating of their own."
    return None


def _channel(line: int, row: Row, beside: _Beside, former: Collection[str], found: ChannelList) -> ChannelRecord:
    channel_id = clean(row["id"])
    name = clean(row["name"]) or channel_id
    main = beside.main_feeds.get(channel_id, {})
    ids = (channel_id, *([f"{channel_id}@{clean(main['id'])}"] if main else []), *former)
    return ChannelRecord(
        line=line,
        name=name,
        external_ids=tuple(one for one in ids if len(one) <= LONGEST_ID),
        logo_url=read_logo(beside.logos.get(channel_id, ""), line, name, found),
        genre=_genre(row["categories"], beside.genres),
        is_hd=_is_hd(main.get("format", "")),
        country=read_country(row["country"], line, name, found),
        languages=read_languages(main.get("languages", "").split(";"), line, name, found),
    )


def _genre(categories: str, genres: Mapping[str, str]) -> str | None:
    first = categories.partition(";")[0].strip()
    return clean(genres.get(first, first.capitalize())) or None


def _is_hd(picture: str) -> bool | None:
    lines = re.match(r"([0-9]+)[pi]", picture)
    return int(lines[1]) >= HD_LINES if lines else None


def _guide_names(beside: _Beside, found: ChannelList) -> Iterator[tuple[int, str]]:
    """What guide sites call the channels, main feeds only: the others are not imported."""
    places = {channel.external_ids[0]: place for place, channel in enumerate(found.channels)}
    for line, row in beside.guide_ids:
        channel, _, feed = row["xmltv_id"].partition("@")
        if feed and (channel, feed) not in beside.feeds and beside.feeds:
            sentence = f"guide-ids.csv, line {line}: {quoted(row['xmltv_id'])} is a feed that is not there."
            found.note(line, clean(row["name"]), "unknown_feed", sentence)
        elif channel in places and (not feed or feed == beside.main_feeds.get(channel, {}).get("id")):
            yield places[channel], clean(row["name"])
