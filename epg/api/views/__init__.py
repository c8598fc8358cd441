"""The doors of the guide for viewers (contract 2.3, and what goes beyond it)."""

from epg.api.views.changes import ChangesView
from epg.api.views.channels import ChannelsView, FavouriteView, channel_logo
from epg.api.views.programmes import GuideSearchView, ProgrammeView
from epg.api.views.reminders import RemindersView, ReminderView
from epg.api.views.schedule import GridView, NowView, ScheduleView

__all__ = [
    "ChangesView",
    "ChannelsView",
    "FavouriteView",
    "GridView",
    "GuideSearchView",
    "NowView",
    "ProgrammeView",
    "ReminderView",
    "RemindersView",
    "ScheduleView",
    "channel_logo",
]
