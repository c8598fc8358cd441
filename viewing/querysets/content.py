"""What is watched: films and episodes, or broadcasts."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q

from epg.models import Channel, Programme

ON_DEMAND: Final = ("movie", "episode")
BROADCAST: Final = ("tstv_catchup", "tstv_startover")


def on_channel_out_of_view() -> Q:
    """On a channel that is deleted or switched off, or in a programme of one."""
    channels = Channel.with_deleted.out_of_view()
    on_channel = Exists(channels.filter(id=OuterRef("content_id")))
    in_programme = Exists(Programme.objects.filter(id=OuterRef("content_id"), channel__in=channels))
    return Q(content_type__in=BROADCAST) & (Q(on_channel) | Q(in_programme))
