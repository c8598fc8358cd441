"""What staff and services change in the guide: channels, programmes one by one, and a channel's whole period."""

from epg.editing.channels import CHANNEL_RULES, change_channel, create_channel, delete_channel, restore_channel
from epg.editing.periods import PeriodChanges, replace_period
from epg.editing.programmes import (
    SCHEDULE_RULES,
    change_programme,
    create_programme,
    delete_programme,
    delete_programmes,
)
from epg.editing.turns import take_turns

__all__ = [
    "CHANNEL_RULES",
    "SCHEDULE_RULES",
    "PeriodChanges",
    "change_channel",
    "change_programme",
    "create_channel",
    "create_programme",
    "delete_channel",
    "delete_programme",
    "delete_programmes",
    "replace_period",
    "restore_channel",
    "take_turns",
]
