"""What the database never lets into the guide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from epg.models import Channel, ChannelExternalId, FavouriteChannel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

if TYPE_CHECKING:
    from accounts.models import Profile

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 3, 14, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def channel() -> Channel:
    return ChannelFactory.create()


@pytest.fixture
def film(channel: Channel) -> Programme:
    """From eight to nine."""
    return ProgrammeFactory.create(channel=channel, start_time=EIGHT, end_time=EIGHT + 60 * MINUTE)


@pytest.mark.parametrize(
    ("first", "last"), [(-10, 1), (59, 90), (20, 40), (-10, 90), (0, 60)], ids=["head", "tail", "in", "around", "same"]
)
def test_two_programmes_of_a_channel_never_overlap(film: Programme, first: int, last: int) -> None:
    with pytest.raises(IntegrityError, match="programme_no_overlap"), transaction.atomic():
        ProgrammeFactory.create(channel=film.channel, start_time=EIGHT + first * MINUTE, end_time=EIGHT + last * MINUTE)
    assert Programme.objects.count() == 1


def test_a_programme_may_start_when_the_one_before_ends(film: Programme) -> None:
    ProgrammeFactory.create(channel=film.channel, start_time=EIGHT - 30 * MINUTE, end_time=film.start_time)
    ProgrammeFactory.create(channel=film.channel, start_time=film.end_time, end_time=film.end_time + 30 * MINUTE)
    assert film.channel.programmes.count() == 3


def test_other_channels_may_show_something_at_the_same_time(film: Programme) -> None:
    other = ProgrammeFactory.create(start_time=film.start_time, end_time=film.end_time)
    assert other.channel != film.channel
    assert Programme.objects.on_air(EIGHT).count() == 2


def test_a_programme_cannot_be_moved_onto_another(film: Programme) -> None:
    later = ProgrammeFactory.create(channel=film.channel, start_time=film.end_time)
    with pytest.raises(IntegrityError, match="programme_no_overlap"), transaction.atomic():
        Programme.objects.filter(id=later.id).update(start_time=EIGHT + 30 * MINUTE)


def test_programmes_may_change_places_within_one_statement(film: Programme) -> None:
    talk = ProgrammeFactory.create(channel=film.channel, start_time=film.end_time)
    film.start_time, talk.start_time = talk.start_time, film.start_time
    film.end_time, talk.end_time = talk.end_time, film.end_time
    Programme.objects.bulk_create(
        [film, talk], update_conflicts=True, unique_fields=["id"], update_fields=["start_time", "end_time"]
    )
    assert list(film.channel.programmes.order_by("start_time")) == [talk, film]


def test_a_statement_that_leaves_an_overlap_is_refused_as_a_whole(film: Programme) -> None:
    talk = ProgrammeFactory.create(channel=film.channel, start_time=film.end_time)
    with pytest.raises(IntegrityError, match="programme_no_overlap"), transaction.atomic():
        Programme.objects.filter(id__in=[film.id, talk.id]).update(start_time=EIGHT)
    talk.refresh_from_db()
    assert talk.start_time == film.end_time


@pytest.mark.parametrize("minutes", [0, -30])
def test_a_programme_ends_after_it_starts(channel: Channel, minutes: int) -> None:
    with pytest.raises(IntegrityError, match="programme_ends_after_it_starts"), transaction.atomic():
        Programme.objects.create(channel=channel, title="Film", start_time=EIGHT, end_time=EIGHT + minutes * MINUTE)


def test_a_form_says_in_a_sentence_that_programmes_overlap(film: Programme) -> None:
    second = Programme(channel=film.channel, title="Talk", start_time=EIGHT + MINUTE, end_time=EIGHT + 2 * MINUTE)
    with pytest.raises(ValidationError) as refused:
        second.full_clean()
    assert refused.value.messages == ["Another programme of this channel is on at that time."]


def test_a_form_says_in_a_sentence_that_a_programme_ends_too_early(channel: Channel) -> None:
    backwards = Programme(channel=channel, title="Film", start_time=EIGHT, end_time=EIGHT - MINUTE)
    with pytest.raises(ValidationError) as refused:
        backwards.full_clean()
    assert "A programme ends after it starts." in refused.value.messages


def test_a_form_accepts_a_programme_again_and_its_neighbour(film: Programme) -> None:
    film.full_clean()
    after = Programme(channel=film.channel, title="Talk", start_time=film.end_time, end_time=film.end_time + MINUTE)
    after.full_clean()
    after.save()
    assert film.channel.programmes.count() == 2


def test_a_channel_number_is_given_once(channel: Channel) -> None:
    with pytest.raises(IntegrityError, match="channel_number"), transaction.atomic():
        ChannelFactory.create(channel_number=channel.channel_number)


def test_a_profile_has_a_channel_as_favourite_once(alices: Profile, charlie: Profile, channel: Channel) -> None:
    for profile in (alices, charlie):
        FavouriteChannel.objects.create(profile=profile, channel=channel)
    with pytest.raises(IntegrityError, match="favourite_channel_once"), transaction.atomic():
        FavouriteChannel.objects.create(profile=alices, channel=channel)


def test_an_external_id_names_one_channel(channel: Channel) -> None:
    ChannelExternalId.objects.create(channel=channel, value="one.example.no")
    ChannelExternalId.objects.create(channel=channel, value="one.example.com")
    with pytest.raises(IntegrityError, match="value"), transaction.atomic():
        ChannelExternalId.objects.create(channel=ChannelFactory.create(), value="one.example.no")


def test_a_deleted_channel_takes_its_programmes_names_and_favourites(alices: Profile, film: Programme) -> None:
    FavouriteChannel.objects.create(profile=alices, channel=film.channel)
    ChannelExternalId.objects.create(channel=film.channel, value="one.example.no")
    film.channel.delete()
    assert [model.objects.count() for model in (Programme, FavouriteChannel, ChannelExternalId)] == [0, 0, 0]
