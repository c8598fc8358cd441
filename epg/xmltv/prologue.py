"""What comes before the guide itself, judged before anything behind it is read."""

from __future__ import annotations

import re
from typing import Any, BinaryIO, Final, cast

from lxml import etree

from epg.errors import GuideRefusedError

# What the XML library looks at to tell UTF-8 from UTF-16.
ENCODING_BYTES: Final = 4
LONGEST_PROLOGUE: Final = 65_536
# Nothing is fetched, expanded, validated or guessed. Beware of `collect_ids`: where it is off, libxml2 2.14 loads the
# DTD that the file names, whatever else is said here.
CAREFULLY: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
}
_REFERENCE: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\w+);)[^\s;&]+;")
_REFERENCE_IN_TAG: Final = re.compile(rf"<[^>]*{_REFERENCE.pattern}")


class Prologue:
    """The beginning of a file up to the root's start tag, which is that of a guide and declares nothing harmful.

    `head` is what was read of the file for that. `has_doctype` and `has_entities` tell whether the file may refer to
    entities, and whether it declares harmless ones itself.

    The file is handed to the parser byte by byte, so nothing behind the root's start tag is parsed before the
    declarations are known to be harmless. In lxml 6.1 a parser reports elements inside an entity, expanded or not,
    and when such an entity is not well-formed, what it reported points to memory that has been freed.

    Raises `GuideRefusedError` for anything else, and `lxml.etree.XMLSyntaxError` where the beginning is no XML.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.head = stream.read(ENCODING_BYTES)
        if not self.head:
            raise GuideRefusedError("The file is empty.")
        root = self._step_to_root(stream)
        _refuse_other_formats(root)
        dtd = cast("Any", root.getroottree().docinfo.internalDTD)
        self.has_doctype = dtd is not None
        entities = list(dtd.iterentities()) if self.has_doctype else []
        if not all(_is_harmless(entity) for entity in entities):
            raise GuideRefusedError("The file declares entities that are more than a plain text.")
        self.has_entities = bool(entities)

    def _step_to_root(self, stream: BinaryIO) -> etree._Element:
        parser = cast("Any", etree.XMLPullParser)(events=("start",), **CAREFULLY)
        step = self.head
        while step:
            parser.feed(step)
            for _, root in parser.read_events():
                return cast("etree._Element", root)
            if len(self.head) > LONGEST_PROLOGUE:
                raise GuideRefusedError(f"The file has no root element within its first {LONGEST_PROLOGUE:,} bytes.")
            step = stream.read(1)
            self.head += step
        return cast("etree._Element", parser.close())


def refuse_entities_in_attributes(element: etree._Element) -> None:
    """In an attribute the XML library would expand what a text keeps as it is written."""
    if _REFERENCE_IN_TAG.search(etree.tostring(element, encoding="unicode", with_tail=False)):
        raise GuideRefusedError(f"The file refers to an entity in an attribute (line {element.sourceline}).")


def _refuse_other_formats(root: etree._Element) -> None:
    namespace, _, name = root.tag.rpartition("}")
    if name.lower() == "html":
        raise GuideRefusedError("The file is a web page, perhaps an error message, and not a guide.")
    if name != "tv":
        raise GuideRefusedError(f"The file is XML but not XMLTV: its root element is <{name[:50]}> and not <tv>.")
    if namespace:
        raise GuideRefusedError("The file is XML but not XMLTV: its elements belong to a namespace.")


def _is_harmless(entity: Any) -> bool:
    """Whether an entity is a plain text: such a declaration may stay, and still nothing is expanded."""
    texts = (entity.orig or "", entity.content or "")
    has_content = entity.content is not None and entity.system_url is None
    return has_content and not any("<" in text or _REFERENCE.search(text) for text in texts)
