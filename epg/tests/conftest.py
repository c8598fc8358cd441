"""What the tests of the guide begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from epg.models import Channel


@pytest.fixture
def one(db: None) -> Channel:
    """A channel that guides call one.demo. It has no catch-up, so that the past is not history."""
    # This file is read before Django is up.
    from epg.models import Channel, ChannelExternalId

    known = Channel.objects.create(name="Channel One", channel_number=1, catchup_window_hours=0)
    ChannelExternalId.objects.create(channel=known, value="one.demo")
    return known
