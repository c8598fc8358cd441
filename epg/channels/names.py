"""More names for a channel: what guides call it, where that cannot mean another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from epg.channels.records import LONGEST_ID, ChannelList


def add_further_names(found: ChannelList, names: Iterable[tuple[int, str]]) -> None:
    """Give the channels these names as external ids; each is (place in the list, name).

    A name that two channels are called by, or that is what another one is called, is nobody's: it is noted. What a
    channel is called itself is no further name, in capitals or not.
    """
    wanted = list(dict.fromkeys((place, name) for place, name in names if len(name) <= LONGEST_ID))
    claims = _claims(found, wanted)
    further: dict[int, list[str]] = {}
    for place, name in wanted:
        channel = found.channels[place]
        if name in channel.external_ids or name.casefold() == channel.name.casefold():
            continue
        if claims[name.casefold()] == 1:
            further.setdefault(place, []).append(name)
        else:
            sentence = f'"{name}" may mean other channels of this file, too; it is no name for this one.'
            found.note(channel.line, channel.name, "ambiguous_name", sentence)
    for place, more in further.items():
        channel = found.channels[place]
        found.channels[place] = replace(channel, external_ids=(*channel.external_ids, *more))


def _claims(found: ChannelList, wanted: Iterable[tuple[int, str]]) -> Counter[str]:
    """How many channels go by a name, whatever its case."""
    named = {(place, name.casefold()) for place, name in wanted}
    for place, channel in enumerate(found.channels):
        named |= {(place, own.casefold()) for own in (channel.name, *channel.external_ids)}
    return Counter(name for _, name in named)
