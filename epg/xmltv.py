"""The XMLTV format: bytes in, plain records out. No database.

The format is https://github.com/XMLTV/xmltv/blob/master/xmltv.dtd. Guides in the wild differ from it in the order
of elements, in blanks, in ids and in how episodes are numbered; what can be understood is read, and what cannot
is a `Skipped` with its reason. Nothing that a file refers to is ever fetched, and no entity is ever expanded.
"""

from __future__ import annotations

import gzip
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, BinaryIO, Final, cast

from lxml import etree

from epg.errors import GuideRefusedError
from epg.ratings import strictest

GZIP_MAGIC: Final = b"\x1f\x8b"
XZ_MAGIC: Final = b"\xfd7zXZ\x00"
# What the XML library looks at to tell UTF-8 from UTF-16.
ENCODING_BYTES: Final = 4
LONGEST_PROLOGUE: Final = 65_536
# Outside these years a time is a placeholder such as 1970-01-01, or a slip of the pen.
PLAUSIBLE_YEARS: Final = range(1990, 2101)

# Hours from UTC. Names that mean different times in different countries are left out, such as IST; EST to PST
# are taken for America's, where guides with such names come from.
ZONE_HOURS: Final = {
    name: hours
    for hours, names in {
        0: "UTC UT GMT Z WET",
        1: "BST CET MET WEST",
        2: "CEST MEST EET",
        3: "EEST MSK",
        9: "JST",
        10: "AEST",
        11: "AEDT",
        12: "NZST",
        13: "NZDT",
        -4: "EDT",
        -5: "EST CDT",
        -6: "CST MDT",
        -7: "MST PDT",
        -8: "PST AKDT",
        -9: "AKST",
        -10: "HST",
    }.items()
    for name in names.split()
}
_TIME: Final = re.compile(r"(\d{12}(?:\d\d)?)\s*(?:([+-])(\d\d):?([0-5]\d)|([A-Za-z]+))?")
_NUMBER: Final = re.compile(r"\d{1,9}")
_XMLTV_NS: Final = re.compile(r"(\d{0,9})(?:/\d*)?\.(\d{0,9})(?:/\d*)?(?:\.[\d/]*)?")
_ON_SCREEN: Final = re.compile(
    r"(?:\bS(?:eason|eries)?[ .]*(\d{1,9}))?[ ,.:/-]*(?:\bE|(?<=\d)E)(?:p(?:isode)?)?[ .]*(\d{1,9})\b"
    r"|\bS(?:eason|eries)?[ .]*(\d{1,9})\b",
    re.IGNORECASE,
)
# Characters that show nothing or turn the text around: controls, soft hyphen, zero widths, direction marks.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# What a thing is, not what it is about; as a genre only when nothing better is given.
_KINDS: Final = frozenset({"movie", "movies", "film", "series", "show", "programme", "program"})
_REFERENCE: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\w+);)[^\s;&]+;")
_REFERENCE_IN_TAG: Final = re.compile(rf"<[^>]*{_REFERENCE.pattern}")


@dataclass(frozen=True, slots=True)
class GuideChannel:
    """A channel that the guide declares.

    `names` are its display names in order, without those that are only a number; the first of these is `number`.
    """

    id: str
    names: tuple[str, ...]
    icon: str | None
    number: int | None


@dataclass(frozen=True, slots=True)
class GuideProgramme:
    """A programme of the guide, on one channel at one time.

    Times are aware UTC; without `stop` it lasts until the next one starts. Seasons and episodes count from one.
    `age_rating` is a step of the maturity ladder or None when `rating_original`, as "BBFC 15", is unknown or missing.
    `year` is when it was made. Two programmes that differ only in `line` are equal.
    """

    channel_id: str
    start: datetime
    stop: datetime | None
    title: str
    sub_title: str | None
    synopsis: str | None
    genre: str | None
    season_number: int | None
    episode_number: int | None
    age_rating: str | None
    rating_original: str | None
    is_new: bool
    is_repeat: bool
    year: int | None
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something at this line that could not be read, with the reason as a sentence."""

    line: int
    reason: str


class _UnreadableError(Exception):
    """Why one channel or programme cannot be read."""


def read_guide(stream: BinaryIO) -> Iterator[GuideChannel | GuideProgramme | Skipped]:
    """The records of a guide in the order of the file, one at a time; memory does not grow with the file.

    Raises `GuideRefusedError` for a file that as a whole is no sound guide, which may be known only at its end:
    use nothing before the last record has come.
    """
    for element in _elements(stream):
        yield from _entity_notes(element)
        try:
            yield _channel(element) if element.tag == "channel" else _programme(element)
        except _UnreadableError as error:
            yield Skipped(_line(element), str(error))


def covered_period(stream: BinaryIO) -> tuple[datetime, datetime] | None:
    """The earliest start and the latest stop of a guide, without reading its programmes; None when it has none.

    Raises `GuideRefusedError` as `read_guide` does.
    """
    times = [
        _time_or_none(element.get(name))
        for element in _elements(stream)
        if element.tag == "programme"
        for name in ("start", "stop")
    ]
    known = [time for time in times if time]
    return (min(known), max(known)) if known else None


def decompressed(stream: BinaryIO) -> BinaryIO:
    """The bytes of a file that may be compressed with gzip or xz, told by its first bytes; it must be seekable."""
    magic = stream.read(len(XZ_MAGIC))
    stream.seek(0)
    if magic.startswith(GZIP_MAGIC):
        return cast("BinaryIO", gzip.open(stream))
    return cast("BinaryIO", lzma.open(stream)) if magic == XZ_MAGIC else stream


def parse_time(text: str) -> datetime:
    """An XMLTV time, "YYYYMMDDhhmm[ss] [zone]", as aware UTC; the zone is "+0100" or a name, and UTC when missing.

    Raises ValueError for anything else, for a zone that is unknown and for a year that is not plausible.
    """
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    digits, sign, hours, minutes, name = match.groups()
    offset = timedelta(hours=_zone_hours(name) if name else int(hours or 0), minutes=int(minutes or 0))
    moment = datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}").replace(
        tzinfo=timezone(-offset if sign == "-" else offset)
    )
    if moment.year not in PLAUSIBLE_YEARS:
        raise ValueError(text)
    return moment.astimezone(UTC)


def clean(text: str) -> str:
    """One line without control, direction and zero-width characters; each run of white space is one blank."""
    return " ".join(_INVISIBLE.sub("", text).split())


def parse_episode(system: str | None, text: str) -> tuple[int | None, int | None]:
    """Season and episode, counted from one, as far as an <episode-num> tells; "onscreen" is the DTD's default system.

    "1.9.0/2" in `xmltv_ns` counts from zero and is season 2, episode 10; "S2 E10" is the same on screen.
    """
    if system == "xmltv_ns" and (match := _XMLTV_NS.fullmatch("".join(text.split()))):
        season, episode = match.groups()
        return (int(season) + 1 if season else None), (int(episode) + 1 if episode else None)
    if system in (None, "", "onscreen", "xmltv_ns") and (match := _ON_SCREEN.search(text)):
        season, episode = match[1] or match[3], match[2]
        return (int(season) if season else None), (int(episode) if episode else None)
    return None, None


def _elements(stream: BinaryIO) -> Iterator[etree._Element]:
    """Each channel and programme under the root, whole; when the next is asked for, it is gone."""
    source = _SteppingStream(stream)
    root: etree._Element | None = None
    try:
        for event, element in _events(source):
            if root is None:
                root = element
                has_entities = _judge(root)
                source.is_judged = True
            elif event == "end" and element.getparent() is root:
                if element.tag in ("channel", "programme"):
                    if has_entities:
                        _refuse_entities_in_attributes(element)
                    yield element
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise GuideRefusedError(_complaint(error, is_empty=root is None and error.position == (0, 0))) from None
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError):
        raise GuideRefusedError("The compressed file is damaged or incomplete.") from None


class _SteppingStream:
    """Hands out a file byte by byte until its beginning has been judged.

    So nothing behind the root's start tag is parsed before the declarations of the file are known to be harmless.
    In lxml 6.1 iterparse reports elements inside an entity, expanded or not, and when such an entity is not
    well-formed, what it reported points to memory that has been freed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.is_judged = False
        self._stream = stream
        self._handed_out = 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes. Raises `GuideRefusedError` when the root does not come."""
        if self.is_judged:
            return self._stream.read(size)
        if self._handed_out > LONGEST_PROLOGUE:
            raise GuideRefusedError(f"The file has no root element within its first {LONGEST_PROLOGUE:,} bytes.")
        step = 1 if self._handed_out else ENCODING_BYTES
        self._handed_out += step
        return self._stream.read(step)


def _events(stream: _SteppingStream) -> Iterator[tuple[str, etree._Element]]:
    return cast(
        "Iterator[tuple[str, etree._Element]]",
        etree.iterparse(
            stream,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=False,
            remove_comments=True,
            remove_pis=True,
        ),
    )


def _forget(element: etree._Element) -> None:
    """Give back the memory of what has been read: the element's content, and what stood before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _complaint(error: etree.XMLSyntaxError, *, is_empty: bool) -> str:
    if is_empty:
        return "The file is empty."
    code = cast("Any", error).code  # the stubs do not know it
    if code == etree.ErrorTypes.ERR_INVALID_ENCODING:
        return f"The file is not in the encoding it declares, or in UTF-8 if it declares none (line {error.lineno})."
    if code in (etree.ErrorTypes.ERR_TAG_NOT_FINISHED, etree.ErrorTypes.ERR_GT_REQUIRED):
        return f"The file breaks off in line {error.lineno}."
    return f"The file is not well-formed XML: {error.msg}."


def _judge(root: etree._Element) -> bool:
    """Refuse what is no guide or declares harmful entities; return whether harmless ones are declared."""
    name = root.tag.rpartition("}")[2]
    if name.lower() == "html":
        raise GuideRefusedError("The file is a web page, perhaps an error message, and not a guide.")
    if root.tag != "tv":
        raise GuideRefusedError(f"The file is XML but not XMLTV: its root element is <{name[:50]}> and not <tv>.")
    dtd = cast("Any", root.getroottree().docinfo.internalDTD)
    entities = [] if dtd is None else list(dtd.iterentities())
    if not all(_is_harmless(entity) for entity in entities):
        raise GuideRefusedError("The file declares entities that are more than a plain text.")
    return bool(entities)


def _is_harmless(entity: Any) -> bool:
    """Whether an entity is a plain text: such a declaration may stay, and still nothing is expanded."""
    texts = (entity.orig or "", entity.content or "")
    has_content = entity.content is not None and entity.system_url is None
    return has_content and not any("<" in text or _REFERENCE.search(text) for text in texts)


def _refuse_entities_in_attributes(element: etree._Element) -> None:
    """In an attribute the XML library would expand what a text keeps as it is written."""
    if _REFERENCE_IN_TAG.search(etree.tostring(element, encoding="unicode", with_tail=False)):
        raise GuideRefusedError(f"The file refers to an entity in an attribute (line {_line(element)}).")


def _entity_notes(element: etree._Element) -> Iterator[Skipped]:
    for entity in element.iter(etree.Entity):
        yield Skipped(_line(element), f"The reference {clean(entity.text or '')} is shown as it is written.")


def _channel(element: etree._Element) -> GuideChannel:
    channel_id = (element.get("id") or "").strip()
    if not channel_id:
        raise _UnreadableError("The channel has no id.")
    names = _texts(element, "display-name")
    numbers = [int(name) for name in names if _is_number(name)]
    icons = [source.strip() for icon in element.iterchildren("icon") if (source := icon.get("src"))]
    return GuideChannel(
        id=channel_id,
        names=tuple(name for name in names if not _is_number(name)),
        icon=next(filter(None, icons), None),
        number=next(filter(None, numbers), None),
    )


def _programme(element: etree._Element) -> GuideProgramme:
    channel_id = (element.get("channel") or "").strip()
    if not channel_id:
        raise _UnreadableError("The programme names no channel.")
    title = next(iter(_texts(element, "title")), None)
    if title is None:
        raise _UnreadableError("The programme has no title.")
    season_number, episode_number = _episode(element)
    age_rating, rating_original = strictest(_ratings(element))
    return GuideProgramme(
        channel_id=channel_id,
        start=_start(element),
        stop=_stop(element),
        title=title,
        sub_title=next(iter(_texts(element, "sub-title")), None),
        synopsis=next(iter(_texts(element, "desc")), None),
        genre=_genre(element),
        season_number=season_number,
        episode_number=episode_number,
        age_rating=age_rating,
        rating_original=rating_original,
        is_new=element.find("new") is not None or element.find("premiere") is not None,
        is_repeat=element.find("previously-shown") is not None,
        year=_year(element),
        line=_line(element),
    )


def _start(element: etree._Element) -> datetime:
    text = element.get("start")
    if text is None:
        raise _UnreadableError("The programme has no start time.")
    return _time(text, "start")


def _stop(element: etree._Element) -> datetime | None:
    text = element.get("stop")
    return _time(text, "stop") if text and text.strip() else None


def _time(text: str, name: str) -> datetime:
    try:
        return parse_time(text)
    except ValueError:
        raise _UnreadableError(f"The {name} time “{clean(text)[:40]}” is not a time.") from None


def _time_or_none(text: str | None) -> datetime | None:
    try:
        return parse_time(text or "")
    except ValueError:
        return None


def _zone_hours(name: str) -> int:
    try:
        return ZONE_HOURS[name.upper()]
    except KeyError:
        raise ValueError(name) from None


def _episode(element: etree._Element) -> tuple[int | None, int | None]:
    """What the <episode-num> elements tell; `xmltv_ns` has a defined meaning and goes first."""
    # Nobody needs more than 100 characters for this, and the pattern is not made for megabytes of dots.
    numbers = [(number.get("system"), _text(number)[:100]) for number in element.iterchildren("episode-num")]
    for system, text in sorted(numbers, key=lambda number: number[0] != "xmltv_ns"):
        found = parse_episode(system, text)
        if found != (None, None):
            return found
    return None, None


def _ratings(element: etree._Element) -> list[tuple[str | None, str]]:
    """(system, value) pairs; before 2002 the value was the text of <rating> itself."""
    ratings = [(rating.get("system"), _text(rating)) for rating in element.iterchildren("rating")]
    return [(system, value) for system, value in ratings if value]


def _genre(element: etree._Element) -> str | None:
    categories = _texts(element, "category")
    telling = [category for category in categories if category.lower() not in _KINDS]
    return next(iter(telling or categories), None)


def _year(element: etree._Element) -> int | None:
    year = next(iter(_texts(element, "date")), "")[:4]
    return int(year) if len(year) == 4 and _is_number(year) else None


def _texts(element: etree._Element, name: str) -> list[str]:
    """The texts of the children with this name that say something."""
    return [text for child in element.iterchildren(name) if (text := _text(child))]


def _text(element: etree._Element) -> str:
    return clean("".join(cast("Iterator[str]", element.itertext())) if len(element) else element.text or "")


def _is_number(text: str) -> bool:
    return text.isascii() and _NUMBER.fullmatch(text) is not None


def _line(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 0
