"""How CSV files of channels are read: a table of one's own, and the tables of iptv-org."""

from __future__ import annotations

import csv
import gzip
import io

import pytest

from epg.channels import ChannelsRefusedError
from epg.channels.texts import read_bytes
from epg.places import country_code, language_code
from epg.tests.playlists import STREAM, only, read

ORG = "id,name,country,categories,is_nsfw,closed,replaced_by"
FEEDS = "channel,id,is_main,languages,format"
IDS = "xmltv_id,site,lang,site_id,name"


def table(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def test_a_table_of_ones_own_with_everything() -> None:
    record = only(
        read(
            table(
                "Name,channel_number,logo_url,genre,is_hd,hls_live_url,country,languages,catchup_window_hours,external_ids",
                f"One,7,/logos/1.png,News,false,{STREAM},no,nb;English,24,one.demo;One Norway",
            )
        )
    )
    assert (record.line, record.name, record.channel_number, record.logo_url) == (2, "One", 7, "/logos/1.png")
    assert (record.genre, record.is_hd, record.hls_live_url) == ("News", False, STREAM)
    assert (record.country, record.languages, record.catchup_window_hours) == ("NO", ("nb", "en"), 24)
    assert record.external_ids == ("one.demo", "One Norway")


@pytest.mark.parametrize("divider", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_a_table_may_be_divided_as_spreadsheets_do(divider: str) -> None:
    record = only(read(divider.join(["name", "genre"]).encode() + b"\r\n" + divider.join(["One", "News"]).encode()))
    assert (record.name, record.genre) == ("One", "News")


def test_a_table_with_names_alone_and_quoted_line_ends() -> None:
    found = read(table('"name"', '"One', 'and only"', "", "Two"))
    assert [(record.line, record.name) for record in found.channels] == [(2, "One and only"), (5, "Two")]


def test_what_is_unreadable_in_a_row_is_noted_and_the_rest_is_used() -> None:
    found = read(
        table(
            "name,channel_number,logo_url,is_hd,hls_live_url,country,languages,catchup_window_hours,external_ids,colour",
            f"One,first,ftp://x,perhaps,rtmp://x,Narnia,Elvish,9999,{'x' * 256},red",
            ",1,,,,,,,,",
        )
    )
    record = only(found)
    assert (record.name, record.external_ids, record.hls_live_url) == ("One", (), None)
    kinds = {"unknown_column", "number", "logo", "flag", "address", "country", "language", "catchup", "long_id"}
    assert {note.kind for note in found.notes} == kinds
    assert [(skipped.line, skipped.kind) for skipped in found.skipped] == [(3, "no_name")]


def test_a_channel_of_the_tables_gets_what_all_of_them_say() -> None:
    found = read(
        table(ORG, "BBCOne.uk,BBC One,UK,general;news,FALSE,,"),
        feeds_csv=table(
            FEEDS, "BBCOne.uk,London,TRUE,eng;cym,1080i", "BBCOne.uk,Wales,FALSE,cym,576i", "Other.uk,SD,TRUE,fra,576i"
        ),
        logos_csv=table(
            "channel,feed,in_use,tags,url",
            "BBCOne.uk,Wales,TRUE,,https://a.example.com/wales.png",
            "BBCOne.uk,,FALSE,,https://a.example.com/old.png",
            "BBCOne.uk,,TRUE,white,https://a.example.com/white.png",
            "BBCOne.uk,,TRUE,,https://a.example.com/one.png",
        ),
        guide_ids_csv=table(
            IDS,
            "BBCOne.uk@London,a,en,1,BBC One London",
            "BBCOne.uk,a,en,2,BBC 1",
            "BBCOne.uk@Wales,a,en,3,BBC One Wales",
            "BBCOne.uk@Atlantis,a,en,4,BBC One Atlantis",
        ),
        categories_csv=table("id,name,description", "general,General,Everything"),
    )
    record = only(found)
    assert record.external_ids == ("BBCOne.uk", "BBCOne.uk@London", "BBC One London", "BBC 1")
    assert (record.country, record.languages, record.is_hd) == ("GB", ("en", "cy"), True)
    assert (record.genre, record.logo_url) == ("General", "https://a.example.com/one.png")
    assert [(note.kind, note.name) for note in found.notes] == [("unknown_feed", "BBC One Atlantis")]


def test_the_tables_are_read_without_the_others_beside_them() -> None:
    record = only(read(table(ORG, "One.no,One,NO,kids,FALSE,,")))
    assert (record.external_ids, record.genre, record.is_hd, record.languages) == (("One.no",), "Kids", None, ())


def test_a_closed_channel_is_left_out_and_its_heir_gets_its_id() -> None:
    found = read(
        table(
            ORG,
            "Old.no,Old,NO,,FALSE,2026-11-20,New.no",
            "New.no,New,NO,,FALSE,,",
            "Soon.no,Soon,NO,,FALSE,2026-11-21,New.no",
            "Odd.no,Odd,NO,,FALSE,long ago,",
        )
    )
    assert [record.external_ids for record in found.channels] == [("New.no", "Old.no"), ("Soon.no",)]
    assert [(skipped.name, skipped.kind) for skipped in found.skipped] == [("Old", "closed"), ("Odd", "closed")]
    assert found.skipped[0].reason == "It was closed on 2026-11-20; New.no replaced it and gets its id."


def test_no_sign_that_acts_on_a_terminal_comes_through() -> None:
    row = "\x1b[2JOld.no\x1b[2J,Old\x1b[2J,NO\x1b,\x1b,\x1bFALSE,2020-01-01\x1b[2J,\x1b[2JNew.no"
    found = read(table(ORG, row, "New.no,New,NO,,FALSE,,"))
    own = read(table("name,country,languages,external_ids,\x1bcolour", "One\x1b,\x1b,\x1b,a\x1bb,red"))
    shown = repr(
        [found, own, read(b"#EXTM3U url-tvg='https://a/\x1b[2J'\n#EXTINF:-1 tvg-id='\x1b',\x1bOne\nhttps://\x1b")]
    )
    assert "\\x1b" not in shown


def test_rows_of_the_tables_that_cannot_be_channels_here() -> None:
    found = read(table(ORG, ",No id,NO,,FALSE,,", f"{'x' * 256},Long id,NO,,FALSE,,", "N.no,Night,NO,,TRUE,,"))
    assert [skipped.kind for skipped in found.skipped] == ["no_id", "long_id", "not_for_everybody"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"title,year\nMetropolis,1927", "has no column called name"),
        (b"name,Name\nOne,Two", 'more than one column called "name"'),
        (FEEDS.encode(), "This is a feeds.csv, which is read along with channels.csv"),
        (b"channel,feed,in_use,tags,url", "This is a logos.csv"),
        (IDS.encode(), "This is a guide-ids.csv"),
        (b"name,code,languages,flag\nNorway,NO,nor,x", "This is a countries.csv, which holds no channels"),
        (b"code,name\nnor,Norwegian", "This is a languages.csv, which holds no channels"),
        (b"id,utc_offset,countries\nEurope/Oslo,+01:00,NO", "This is a timezones.csv, which holds no channels"),
        (b"name,party,votes\nAda,Green,12", "only the column name is one of a list of channels"),
        (b'name\n"' + b"x" * 70_000 + b'"', "a cell of more than 64 KB"),
        (b'name,genre\nOne,News\nTwo,"News\nThree,Film\n', "Line 3 is no CSV: unexpected end of data"),
        (b'name,genre\nOne,"News\nTwo,"Film"\n', "Line 2 is no CSV: ',' expected after '\"'"),
        (b'name,"genre\nOne,News\n', "Line 1 is no CSV: unexpected end of data"),
    ],
    ids=[
        "films",
        "a column twice",
        "feeds",
        "logos",
        "ids",
        "countries",
        "languages",
        "time zones",
        "names of others",
        "a long cell",
        "a quote that never ends",
        "a quote that ends in another row",
        "a quote in the header that never ends",
    ],
)
def test_what_is_no_list_of_channels_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ChannelsRefusedError, match=sentence):
        read(content)


def test_what_the_reader_of_csv_refuses_is_refused_with_its_line() -> None:
    usual = csv.field_size_limit(100)
    try:
        with pytest.raises(ChannelsRefusedError, match=r"Line 3 is no CSV: field larger than field limit \(100\)\."):
            read(table("name", "One", "x" * 101))
    finally:
        csv.field_size_limit(usual)


def test_a_table_beside_the_channels_that_is_another_is_refused() -> None:
    with pytest.raises(ChannelsRefusedError, match=r"The feeds.csv beside it has no column called channel, format"):
        read(table(ORG, "One.no,One,NO,,FALSE,,"), feeds_csv=b"id,is_main,languages")


def test_a_table_beside_the_channels_that_is_none_is_refused_by_its_name() -> None:
    with pytest.raises(
        ChannelsRefusedError, match=r"The feeds.csv beside it: Line 2 is no CSV: unexpected end of data"
    ):
        read(table(ORG, "One.no,One,NO,,FALSE,,"), feeds_csv=table(FEEDS, 'One.no,"HD,TRUE,nor,1080i'))


def test_a_table_of_names_and_what_only_its_owner_knows_is_refused_and_with_one_more_of_ours_is_not() -> None:
    with pytest.raises(ChannelsRefusedError, match="only the column name"):
        read(table("name,colour", "One,red"))
    assert only(read(table("name,colour,genre", "One,red,News"))).genre == "News"
    assert only(read(table("code,name,channel_number", "one,One,7"))).channel_number == 7


def test_too_many_channels_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("epg.channels.csv_files.MOST_CHANNELS", 1)
    monkeypatch.setattr("epg.channels.iptv_org.MOST_CHANNELS", 1)
    for content in (b"name\nOne\nTwo", table(ORG, "a,A,NO,,,,", "b,B,NO,,,,")):
        with pytest.raises(ChannelsRefusedError, match="more than 1 channels"):
            read(content)


def test_a_file_beyond_all_measure_is_refused_packed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("epg.channels.texts.LARGEST_FILE", 1024)
    for content in (b"x" * 1025, gzip.compress(b"x" * 1025)):
        with pytest.raises(ChannelsRefusedError, match="larger than"):
            read_bytes(io.BytesIO(content))
    assert read_bytes(io.BytesIO(gzip.compress(b"x" * 1024))) == b"x" * 1024


def test_a_damaged_gzip_is_refused() -> None:
    whole = gzip.compress(b"name\nOne")
    for content in (whole[:-9], whole[:4], whole[:12] + b"\xff\xff" + whole[14:]):
        with pytest.raises(ChannelsRefusedError, match="damaged"):
            read_bytes(io.BytesIO(content))


def test_countries_and_languages_by_every_name() -> None:
    assert [country_code(text) for text in ("UK", "gb", " no ", "Narnia", "")] == ["GB", "GB", "NO", None, None]
    for text in ("cs", "ces", "cze", "Czech", "CZECH"):
        assert language_code(text) == "cs"
    assert [language_code(text) for text in ("rom", "gsw", "zh-Hans", "Klingonese", "")] == [
        "rom",
        "gsw",
        "zh-hans",
        None,
        None,
    ]
