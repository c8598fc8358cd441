"""What is inside an element, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from lxml import etree

_NUMBER: Final = re.compile(r"[0-9]{1,9}")

Children: TypeAlias = Mapping[str, Sequence[etree._Element]]


class UnreadableError(Exception):
    """Why one channel or programme cannot be read: a short name for the reason, and a sentence."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def children_of(element: etree._Element) -> Children:
    """The elements directly in this one, in their order, whatever their names are."""
    children: dict[str, list[etree._Element]] = {}
    for child in element:
        if child.tag in children:
            children[child.tag].append(child)
        else:
            children[child.tag] = [child]
    return children


def is_number(text: str) -> bool:
    """Whether it is nothing but digits, of which there are at most nine."""
    return _NUMBER.fullmatch(text) is not None
