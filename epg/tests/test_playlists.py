"""How playlists are read: whatever players understand, and a sentence for what nobody does."""

from __future__ import annotations

import codecs
import gzip
import time

import pytest

from epg.channels import ChannelList, ChannelsRefusedError
from epg.channels.attributes import read_attributes
from epg.tests.playlists import STREAM, entry, only, playlist, read, read_entry


def skipped(found: ChannelList) -> list[tuple[int, str]]:
    return [(one.line, one.kind) for one in found.skipped]


def notes(found: ChannelList) -> list[tuple[int, str]]:
    return [(one.line, one.kind) for one in found.notes]


def test_an_entry_with_everything() -> None:
    record = read_entry(
        'tvg-id="one.demo" tvg-name="ONE" tvg-logo="https://logos.example.com/1.png" tvg-chno="7" tvg-country="UK" '
        'tvg-language="Welsh;English" group-title="News;Weather" catchup="default" catchup-days="3"',
        "Channel One (1080i)",
    )
    assert (record.line, record.name, record.external_ids) == (2, "Channel One", ("one.demo", "ONE"))
    assert (record.channel_number, record.logo_url) == (7, "https://logos.example.com/1.png")
    assert (record.genre, record.is_hd, record.hls_live_url) == ("News", True, STREAM)
    assert (record.country, record.languages, record.catchup_window_hours) == ("GB", ("cy", "en"), 72)


def test_an_entry_with_nothing_but_a_name_says_nothing_else() -> None:
    record = read_entry()
    assert record.external_ids == record.languages == ()
    said = (record.channel_number, record.logo_url, record.genre, record.is_hd, record.country)
    assert said == (None, None, None, None, None)
    assert record.catchup_window_hours is None


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ('tvg-id="a" group-title="B",C', ({"tvg-id": "a", "group-title": "B"}, "C")),
        ('group-title="News, Local",Tonight, Live', ({"group-title": "News, Local"}, "Tonight, Live")),
        ("tvg-id='a' group-title='B c',C", ({"tvg-id": "a", "group-title": "B c"}, "C")),
        ("tvg-id=a group-title=B,C", ({"tvg-id": "a", "group-title": "B"}, "C")),
        ('tvg-id="a group-title="B",C', ({"tvg-id": "a", "group-title": "B"}, "C")),
        ('tvg-id="a,C', ({"tvg-id": "a"}, "C")),
        ('tvg-id="a', ({"tvg-id": "a"}, "")),
        ('tvg-id="a"group-title="B",C', ({"tvg-id": "a", "group-title": "B"}, "C")),
        ('tvg-name="The "Best" TV" tvg-id="a",C', ({"tvg-name": 'The "Best" TV', "tvg-id": "a"}, "C")),
        ('  tvg-id = "a"  , C ', ({"tvg-id": "a"}, " C ")),
        ('TVG-ID="a" tvg-id="b",C', ({"tvg-id": "a"}, "C")),
        ('junk "more" tvg-id="a",C', ({"tvg-id": "a"}, "C")),
        ('tvg-id="",C', ({"tvg-id": ""}, "C")),
        ('catchup-source="https://a/b?x=${start}&y=1",C', ({"catchup-source": "https://a/b?x=${start}&y=1"}, "C")),
        (",C", ({}, "C")),
        ("", ({}, "")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_attributes_are_read_however_they_are_quoted(written: str, read_as: tuple[dict[str, str], str]) -> None:
    assert read_attributes(written) == read_as


@pytest.mark.parametrize("piece", ['"', "a=", 'a="', "a = ' ", "\t", "=,", "tvg-id", "$", "(5", "#"], ids=repr)
def test_a_line_made_to_be_slow_is_not(piece: str) -> None:
    line = piece * (60_000 // len(piece))
    started = time.process_time()
    read(playlist(f"#EXTINF:-1 {line},One", f"{STREAM}{line}/", f"#EXTINF:-1,{line}", STREAM, f"# {line}"))
    assert time.process_time() - started < 5


def test_the_encodings_of_playlists() -> None:
    text = playlist(entry(name="Télé Été")).decode()
    for content, encoding in (
        (text.encode(), "UTF-8"),
        (codecs.BOM_UTF8 + text.encode(), "UTF-8"),
        (text.encode("latin-1"), "Latin-1"),
        (text.encode("utf-16"), "UTF-16"),
        (gzip.compress(text.encode()), "UTF-8"),
    ):
        found = read(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
        assert (only(found).name, found.encoding) == ("Télé Été", encoding)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_the_line_ends_of_playlists(end: str) -> None:
    found = read(end.join(["#EXTM3U", "#EXTINF:-1,One\u2028Two\x0c", f"   {STREAM}  "]).encode())
    assert (only(found).name, only(found).hls_live_url) == ("One Two", STREAM)


def test_the_header_names_guides_and_speaks_for_all_entries() -> None:
    header = '#EXTM3U x-tvg-url="https://a/1.xml, https://a/2.xml" url-tvg="https://a/1.xml" catchup-days="2"'
    found = read(playlist(entry(), entry('catchup-days="5"', "Two"), header=header))
    assert found.guide_addresses == ["https://a/1.xml", "https://a/2.xml"]
    assert [record.catchup_window_hours for record in found.channels] == [48, 120]


@pytest.mark.parametrize(
    ("attributes", "hours"),
    [
        ('catchup="default" catchup-days="7" catchup-source="https://a/?from=${start}"', 168),
        ('catchup="append" catchup-days="3" catchup-source="?utc={utc}"', 72),
        ('catchup="shift" catchup-days="2"', 48),
        ('catchup="flussonic" catchup-days="5"', 120),
        ('catchup="fs" catchup-days="5"', 120),
        ('catchup="xc" catchup-days="5"', 120),
        ('catchup="vod" catchup-days="0.5"', 12),
        ('tvg-rec="4"', 96),
        ('timeshift="4"', 96),
        ('tvg-rec="0"', 0),
        ('catchup="none" catchup-days="5"', 0),
        ('catchup="default"', None),
        ("", None),
    ],
)
def test_every_kind_of_catch_up_gives_its_window(attributes: str, hours: int | None) -> None:
    found = read(playlist(entry(attributes)))
    assert (only(found).catchup_window_hours, notes(found)) == (hours, [])


@pytest.mark.parametrize(
    "attributes",
    ['catchup-days="soon"', 'catchup-days="-1"', 'catchup-days="9999"', 'catchup-days="NaN"', 'catchup="magic"'],
)
def test_catch_up_that_cannot_be_read_is_noted(attributes: str) -> None:
    found = read(playlist(entry(attributes)))
    assert (only(found).catchup_window_hours, notes(found)) == (None, [(2, "catchup")])


def test_a_group_may_stand_on_its_own_line() -> None:
    behind = read(playlist("#EXTINF:-1,One", "#EXTGRP:Documentary", STREAM, entry(name="Two")))
    before = read(playlist("#EXTGRP:Documentary", entry(), entry(name="Two")))
    for found in (behind, before):
        assert [record.genre for record in found.channels] == ["Documentary", None]


@pytest.mark.parametrize(("group", "genre"), [("Undefined", None), ("undefined;Kids", "Kids"), ("", None), (";", None)])
def test_a_group_that_says_nothing_is_no_genre(group: str, genre: str | None) -> None:
    assert read_entry(f'group-title="{group}"').genre == genre


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (f"{STREAM}|User-Agent=Test&Referer=https%3A%2F%2Fwww.example.com", STREAM),
        (f"{STREAM}$Backup line", STREAM),
        (f"{STREAM}?from=${{start}}&x=$1", f"{STREAM}?from=${{start}}&x=$1"),
        (f"{STREAM}?token=1$Backup", f"{STREAM}?token=1"),
        ("HTTPS://stream.example.com/one.m3u8", "HTTPS://stream.example.com/one.m3u8"),
        ("http://192.0.2.1:4022/rtp/239.0.0.2:5000", "http://192.0.2.1:4022/rtp/239.0.0.2:5000"),
    ],
)
def test_what_players_put_behind_an_address_is_not_part_of_it(written: str, address: str) -> None:
    assert read_entry(address=written).hls_live_url == address


@pytest.mark.parametrize(
    "address",
    [
        "rtmp://user:secret@stream.example.com/live",
        "rtsp://stream.example.com:554/live",
        "udp://@239.0.0.1:1234",
        "file:///nonexistent/secret.txt",
        "[NO PUBLIC STREAM]",
        "one.m3u8",
        "/one.m3u8",
        "javascript:alert(1)",
        "https://",
        "http://[::1",
        "https://stream.example.com/" + "a" * 500,
        "https://stream.example.com/a b.m3u8",
    ],
)
def test_an_address_that_viewers_cannot_follow_is_noted_and_left_out(address: str) -> None:
    found = read(playlist(entry(address=address)))
    assert (only(found).hls_live_url, notes(found)) == (None, [(2, "address")])
    assert "secret@" not in found.notes[0].sentence


def test_options_for_players_are_noted_and_not_kept() -> None:
    options = ["#EXTVLCOPT:http-user-agent=Test", "#KODIPROP:inputstream.adaptive.license_key=https://l.example.com"]
    found = read(playlist("#EXTINF:-1,One", *options, "#EXT-X-UNKNOWN:whatever", STREAM))
    assert (only(found).hls_live_url, notes(found)) == (STREAM, [(2, "player_options")])


@pytest.mark.parametrize(
    ("written", "name", "is_hd"),
    [
        ("One", "One", None),
        ("One (576i)", "One", False),
        ("One (1080p) [Not 24/7] [Geo-blocked]", "One", True),
        ("One Ⓢ", "One", False),
        ("One Ⓖ", "One", None),
        ("One HD", "One HD", True),
        ("One SD", "One SD", False),
        ("One 4K", "One 4K", True),
        ("Studio 4 (1984)", "Studio 4 (1984)", None),
        ("Ünïcødé 日本語 📺", "Ünïcødé 日本語 📺", None),
        ("  Stray \t blanks\u200b ", "Stray blanks", None),
        ("(576i)", "(576i)", False),
    ],
)
def test_marks_are_taken_off_a_name(written: str, name: str, is_hd: bool | None) -> None:
    record = read_entry(name=written)
    assert (record.name, record.is_hd) == (name, is_hd)


def test_a_channel_without_a_name_goes_by_what_else_it_is_called() -> None:
    found = read(playlist(entry('tvg-id="a" tvg-name="B"', ""), entry('tvg-id="a2"', " "), entry("", "")))
    assert [record.name for record in found.channels] == ["B", "a2"]
    assert skipped(found) == [(6, "no_name")]


def test_what_is_no_television_channel_is_left_out_with_the_reason() -> None:
    found = read(
        playlist(
            entry(name="Film", duration="5400.5"),
            entry(name="Another film", address="https://a.example.com/movie/u/p/1.mp4"),
            entry(name="An episode", address="https://a.example.com/series/u/p/1.m3u8"),
            entry('radio="true"', "Radio"),
            entry(name="A channel", duration="0"),
            "# #EXTINF:-1,Commented out",
            f"# {STREAM}",
        )
    )
    assert only(found).name == "A channel"
    assert skipped(found) == [(2, "film"), (4, "film"), (6, "film"), (8, "radio"), (12, "commented_out")]


def test_an_entry_without_address_and_an_address_without_entry_are_left_out() -> None:
    found = read(playlist("#EXTINF:-1,No address", entry(), "", STREAM, "#EXTINF:-1,Nor at the end"))
    assert only(found).line == 3
    assert skipped(found) == [(2, "no_address"), (6, "no_entry"), (7, "no_address")]


def test_what_is_unreadable_in_an_entry_is_noted_and_the_rest_is_used() -> None:
    attributes = 'tvg-chno="1.1" tvg-country="Narnia" tvg-language="Elvish" tvg-logo="data:x" tvg-id="' + "x" * 256
    found = read(playlist(entry(attributes + '"')))
    assert only(found).external_ids == ()
    kinds = {"number", "country", "language", "logo", "long_id"}
    assert {note.kind for note in found.notes} == kinds


def test_a_name_that_may_mean_two_channels_is_a_name_of_neither() -> None:
    found = read(
        playlist(
            entry('tvg-id="a" tvg-name="BBC One"', "BBC One"),
            entry('tvg-id="b" tvg-name="BBC One"', "BBC One Wales"),
            entry('tvg-id="c" tvg-name="Tonight"', "Late Show"),
        )
    )
    assert [record.external_ids for record in found.channels] == [("a",), ("b",), ("c", "Tonight")]
    assert notes(found) == [(4, "ambiguous_name")]


def test_a_list_without_its_header_is_read_all_the_same() -> None:
    assert only(read(f"#EXTINF:-1,One\n{STREAM}".encode())).name == "One"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"\0\1\2", "zero bytes"),
        (b"<html><body>404</body></html>", "XML or a web page"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6.0,\nseg.ts", "the playlist of one stream"),
        (b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8", "the playlist of one stream"),
        (b"just a text", "no column called name"),
    ],
    ids=["nothing", "blanks", "binary", "a web page", "a media playlist", "a master playlist", "a text"],
)
def test_what_is_no_list_of_channels_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ChannelsRefusedError, match=sentence):
        read(content)


def test_a_playlist_by_its_name_alone_is_refused_as_one() -> None:
    with pytest.raises(ChannelsRefusedError, match="This is no playlist"):
        read(b"nothing of the kind", "list.m3u")


def test_a_line_without_end_is_left_out() -> None:
    found = read(playlist("#EXTINF:-1," + "x" * 70_000, entry()))
    assert (only(found).name, skipped(found)) == ("One", [(2, "long_line")])


def test_a_file_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("epg.channels.m3u.MOST_CHANNELS", 2)
    with pytest.raises(ChannelsRefusedError, match="more than 2 channels"):
        read(playlist(*[entry(name=f"Channel {number}") for number in range(3)]))
