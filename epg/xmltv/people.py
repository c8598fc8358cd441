"""Who made a programme and who is in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lxml import etree

from epg.xmltv.texts import clean

MOST_PEOPLE: Final = 50
LONGEST_NAME: Final = 200
# As https://github.com/XMLTV/xmltv/blob/master/xmltv.dtd has them under <credits>.
ROLES: Final = frozenset(
    {
        "director",
        "actor",
        "writer",
        "adapter",
        "producer",
        "composer",
        "editor",
        "presenter",
        "commentator",
        "guest",
    }
)


def people(all_credits: Iterable[etree._Element]) -> list[tuple[str, str, str | None]]:
    """Role, name and the character that is played, in the order of the guide: the first 50 people."""
    named = [
        (person.tag, name[:LONGEST_NAME], _character(person))
        for part in all_credits
        for person in part
        if person.tag in ROLES and (name := _name(person))
    ]
    return named[:MOST_PEOPLE]


def _name(person: etree._Element) -> str:
    """What stands in the element itself: a picture's address inside it is not part of the name."""
    if not len(person):
        return clean(person.text or "")
    parts = [person.text]
    for child in person:
        parts += [child.text if child.tag is etree.Entity else None, child.tail]
    return clean("".join(filter(None, parts)))


def _character(person: etree._Element) -> str | None:
    return clean(person.get("role") or "")[:LONGEST_NAME] or None
