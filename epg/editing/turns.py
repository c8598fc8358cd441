"""Who changes a schedule waits for whoever else does."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from common.db import write_among_others
from epg.errors import ChannelNotFoundError
from epg.locks import GUIDE
from epg.models import Channel


def take_turns(channel_ids: Iterable[UUID]) -> list[Channel]:
    """Take turns with whoever changes the same schedules, imports too, to the end of the transaction.

    Without it two overlapping programmes that come at once may each wait for the other in the constraint, and
    PostgreSQL ends one of them with a deadlock instead of a conflict. What is stamped after it is told of (`changes`).
    It waits as long as it takes, unless it is called `for_a_moment`.
    """
    write_among_others(GUIDE)
    return list(Channel.with_deleted.filter(id__in=channel_ids).order_by("id").select_for_update(no_key=True))


def take_turns_at_live(*channel_ids: UUID) -> None:
    """The same, where each of the channels must be there. Raises `ChannelNotFoundError`."""
    if {channel.id for channel in take_turns(channel_ids) if not channel.is_deleted} != set(channel_ids):
        raise ChannelNotFoundError
