"""What is on: channels, their programmes, where guides come from, and what profiles want of them."""

from epg.models.channels import Channel, ChannelExternalId, FavouriteChannel
from epg.models.programmes import ENDS_TOO_EARLY, Programme, RemovedProgramme, leaves_trace
from epg.models.reminders import Reminder
from epg.models.sources import GuideImport, GuideSource, GuideSourceChannel, RefreshResult

__all__ = [
    "ENDS_TOO_EARLY",
    "Channel",
    "ChannelExternalId",
    "FavouriteChannel",
    "GuideImport",
    "GuideSource",
    "GuideSourceChannel",
    "Programme",
    "RefreshResult",
    "Reminder",
    "RemovedProgramme",
    "leaves_trace",
]
