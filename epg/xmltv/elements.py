"""A guide as a sequence of channel and programme elements, in memory that does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from lxml import etree

from epg.errors import GuideRefusedError
from epg.xmltv.limits import NameLimit, TokenLimit
from epg.xmltv.prologue import CAREFULLY, Prologue, refuse_entities_in_attributes

CHUNK_BYTES: Final = 65_536
LARGEST_RECORD: Final = 1024 * 1024
RECORDS: Final = ("channel", "programme")


class Elements:
    """Each channel and programme under the root of a guide, complete; when the next is asked for, it may be gone.

    `has_doctype`, whether they may refer to entities, is known from the first on.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.has_doctype = False
        self._stream = stream
        self._tree = _GrowingTree()

    @property
    def is_cut(self) -> bool:
        """Whether the present one had more than `LARGEST_RECORD` bytes; its content has been dropped."""
        return self._tree.has_large_record

    def __iter__(self) -> Iterator[etree._Element]:
        try:
            yield from self._read()
        except etree.XMLSyntaxError as error:
            raise GuideRefusedError(_complaint(error)) from None

    def _read(self) -> Iterator[etree._Element]:
        prologue = Prologue(self._stream)
        self.has_doctype = prologue.has_doctype
        names, tokens = NameLimit(), TokenLimit()
        chunk = prologue.head
        while chunk:
            for element in self._tree.grow(chunk):
                if prologue.has_entities:
                    refuse_entities_in_attributes(element)
                yield element
            tokens.count(chunk, has_progressed=self._tree.trim())
            names.look_at(chunk)
            chunk = self._stream.read(CHUNK_BYTES)
        self._tree.close()


class _GrowingTree:
    """The document as far as it has been parsed and is still needed.

    After each chunk of the file everything is cut off but what is open, that is, has not ended yet, and the last
    element inside each open one. The parser goes on writing there: it appends to an open element, or to the text
    behind its last child. Where that text is gone it begins another, but it must never find an earlier one in its
    place, whose length it does not know.
    """

    def __init__(self) -> None:
        self.has_large_record = False
        self._parser = cast("Any", etree.XMLPullParser)(events=("start", "end"), tag=("tv", *RECORDS), **CAREFULLY)
        self._root: etree._Element | None = None
        self._open: etree._Element | None = None
        self._open_bytes = 0

    def grow(self, chunk: bytes) -> Iterator[etree._Element]:
        """Parse this chunk. The channels and programmes that end in it; those inside of other elements are none."""
        self._parser.feed(chunk)
        for event, element in self._parser.read_events():
            if self._root is None:
                self._root = element
            elif element.getparent() is not self._root or element.tag == "tv":
                continue
            elif event == "start":
                self._open, self._open_bytes, self.has_large_record = element, 0, False
            else:
                yield element
                self._open = None
        if self._open is not None:
            self._open_bytes += len(chunk)
            self.has_large_record = self._open_bytes > LARGEST_RECORD

    def trim(self) -> bool:
        """Forget what is not needed any more; return whether there was anything new since the last time."""
        element, is_new = self._root, False
        # What is not an element here is a reference to an entity.
        while element is not None and isinstance(element.tag, str):
            if element is self._open and not self.has_large_record:
                return True
            is_new = is_new or len(element) > 1 or bool(element.text)
            element.text = None
            if not len(element):
                break
            del element[:-1]
            element = element[-1]
            is_new = is_new or bool(element.tail)
            element.tail = None
        return is_new

    def close(self) -> None:
        """Raise `lxml.etree.XMLSyntaxError` if the document has not ended."""
        self._parser.close()


def line_of(element: etree._Element) -> int:
    """The line of the file that the element begins in; 0 if the XML library does not know."""
    return cast("int | None", element.sourceline) or 0


def _complaint(error: etree.XMLSyntaxError) -> str:
    code = cast("Any", error).code  # the stubs do not know it
    if code == etree.ErrorTypes.ERR_INVALID_ENCODING:
        return f"The file is not in the encoding it declares, or in UTF-8 if it declares none (line {error.lineno})."
    if code in (etree.ErrorTypes.ERR_TAG_NOT_FINISHED, etree.ErrorTypes.ERR_GT_REQUIRED):
        return f"The file breaks off in line {error.lineno}."
    return f"The file is not well-formed XML: {error.msg}."
