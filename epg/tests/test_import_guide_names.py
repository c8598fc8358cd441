"""How the ids of a guide find their channels: the source's own names, external ids, display names."""

from __future__ import annotations

import pytest

from epg.models import Channel, ChannelExternalId, GuideSource, GuideSourceChannel, Programme
from epg.tests.guides import channel, programme
from epg.tests.imports import imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> GuideSource:
    """A source of guides."""
    return GuideSource.objects.create(name="Source", url="https://example.com/guide.xml")


@pytest.fixture
def two() -> Channel:
    """Another channel, with a name and without ids."""
    return Channel.objects.create(name="Channel Two", channel_number=2)


def test_what_a_source_calls_a_channel_goes_before_every_other_name(
    one: Channel, two: Channel, source: GuideSource
) -> None:
    GuideSourceChannel.objects.create(source=source, guide_id="one.demo", channel=two)
    imported(channel(), programme("0600", "0700"), source=source)
    assert Programme.objects.get().channel == two
    imported(channel(), programme("0800", "0900"))
    assert one.programmes.count() == 1


def test_what_a_source_is_to_leave_out_is_left_out_and_told(one: Channel, source: GuideSource) -> None:
    GuideSourceChannel.objects.create(source=source, guide_id="one.demo", channel=None)
    report = imported(channel(), programme("0600", "0700", "Film"), source=source)
    assert (report.left_out, report.unknown_channels, report.channels_created) == (1, {}, 0)
    assert report.details[0].sentence == "“Film” is not taken: the source's channels leave this id out."
    assert not Programme.objects.exists()


@pytest.mark.parametrize("name", ["BBCOne.uk@London", "CHANNEL TWO"], ids=["an external id", "the name in any case"])
def test_a_display_name_finds_the_channel(two: Channel, name: str) -> None:
    ChannelExternalId.objects.create(channel=two, value="BBCOne.uk@London")
    report = imported(channel("4711", "Something", name), programme("0600", "0700", on="4711"))
    assert (report.channels_created, two.programmes.count()) == (0, 1)


def test_a_display_name_that_two_channels_of_the_guide_have_finds_none(two: Channel) -> None:
    report = imported(channel("4711", "Channel Two"), channel("4712", "Channel Two"))
    assert report.channels_created == 2


def test_a_display_name_that_two_channels_have_finds_none(two: Channel) -> None:
    Channel.objects.create(name="channel two", channel_number=3)
    assert imported(channel("4711", "Channel Two")).channels_created == 1


def test_a_display_name_does_not_find_what_the_guide_knows_by_its_id(one: Channel) -> None:
    report = imported(channel("one.demo"), channel("one-hd.demo", "Channel One"))
    assert report.channels_created == 1
    assert Channel.objects.filter(name="Channel One").count() == 2


def test_ids_in_capital_and_small_letters_are_different_channels(one: Channel) -> None:
    report = imported(channel("ONE.demo", "Big"), programme("0600", "0700", on="ONE.demo"))
    assert (report.channels_created, one.programmes.count()) == (1, 0)


def test_a_channel_that_viewers_do_not_have_is_kept_up_to_date(one: Channel) -> None:
    one.is_active = False
    one.save()
    assert imported(channel(), programme("0600", "0700")).added == 1
