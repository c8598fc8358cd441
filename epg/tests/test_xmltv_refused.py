"""Files that are no sound guide, and what may not happen because of them."""

from __future__ import annotations

import io
from pathlib import Path
from unittest.mock import Mock

import pytest

from epg.errors import GuideRefusedError
from epg.tests.guides import channel, guide, programme, read
from epg.xmltv import GuideChannel, GuideProgramme, Skipped, covered_period, read_guide
from epg.xmltv.prologue import Prologue


def entity(declaration: str) -> str:
    """A head of a file with this declaration."""
    return f"<!DOCTYPE tv [{declaration}]>"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"hi", "The file is not well-formed XML: Start tag expected, '<' not found, line 1, column 1."),
        (b"hello", "The file is not well-formed XML: Start tag expected, '<' not found, line 1, column 1."),
        (b"<tv", "The file breaks off in line 1."),
        (b"<tv><channel id='a'>", "The file breaks off in line 1."),
        (b"<tv/><tv/>", "The file is not well-formed XML: Extra content at the end of the document, line 1, column 6."),
        (b"<rss/>", "The file is XML but not XMLTV: its root element is <rss> and not <tv>."),
        (b"<tv xmlns='urn:x'/>", "The file is XML but not XMLTV: its elements belong to a namespace."),
        (b"<HTML><br></HTML>", "The file is a web page, perhaps an error message, and not a guide."),
        (
            b"<tv><channel id='caf\xe9'/></tv>",
            "The file is not in the encoding it declares, or in UTF-8 if it declares none (line 1).",
        ),
    ],
)
def test_a_file_that_is_no_guide_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(GuideRefusedError) as refused:
        read(io.BytesIO(content))

    assert str(refused.value) == sentence


def test_a_guide_is_refused_for_its_period_as_for_its_programmes() -> None:
    with pytest.raises(GuideRefusedError, match="breaks off"):
        covered_period(io.BytesIO(b"<tv><channel id='a'>"))


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY x PUBLIC "-//x" "http://127.0.0.1:9/x">',
        '<!ENTITY y "yes"><!ENTITY x "&y;">',
        '<!ENTITY x "&#38;y;">',
        '<!ENTITY x "<b>bold</b>">',
        '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;',
    ],
)
def test_an_entity_that_leads_anywhere_is_refused_even_when_unused(declaration: str) -> None:
    with pytest.raises(GuideRefusedError, match="declares entities"):
        read(guide(channel(), head=entity(declaration)))


def test_a_broken_entity_is_refused_before_the_parser_comes_to_its_use() -> None:
    head = entity('<!ENTITY y "H"><!ENTITY x "<b>&y;</b></desc></">')

    with pytest.raises(GuideRefusedError, match="declares entities"):
        read(guide(channel("one.demo", "&x;"), head=head))


def test_nothing_behind_the_start_of_the_root_is_read_before_the_declarations_are_judged() -> None:
    head = entity('<!ENTITY x "one">')
    stream = guide(channel("one.demo", "&x;"), head=head)

    prologue = Prologue(stream)

    assert prologue.head == f"{head}<tv>".encode()
    assert (prologue.has_doctype, prologue.has_entities) == (True, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1"])
def test_a_prologue_is_judged_in_any_encoding(encoding: str) -> None:
    declared = "ISO-8859-1" if encoding == "latin-1" else encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><!DOCTYPE tv SYSTEM "xmltv.dtd"><tv>{channel("é")}</tv>'

    assert read(io.BytesIO(text.encode(encoding))) == [GuideChannel("é", ("One",), None, None)]


def test_a_prologue_without_end_is_refused() -> None:
    with pytest.raises(GuideRefusedError, match="no root element"):
        read(guide(channel(), head=f"<!--{' ' * 70_000}-->"))


@pytest.mark.parametrize("identifier", ['SYSTEM "{}"', 'PUBLIC "-//XMLTV//DTD" "{}"'])
def test_the_document_type_that_a_file_names_is_not_fetched(identifier: str, tmp_path: Path) -> None:
    dtd = tmp_path / "xmltv.dtd"
    dtd.write_text("<!BROKEN> whoever reads this, complains", encoding="utf-8")

    for address in (str(dtd), dtd.as_uri(), "http://127.0.0.1:9/xmltv.dtd", "xmltv.dtd"):
        for name in ("One", "&x;"):
            records = read(guide(channel("one.demo", name), head=f"<!DOCTYPE tv {identifier.format(address)}>"))
            assert records[-1] == GuideChannel("one.demo", (name,), None, None)


def test_a_reference_in_a_text_is_not_expanded_but_shown_and_noted() -> None:
    records = read(guide(channel("one.demo", "Harbour &x; 1"), head=entity('<!ENTITY x "&amp; Sons">')))

    note, declared = records
    assert note == Skipped(1, "The reference &x; is shown as it is written.", "reference")
    assert declared == GuideChannel("one.demo", ("Harbour &x; 1",), None, None)


def test_a_reference_in_a_name_is_shown_as_written() -> None:
    head = entity('<!ENTITY x "Sons">')

    _, record = read(guide(programme("0600", "0700", more="<credits><actor>A &x;</actor></credits>"), head=head))

    assert isinstance(record, GuideProgramme)
    assert record.credits == [("actor", "A &x;", None)]


def test_a_reference_between_programmes_changes_nothing() -> None:
    head = '<!DOCTYPE tv SYSTEM "xmltv.dtd">'

    assert len(read(guide("&x;", channel(), "&x;", programme("0600", "0700"), "&x;", head=head))) == 2


@pytest.mark.parametrize("attribute", ['id="&x;"', 'id="one.demo" x-other="a &x; b"'])
def test_a_reference_in_an_attribute_is_refused(attribute: str) -> None:
    with pytest.raises(GuideRefusedError, match="in an attribute"):
        read(guide(f"<channel {attribute}/>", head=entity('<!ENTITY x "secret">')))


def test_a_reference_to_an_entity_of_a_missing_dtd_is_shown_as_written() -> None:
    records = read(guide(channel("one.demo", "Caf&eacute;"), head='<!DOCTYPE tv SYSTEM "xmltv.dtd">'))

    assert records[1] == GuideChannel("one.demo", ("Caf&eacute;",), None, None)


def test_a_default_value_from_the_file_itself_cannot_be_multiplied_without_end() -> None:
    head = entity(f'<!ATTLIST x y CDATA "{"z" * 60_000}">')

    with pytest.raises(GuideRefusedError, match="not well-formed"):
        read(guide("<x/>" * 16_000, head=head))


def test_an_error_of_the_reader_is_not_taken_for_one_of_the_file() -> None:
    stream = Mock()
    stream.read.side_effect = [b"<tv>", OSError("the disk is gone")]

    with pytest.raises(OSError, match="the disk is gone"):
        list(read_guide(stream))
