"""Channels and programmes for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory
from factory.helpers import lazy_attribute

from epg.models import Channel, Programme


class ChannelFactory(DjangoModelFactory[Channel]):
    """A channel."""

    class Meta:
        model = Channel

    name = Sequence(lambda number: f"Channel {number}")
    channel_number = Sequence(lambda number: number + 1)


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
