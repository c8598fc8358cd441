"""Channels and programmes for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory
from factory.helpers import lazy_attribute

from accounts.models import Profile
from epg.models import Channel, GuideImport, GuideSource, Programme, Reminder
from epg.reminders import SNAPSHOT


class ChannelFactory(DjangoModelFactory[Channel]):
    """A channel."""

    class Meta:
        model = Channel

    name = Sequence(lambda number: f"Channel {number}")
    # Beyond the numbers that tests give themselves, however many channels a process has made.
    channel_number = Sequence(lambda number: number + 10_001)


class ProgrammeFactory(DjangoModelFactory[Programme]):
    """A programme for everybody that is on now, for an hour."""

    class Meta:
        model = Programme

    channel = SubFactory(ChannelFactory)
    title = Sequence(lambda number: f"Programme {number}")
    age_rating = "TV-G"
    start_time = LazyFunction(lambda: timezone.now() - timedelta(minutes=30))

    @lazy_attribute
    def end_time(self) -> Any:
        """An hour after the start."""
        start: Any = self.start_time
        return start + timedelta(hours=1)


class GuideSourceFactory(DjangoModelFactory[GuideSource]):
    """A source that was never refreshed."""

    class Meta:
        model = GuideSource

    name = Sequence(lambda number: f"Source {number}")
    url = Sequence(lambda number: f"https://guide.example/{number}.xml.gz")


class GuideImportFactory(DjangoModelFactory[GuideImport]):
    """An import that went well, a minute ago."""

    class Meta:
        model = GuideImport

    name = "guide.xml"
    started_at = LazyFunction(lambda: timezone.now() - timedelta(minutes=1))
    finished_at = LazyFunction(timezone.now)
    is_success = True


def remind(profile: Profile, programme: Programme) -> Reminder:
    """A reminder of this programme, past whatever `epg.reminders.remind` would refuse."""
    snapshot = {name: getattr(programme, name) for name in SNAPSHOT}
    return Reminder.objects.create(profile=profile, programme=programme, **snapshot)
