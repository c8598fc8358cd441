"""What is read of the channels that an XMLTV file declares."""

from __future__ import annotations

from epg.tests.guides import channel, guide, programme, read
from epg.xmltv import GuideChannel, GuideProgramme, Skipped


def test_a_channel_has_names_a_number_and_an_icon() -> None:
    icon = '<icon src="" /><icon src=" https://example.com/1.png "/>'

    records = read(guide(channel("one.demo", "Channel One", "101", "One HD", "", icon=icon)))

    assert records == [GuideChannel("one.demo", ("Channel One", "One HD"), "https://example.com/1.png", 101)]


def test_a_channel_without_an_id_is_skipped() -> None:
    assert read(guide(channel(" "))) == [Skipped(1, "The channel has no id.", "no_channel_id")]


def test_a_channel_may_come_after_its_programmes() -> None:
    records = read(guide(programme("0600", "0700"), channel("one.demo")))

    assert [type(record) for record in records] == [GuideProgramme, GuideChannel]


def test_a_channel_is_a_number_only_if_its_name_is_nothing_else() -> None:
    (record,) = read(guide(channel("one.demo", "0", "٣", "4 Seasons", "12345678901")))

    assert record == GuideChannel("one.demo", ("٣", "4 Seasons", "12345678901"), None, None)
