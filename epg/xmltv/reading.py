"""From a file to its records."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import BinaryIO, Final

from lxml import etree

from epg.xmltv.channels import channel
from epg.xmltv.children import UnreadableError
from epg.xmltv.elements import LARGEST_RECORD, Elements, line_of
from epg.xmltv.programmes import ProgrammeReader
from epg.xmltv.records import GuideChannel, GuideProgramme, Skipped
from epg.xmltv.texts import clean
from epg.xmltv.times import Times

LONGEST_REFERENCE: Final = 100


def read_guide(
    stream: BinaryIO, *, zone: tzinfo = UTC, language: str = ""
) -> Iterator[GuideChannel | GuideProgramme | Skipped]:
    """The records of a guide in the order of the file, one at a time; memory does not grow with the file.

    Times without an offset are local times of `zone`. Of titles, sub-titles, synopses and genres in several languages
    those in `language` are taken ("en" takes "en-GB" too), and without it, or where there are none, the first.

    Raises `GuideRefusedError` for a file that as a whole is no sound guide, which may be known only at its end:
    use nothing before the last record has come.
    """
    elements = Elements(stream)
    reader = ProgrammeReader(zone, language)
    for element in elements:
        try:
            _refuse_cut(elements, element)
            if elements.has_doctype:
                for entity in element.iter(etree.Entity):
                    yield _reference_note(element, entity)
            yield channel(element) if element.tag == "channel" else reader.programme(element)
        except UnreadableError as error:
            yield Skipped(line_of(element), str(error), error.kind)


def covered_period(stream: BinaryIO, *, zone: tzinfo = UTC) -> tuple[datetime, datetime] | None:
    """The earliest start and the latest stop of a guide, without reading its programmes; None when it has none.

    Raises `GuideRefusedError` as `read_guide` does.
    """
    times = Times(zone)
    first, last = math.inf, -math.inf
    for element in Elements(stream):
        for name in ("start", "stop") if element.tag == "programme" else ():
            with suppress(ValueError):
                moment, _ = times.read(element.get(name) or "")
                first, last = min(first, moment), max(last, moment)
    return (datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)) if first <= last else None


def _refuse_cut(elements: Elements, element: etree._Element) -> None:
    if elements.is_cut:
        raise UnreadableError("too_large", f"The {element.tag} has more than {LARGEST_RECORD:,} bytes.")


def _reference_note(element: etree._Element, entity: etree._Element) -> Skipped:
    reason = f"The reference {clean(entity.text or '')[:LONGEST_REFERENCE]} is shown as it is written."
    return Skipped(line_of(element), reason, "reference")
