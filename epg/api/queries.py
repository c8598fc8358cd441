"""What viewers may ask the guide for: days, periods, channels, words, places in the changes."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from accounts.api.serializers import MaybeProfileQuery
from epg.changes import Place

# As many as the line of a request holds.
MOST_CHANNEL_IDS: Final = 200
MOST_CHANNELS: Final = 500
LONGEST_PERIOD: Final = dt.timedelta(days=7)
# Channels times time: all channels of a large service for a day, or 71 of them for a week.
LARGEST_GRID: Final = MOST_CHANNELS * dt.timedelta(days=1)
USUAL_PERIOD: Final = dt.timedelta(hours=6)
MOST_CHANGES: Final = 1_000
# By how much a client's clock may go fast.
FAST: Final = dt.timedelta(minutes=1)


class ScheduleQuery(MaybeProfileQuery):
    """Which day."""

    date = serializers.DateField(required=False, help_text="A UTC day; today when left out.")

    def validate_date(self, day: dt.date) -> dt.date:
        """Days that have a tomorrow."""
        if day == dt.date.max:
            raise serializers.ValidationError("This day is too far away.")
        return day


class GuideSearchQuery(MaybeProfileQuery):
    """Which words."""

    q = serializers.CharField(min_length=1, max_length=500)


@extend_schema_field({"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": MOST_CHANNEL_IDS})
class ChannelIdsField(serializers.ListField):
    """Ids with commas between them, or the parameter several times; the same one twice counts once."""

    child = serializers.UUIDField()

    def __init__(self) -> None:
        help_text = f"With commas between them, or given several times; at most {MOST_CHANNEL_IDS}. All when left out."
        super().__init__(required=False, max_length=MOST_CHANNEL_IDS, help_text=help_text)

    def to_internal_value(self, data: Any) -> list[UUID]:
        """The ids in the order they came in."""
        parts = [part.strip() for text in data for part in str(text).split(",")]
        return super().to_internal_value(list(dict.fromkeys(filter(None, parts))))


class ChannelsAndPeriodQuery(MaybeProfileQuery):
    """Which channels, and from when to when."""

    channel_ids = ChannelIdsField()
    to = serializers.DateTimeField(required=False, help_text="ISO 8601, not counted; without an offset it is UTC.")

    def get_fields(self) -> dict[str, Any]:
        """With `from`, which is no name in Python."""
        begin = serializers.DateTimeField(required=False, help_text="ISO 8601; without an offset it is UTC.")
        return super().get_fields() | {"from": begin}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An end that is behind the beginning."""
        if "from" in attrs and "to" in attrs and attrs["to"] <= attrs["from"]:
            raise serializers.ValidationError({"to": "The period ends before it begins."})
        # A comma alone names no channel, and is no wish for all of them.
        if attrs.get("channel_ids") == []:
            raise serializers.ValidationError({"channel_ids": "No channel is named."})
        return attrs


class GridQuery(ChannelsAndPeriodQuery):
    """Which part of the guide: channels page by page, and a period of at most a week."""

    page = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)
    page_size = serializers.IntegerField(
        min_value=1,
        max_value=MOST_CHANNELS,
        required=False,
        help_text="Channels in an answer. When left out, all that are named in `channel_ids`, or else 500, but at most "
        "what the period allows: 71 for a week.",
    )

    def get_fields(self) -> dict[str, Any]:
        """With what is taken where nothing is given."""
        fields = super().get_fields()
        fields["from"].help_text += " The last full half hour when left out."
        fields["to"].help_text += " Six hours after `from` when left out; at most seven days after it."
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A period that is not too long for so many channels."""
        attrs = super().validate(attrs)
        start = attrs.setdefault("from", _last_half_hour(timezone.now()))
        try:
            end = attrs.setdefault("to", start + USUAL_PERIOD)
        except OverflowError:
            raise serializers.ValidationError({"from": "This is too far away."}) from None
        if end <= start:
            raise serializers.ValidationError({"to": "The period ends before it begins."})
        if end - start > LONGEST_PERIOD:
            raise serializers.ValidationError({"to": "The period is longer than seven days."})
        asked = len(attrs.get("channel_ids", ())) or MOST_CHANNELS
        channels = attrs.setdefault("page_size", min(asked, LARGEST_GRID // (end - start)))
        if channels * (end - start) > LARGEST_GRID:
            sentence = f"{channels} channels for so long are too much: channels times days may be {MOST_CHANNELS}."
            raise serializers.ValidationError({"page_size": sentence})
        return attrs


def _last_half_hour(moment: dt.datetime) -> dt.datetime:
    """So that who asks again within half an hour asks for the same."""
    return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)


class PlaceField(serializers.CharField):
    """`next` of an earlier answer, or a time."""

    def run_validation(self, data: Any = empty) -> Any:
        """The place. It cannot be later than now."""
        try:
            place = Place.read(super().run_validation(data))
        except ValueError:
            raise serializers.ValidationError("This is neither a time nor the `next` of an answer.") from None
        if place.moment > timezone.now() + FAST:
            raise serializers.ValidationError("This is in the future.")
        return place


class ChangesQuery(ChannelsAndPeriodQuery):
    """Since when, and of which part of the guide."""

    since = PlaceField(
        required=False,
        # An empty one would otherwise count as left out, and what changed never be told.
        allow_blank=True,
        max_length=200,
        help_text="`next` of the last answer, or an ISO 8601 time. Without it nothing is told but where to begin: ask "
        "so before loading the guide, and go on with `next` afterwards.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST_CHANGES, default=MOST_CHANGES)
