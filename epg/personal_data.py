"""What this room keeps about people, for `accounts.personal_data`."""

from __future__ import annotations

from accounts.personal_data import PersonalData, name_of, register, shown_as_named
from epg.models import FavouriteChannel, Reminder

register(
    PersonalData(
        "favourite_channels",
        FavouriteChannel,
        "profile__user",
        shown_as_named("profile_id channel_id")
        | {"channel": name_of("channel", "name")}
        | shown_as_named("created_at"),
    ),
    PersonalData(
        "reminders",
        Reminder,
        "profile__user",
        shown_as_named("id profile_id programme_id channel_id")
        | {"channel": name_of("channel", "name")}
        | shown_as_named("title start_time end_time age_rating minutes_before created_at"),
    ),
)
