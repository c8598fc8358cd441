"""The record of a channel."""

from __future__ import annotations

from lxml import etree

from epg.xmltv.children import UnreadableError, children_of, is_number
from epg.xmltv.records import GuideChannel
from epg.xmltv.texts import texts_of


def channel(element: etree._Element) -> GuideChannel:
    """What a <channel> says. Raises `UnreadableError` when it has no id."""
    channel_id = (element.get("id") or "").strip()
    if not channel_id:
        raise UnreadableError("no_channel_id", "The channel has no id.")
    children = children_of(element)
    names = texts_of(children.get("display-name", ()))
    numbers = [int(name) for name in names if is_number(name)]
    icons = [source.strip() for icon in children.get("icon", ()) if (source := icon.get("src"))]
    return GuideChannel(
        id=channel_id,
        names=tuple(name for name in names if not is_number(name)),
        icon=next(filter(None, icons), None),
        number=next(filter(None, numbers), None),
    )
