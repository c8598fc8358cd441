"""Which channels an imported guide speaks of, and what becomes of those that nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from epg.models import Channel, ChannelExternalId, GuideSource, GuideSourceChannel, Programme
from epg.tests.factories import GuideSourceFactory
from epg.tests.guides import channel, programme
from epg.tests.imports import imported, schedule, stored

pytestmark = pytest.mark.django_db


def test_a_channel_is_known_by_what_a_guide_calls_it(one: Channel) -> None:
    report = imported(channel("one.demo", "Another Name", "77"), programme("0600", "0700"))

    one.refresh_from_db()
    assert (one.name, one.channel_number, one.programmes.count()) == ("Channel One", 1, 1)
    assert (report.channels_created, report.added) == (0, 1)


def test_an_unknown_channel_is_created_with_its_name_and_number() -> None:
    report = imported(channel("two.demo", "Two", "22"), programme("0600", "0700", on="two.demo"))

    created = Channel.objects.get(external_ids__value="two.demo")
    assert (created.name, created.channel_number, created.logo_url) == ("Two", 22, None)
    assert (report.channels_created, created.programmes.count()) == (1, 1)


def test_a_channel_without_a_name_goes_by_its_id() -> None:
    imported('<channel id="noname.demo"/>')

    assert Channel.objects.get().name == "noname.demo"


def test_a_number_that_is_taken_gives_way_to_the_next_free_one(one: Channel) -> None:
    imported(channel("a", "A", "1"), channel("b", "B"), channel("c", "C", "2"), channel("d", "D", "2"))

    numbers = dict(Channel.objects.values_list("name", "channel_number"))
    assert numbers == {"Channel One": 1, "A": 3, "B": 4, "C": 2, "D": 5}


def test_a_channel_declared_twice_is_created_once() -> None:
    report = imported(channel("a", "A"), channel("a", "A again"))

    assert (report.channels_created, Channel.objects.get().name) == (1, "A")


def test_icons_are_kept_on_request_only() -> None:
    icons = [f'<icon src="{address}"/>' for address in ("https://example.com/a.png", "//example.com/b.png")]

    imported(channel("a", icon=icons[0]))
    imported(channel("b", icon=icons[0]), channel("c", icon=icons[1]), keep_icons=True)

    logos = dict(ChannelExternalId.objects.values_list("value", "channel__logo_url"))
    assert logos == {"a": None, "b": "https://example.com/a.png", "c": None}


def test_unknown_channels_are_reported_when_none_may_be_created(one: Channel) -> None:
    report = imported(
        channel("two.demo"), programme("0600", "0700"), programme("0600", "0700", on="two.demo"), create_channels=False
    )

    assert (report.unknown_channels, report.channels_created) == ({"two.demo": 1}, 0)
    assert (Channel.objects.count(), Programme.objects.count()) == (1, 1)


def test_a_channel_that_is_not_declared_is_reported() -> None:
    report = imported(programme("0600", "0700", on="stray.demo"))

    assert report.unknown_channels == {"stray.demo": 1}
    assert report.wrote_nothing


def test_an_id_too_long_to_be_kept_is_reported() -> None:
    report = imported(channel("x" * 256))

    assert report.unknown_channels == {"x" * 199 + "…": 0}


def test_a_channel_may_be_declared_after_its_programmes() -> None:
    imported(programme("0600", "0700"), channel())

    assert Channel.objects.get().programmes.count() == 1


def test_two_ids_of_one_channel_make_one_schedule(one: Channel) -> None:
    ChannelExternalId.objects.create(channel=one, value="uno.demo")

    imported(programme("0600", "0730", "A", on="uno.demo"), programme("0700", "0800", "B"))

    assert schedule() == [("0600", "0700", "A"), ("0700", "0800", "B")]


def test_a_deleted_channel_that_the_guide_declares_is_restored(one: Channel) -> None:
    stored("0500", "0600", "Yesterday's news", on=one)
    one.soft_delete()
    report = imported(channel("one.demo"), programme("0600", "0700"))

    one.refresh_from_db()
    assert (one.is_deleted, one.channel_number, one.deleted_by) == (False, 1, None)
    assert (report.channels_restored, report.channels_created, report.added) == (1, 0, 1)
    assert schedule(one) == [("0500", "0600", "Yesterday's news"), ("0600", "0700", "News")]


def test_a_restored_channel_whose_number_was_taken_gets_the_next_free_one(one: Channel) -> None:
    one.soft_delete()
    Channel.objects.create(name="Heir", channel_number=1)
    Channel.objects.create(name="Neighbour", channel_number=2)
    imported(channel("one.demo"), channel("two.demo", "Two", "3"))

    numbers = dict(Channel.objects.values_list("name", "channel_number"))
    assert numbers == {"Heir": 1, "Neighbour": 2, "Channel One": 3, "Two": 4}


def test_after_the_largest_number_comes_the_lowest_free_one(one: Channel) -> None:
    Channel.objects.update(channel_number=2_147_483_647)
    one.soft_delete()
    Channel.objects.create(name="Heir", channel_number=2_147_483_647)
    imported(channel("one.demo"), channel("two.demo", "Two", "1"))

    numbers = dict(Channel.objects.values_list("name", "channel_number"))
    assert numbers == {"Heir": 2_147_483_647, "Channel One": 1, "Two": 2}


def test_a_deleted_channel_with_two_ids_is_restored_once_for_both(one: Channel) -> None:
    ChannelExternalId.objects.create(channel=one, value="uno.demo")
    one.soft_delete()
    report = imported(
        channel("one.demo"), programme("0600", "0700", "A"), programme("0700", "0800", "B", on="uno.demo")
    )

    assert (report.channels_restored, report.unknown_channels) == (1, {})
    assert schedule(one) == [("0600", "0700", "A"), ("0700", "0800", "B")]


@pytest.mark.parametrize(("declared", "create_channels"), [(True, False), (False, True)])
def test_a_deleted_channel_that_may_not_come_back_is_reported_and_its_schedule_left_alone(
    one: Channel, declared: bool, create_channels: bool
) -> None:
    stored("0600", "0700", "Kept", on=one)
    one.soft_delete()
    elements = [*([channel("one.demo")] if declared else []), programme("0630", "0730", "New")]
    report = imported(*elements, create_channels=create_channels)

    one.refresh_from_db()
    assert one.is_deleted
    assert (report.unknown_channels, report.channels_restored, report.wrote_nothing) == ({"one.demo": 1}, 0, True)
    assert schedule(one) == [("0600", "0700", "Kept")]


def test_a_dry_run_restores_no_channel_and_says_that_it_would(one: Channel) -> None:
    one.soft_delete()
    assert imported(channel("one.demo"), dry_run=True).channels_restored == 1
    assert not Channel.objects.exists()


@pytest.fixture
def source() -> GuideSource:
    return GuideSourceFactory.create()


def named_only(one: Channel, _source: GuideSource) -> None:
    one.external_ids.all().delete()
    Channel.objects.update(name="One")


def mapped(one: Channel, source: GuideSource) -> None:
    one.external_ids.all().delete()
    GuideSourceChannel.objects.create(source=source, guide_id="one.demo", channel=one)


@pytest.mark.parametrize(
    "known", [lambda *_: None, mapped, named_only], ids=["by an external id", "by the source's mapping", "by its name"]
)
def test_a_source_does_not_bring_back_what_staff_deleted(one: Channel, source: GuideSource, known: Any) -> None:
    known(one, source)
    one.soft_delete()
    report = imported(channel("one.demo"), programme("0600", "0700"), source=source)

    assert not Channel.objects.exists()
    assert (report.channels_restored, report.channels_created, report.unknown_channels) == (0, 0, {"one.demo": 1})
    assert [detail.sentence for detail in report.details] == ["“News” is not taken: its channel was deleted."]


def test_a_channel_in_place_of_a_deleted_one_of_that_name_is_found_by_it(one: Channel, source: GuideSource) -> None:
    named_only(one, source)
    one.soft_delete()
    heir = Channel.objects.create(name="One", channel_number=2)
    imported(channel("one.demo"), programme("0600", "0700"), source=source)

    assert Programme.objects.get().channel == heir
