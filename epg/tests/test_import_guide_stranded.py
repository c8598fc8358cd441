"""What a source has brought to channels that its guide no longer speaks of: it stays, and is told."""

from __future__ import annotations

from itertools import pairwise

import pytest

from epg.importing import Detail
from epg.models import Channel, ChannelExternalId, GuideSource, GuideSourceChannel, Programme
from epg.tests.factories import ChannelFactory, GuideSourceFactory
from epg.tests.guides import channel, programme
from epg.tests.imports import hours_from_now, imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> GuideSource:
    return GuideSourceFactory.create()


def guide() -> list[str]:
    """What is on now, and two programmes that are still to come."""
    times = [hours_from_now(hours) for hours in (-0.5, 0.5, 1, 2)]
    return [channel(), *(programme(*both) for both in pairwise(times))]


def stranded(source: GuideSource) -> list[Detail]:
    """What is told of it, after another import of the same guide."""
    report = imported(*guide(), source=source)
    details = [detail for detail in report.details if detail.kind == "stranded"]
    assert bool(details) == bool(report.stranded) == bool(report.counts()["stranded"])
    return details


def test_what_is_coming_on_a_channel_that_is_mapped_elsewhere_stays_and_is_told(
    one: Channel, source: GuideSource
) -> None:
    imported(*guide(), source=source)
    GuideSourceChannel.objects.create(source=source, guide_id="one.demo", channel=ChannelFactory.create())
    (detail,) = stranded(source)
    assert detail.sentence == "2 coming programmes of this source stay on Channel One, of which its guide has nothing."
    assert (detail.channel, one.programmes.count()) == ("Channel One", 3)


def test_so_is_what_the_source_is_to_leave_out(one: Channel, source: GuideSource) -> None:
    imported(*guide(), source=source)
    GuideSourceChannel.objects.create(source=source, guide_id="one.demo")
    assert len(stranded(source)) == 1


def test_so_is_what_an_id_has_left(one: Channel, source: GuideSource) -> None:
    imported(*guide(), source=source)
    ChannelExternalId.objects.update(channel=ChannelFactory.create())
    assert len(stranded(source)) == 1


def test_of_one_programme_it_is_told_in_the_singular(one: Channel, source: GuideSource) -> None:
    imported(*guide()[:3], source=source)
    GuideSourceChannel.objects.create(source=source, guide_id="one.demo")
    assert stranded(source)[0].sentence.startswith("1 coming programme of this source stays on ")


@pytest.mark.parametrize("columns", [{"is_locked": True}, {"source": None}], ids=["locked", "of nobody"])
def test_what_is_locked_or_of_somebody_else_is_not(
    one: Channel, source: GuideSource, columns: dict[str, object]
) -> None:
    imported(*guide(), source=source)
    Programme.objects.update(**columns)
    GuideSourceChannel.objects.create(source=source, guide_id="one.demo")
    assert stranded(source) == []


def test_nor_is_what_was_on_a_deleted_channel(one: Channel, source: GuideSource) -> None:
    imported(*guide(), source=source)
    one.soft_delete()
    assert stranded(source) == []


def test_nor_is_anything_where_every_channel_is_where_it_was(one: Channel, source: GuideSource) -> None:
    assert stranded(source) == stranded(source) == []


def test_nor_is_anything_said_of_a_file_without_a_source(one: Channel) -> None:
    imported(*guide())
    one.external_ids.all().delete()
    assert imported(*guide()).stranded == 0
