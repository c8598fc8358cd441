"""The shared playlists and tables, as their README describes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from epg.channels import ChannelReport, import_channels, read_source
from epg.channels.iptv_org import SIBLINGS
from epg.importing import import_guide
from epg.models import Channel, ChannelExternalId
from epg.tests.playlists import TODAY
from epg.xmltv import decompressed

pytestmark = pytest.mark.django_db


def brought_in(*sources: Path, **options: Any) -> ChannelReport:
    return import_channels([read_source(str(source), today=TODAY) for source in sources], **options)


def test_all_open_channels_of_the_tables_come_in_with_their_names_in_guides(shared_data: Path) -> None:
    report = brought_in(shared_data / "channels" / "channels.csv")

    assert (report.added, report.skipped) == (637, {"closed": 9})
    one = Channel.objects.get(external_ids__value="BBCOne.uk@London")
    assert (one.name, one.country, one.languages, one.genre, one.is_hd) == ("BBC One", "GB", ["en"], "General", False)
    assert set(one.external_ids.values_list("value", flat=True)) >= {"BBCOne.uk", "BBC 1", "BBC ONE Lon"}
    assert ChannelExternalId.objects.get(value="MSNBC.us").channel.name == "MS NOW"
    assert not Channel.objects.exclude(logo_url=None).exists()


def test_the_tables_come_with_logos_when_they_are_asked_for(shared_data: Path) -> None:
    brought_in(shared_data / "channels" / "channels.csv", keep_logos=True)

    assert Channel.objects.filter(logo_url=None).count() == 10


def test_the_playlist_of_the_same_channels_adds_addresses_and_numbers(shared_data: Path) -> None:
    sources = (shared_data / "channels" / "channels.csv", shared_data / "playlists" / "channels.m3u")
    report = brought_in(*sources)

    assert report.added == 637 + 23
    assert report.changed == 637
    one = Channel.objects.get(external_ids__value="BBCOne.uk")
    assert (one.hls_live_url or "").startswith("https://stream.example.com/live/BBCOne.uk/")
    assert brought_in(*sources).wrote_nothing


def test_the_quirks_of_the_shared_playlist_are_sorted_out(shared_data: Path) -> None:
    report = brought_in(shared_data / "playlists" / "playlist-quirks.m3u")

    assert (report.added, Channel.objects.count()) == (34, 34)
    assert report.skipped == {"no_address": 1, "no_entry": 1, "commented_out": 1, "film": 1, "radio": 1, "repeat": 1}
    assert report.notes == {
        "address": 5,
        "player_options": 3,
        "perhaps_not_hls": 3,
        "catchup": 1,
        "repeated_address": 1,
    }


def test_a_playlist_in_latin_1_is_read_and_said_to_be_so(shared_data: Path) -> None:
    report = brought_in(shared_data / "playlists" / "playlist-latin1-crlf.m3u")

    assert (Channel.objects.get().name, Channel.objects.get().genre) == ("Télé Été", "Général")
    assert report.files == [("playlist-latin1-crlf.m3u", "Latin-1", [])]


def test_a_stream_is_no_list_of_channels(shared_data: Path) -> None:
    with pytest.raises(CommandError, match=r"the playlist of one stream \(HLS\)"):
        call_command("import_channels", str(shared_data / "playlists" / "media-playlist.m3u8"))
    assert not Channel.objects.exists()


@pytest.mark.parametrize("file", [*SIBLINGS, "countries.csv", "languages.csv", "timezones.csv"])
def test_the_tables_beside_the_channels_are_refused_by_themselves(shared_data: Path, file: str) -> None:
    with pytest.raises(CommandError, match=f"This is a {file}"):
        call_command("import_channels", str(shared_data / "channels" / file))
    assert not Channel.objects.exists()


def test_the_demo_guide_finds_all_channels_of_the_demo_playlist(shared_data: Path) -> None:
    brought_in(shared_data / "playlists" / "demo-channels.m3u")
    with (shared_data / "guide" / "guide-demo.xml.gz").open("rb") as file:
        report = import_guide(stream=decompressed(file))

    assert (report.channels_created, len(report.unknown_channels), Channel.objects.count()) == (0, 0, 20)
    assert not Channel.objects.filter(programmes=None).exists()
