"""Reading a guide takes no more memory for a longer one, whatever it is made longer with."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from epg.errors import GuideRefusedError
from epg.tests.guides import guide, programme, read
from epg.xmltv import GuideProgramme, Skipped, read_guide
from epg.xmltv.elements import CHUNK_BYTES, LARGEST_RECORD
from epg.xmltv.limits import LONGEST_TOKEN, MOST_NAMES

DOCTYPE = '<!DOCTYPE tv SYSTEM "xmltv.dtd">'
# What comes before, what is repeated without end, what comes behind, and how many records that makes.
LONG = {
    "unknown elements": ("<tv>", "<x-unknown/>", "</tv>", 0),
    "comments": ("<tv>", "<!-- a comment -->\n", "</tv>", 0),
    "text between elements": ("<tv>", "text between elements ", "</tv>", 0),
    "text behind an element": ("<tv><x/>", "text behind an element ", "</tv>", 0),
    "elements in unknown ones": ("<tv><x>", "<y>text</y> text", "</x></tv>", 0),
    "text in unknown elements": ("<tv><x>", "text in an unknown element", "</x></tv>", 0),
    "text behind one in an unknown one": ("<tv><x><y/>", "text behind an element ", "</x></tv>", 0),
    "programmes in unknown ones": ("<tv><x>", "<programme/>", "</x></tv>", 0),
    "many descriptions": ("<tv><programme>", "<desc>many descriptions</desc>", "</programme></tv>", 1),
    "one long description": ("<tv><programme><desc>", "one long description", "</desc></programme></tv>", 1),
    "references": (f"{DOCTYPE}<tv>", "&x;", "</tv>", 0),
    "references in unknown elements": (f"{DOCTYPE}<tv><x>", "&x;<y/>", "</x></tv>", 0),
}
# Measures in a process of its own, because this one has been larger before. What getrusage tells there is no use: it
# begins with the size of the process that started it.
MEASURE = """
import itertools, json, pathlib, sys
import django_stubs_ext
django_stubs_ext.monkeypatch()
sys.path[:0] = [".", "platform"]
from epg.xmltv import read_guide

class Long:
    def __init__(self, before, part, after, count):
        parts = itertools.repeat(part.encode() * 1000, count // 1000)
        self.parts = itertools.chain([before.encode()], parts, [after.encode()])
        self.rest = b""
    def read(self, size):
        while len(self.rest) < size and (part := next(self.parts, b"")):
            self.rest += part
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

def peak():
    status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])

measured = {}
for name, (before, part, after, _) in json.load(sys.stdin).items():
    list(read_guide(Long(before, part, after, 20_000)))
    start = peak()
    count = sum(1 for _ in read_guide(Long(before, part, after, 200_000)))
    measured[name] = count, peak() - start
print(json.dumps(measured))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process how large it has been")
def test_memory_does_not_grow_with_the_file() -> None:
    process = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", MEASURE], input=json.dumps(LONG), capture_output=True, text=True, check=True
    )
    measured = json.loads(process.stdout)

    assert {name: count for name, (count, _) in measured.items()} == {name: long[3] for name, long in LONG.items()}
    # In kB; two hundred thousand of these as a tree would take 20 MB.
    assert {name: grown for name, (_, grown) in measured.items() if grown > 5_000} == {}


def large(size: int) -> str:
    """A programme with this many bytes of text."""
    return programme("0600", "0700", more=f"<desc>{'a' * size}</desc>")


def test_a_programme_of_more_than_a_megabyte_is_skipped_and_the_rest_is_read() -> None:
    records = read(
        guide(programme("0500", "0600"), "\n", large(LARGEST_RECORD + CHUNK_BYTES), programme("0700", "0800"))
    )

    assert [type(record) for record in records] == [GuideProgramme, Skipped, GuideProgramme]
    assert records[1] == Skipped(2, "The programme has more than 1,048,576 bytes.", "too_large")


def test_a_programme_of_half_a_megabyte_is_read() -> None:
    before, record, after = read(
        guide(programme("0500", "0600"), large(LARGEST_RECORD // 2), programme("0700", "0800"))
    )

    assert isinstance(record, GuideProgramme)
    assert len(record.synopsis or "") == LARGEST_RECORD // 2
    assert isinstance(before, GuideProgramme)
    assert isinstance(after, GuideProgramme)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64, 1000])
def test_a_guide_is_read_the_same_in_chunks_of_any_size(chunk: int) -> None:
    text = guide(
        *("before", programme("0600", "0700", more="<desc>long &amp; wide</desc>"), "<x>a<y>b</y>c</x>", "<!-- no -->"),
        *("between", programme("0700", "0800", more="<credits><actor>A<url>b</url></actor></credits>"), "behind"),
    ).getvalue()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, chunk) if size and size > 0 else chunk)

    assert list(read_guide(Slow(text))) == read(io.BytesIO(text))


@pytest.mark.parametrize(
    ("before", "part"),
    [("<tv><!--", "comment "), ("<tv><x y='", "value "), ("<tv><![CDATA[", "text "), ("<tv><", "name")],
    ids=["comment", "attribute", "cdata", "tag"],
)
def test_a_file_that_comes_to_no_end_of_a_tag_or_comment_is_refused(before: str, part: str) -> None:
    stream = Endless(before, part)

    with pytest.raises(GuideRefusedError, match="and nothing between"):
        list(read_guide(stream))  # type: ignore[arg-type]  # all that is asked of it is to be read

    assert stream.bytes_read < 2 * LONGEST_TOKEN


@pytest.mark.parametrize(
    "between", ["\n", "<!-- a comment -->\n", "<x-unknown/>", "<x-unknown>text</x-unknown>", "text"]
)
def test_a_long_guide_is_not_taken_for_one_long_comment(between: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("epg.xmltv.limits.LONGEST_TOKEN", 2 * CHUNK_BYTES)
    many = between * (4 * CHUNK_BYTES // len(between))

    assert len(read(guide(many, *[programme("0600", "0700")] * 5000, many, large(300_000), many))) == 5001


@pytest.mark.parametrize("element", ["<x{0}/>", "<x y{0}=''/>", "<x xmlns:y='{0}'/>", "<x xml:id='y{0}'/>", "&x{0};"])
def test_a_file_that_goes_on_inventing_names_is_refused(element: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("epg.xmltv.limits.ONE_CHUNK_IN", 1)
    elements = (element.format(number) for number in range(MOST_NAMES + 10_000))

    with pytest.raises(GuideRefusedError, match="different names"):
        read(guide(*elements, head=DOCTYPE))


def test_texts_are_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("epg.xmltv.limits.ONE_CHUNK_IN", 1)
    texts = (f"title {number} &amp; &#{number + 100}; of {number} = {number}" for number in range(MOST_NAMES + 1000))

    assert len(read(guide(*(programme("0600", "0700", text) for text in texts)))) == MOST_NAMES + 1000


class Endless:
    """A stream that begins so and goes on with this for ever."""

    def __init__(self, before: str, part: str) -> None:
        self.bytes_read = 0
        self._parts = self._all(before, part)
        self._rest = b""

    @staticmethod
    def _all(before: str, part: str) -> Iterator[bytes]:
        yield before.encode()
        while True:
            yield part.encode() * 10_000

    def read(self, size: int) -> bytes:
        """Always as much as is asked for."""
        while len(self._rest) < size:
            self._rest += next(self._parts)
        taken, self._rest = self._rest[:size], self._rest[size:]
        self.bytes_read += size
        return taken
