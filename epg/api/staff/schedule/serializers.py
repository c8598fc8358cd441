"""The schedule for staff as JSON (contract 2.11)."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from rest_framework import serializers

from common.api.fields import (
    MetadataField,
    OptionalAddressField,
    OptionalFlagField,
    OptionalNumberField,
    OptionalTextField,
)
from epg.api.queries import ScheduleQuery
from epg.api.serializers import GuideCreditSerializer, ProgrammeSerializer
from epg.numbers import LARGEST_NUMBER

LONGEST_TEXT: Final = 100_000
MOST_CREDITS: Final = 200
# As many as the parser of JSON lets in.
MOST_ENTRIES: Final = 1_000
LONGEST_PERIOD: Final = dt.timedelta(days=31)


class StaffScheduleQuery(serializers.Serializer[Any]):
    """Which channel's day."""

    channel_id = serializers.UUIDField()
    date = serializers.DateField(required=False, help_text="A UTC day; today when left out.")

    validate_date = ScheduleQuery.validate_date


class StaffProgrammeSerializer(ProgrammeSerializer):
    """An entry of the schedule as it is stored: the title by itself, as forms send it back, and what else is known."""

    title = serializers.CharField(help_text="Without the sub-title, which viewers read behind it.")
    sub_title = serializers.CharField(allow_null=True)
    credits = GuideCreditSerializer(many=True)
    rating_original = serializers.CharField(allow_null=True, help_text="As the guide has it, with its system.")
    is_premiere = serializers.BooleanField()
    year = serializers.IntegerField(allow_null=True)
    image_url = serializers.CharField(allow_null=True)
    is_locked = serializers.BooleanField(help_text="Guide imports leave it as it is, and make room for it.")
    metadata = serializers.DictField()


class GuideCreditBody(serializers.Serializer[Any]):
    """Somebody who took part."""

    role = serializers.CharField(max_length=50, help_text="As actor, director, presenter.")
    name = serializers.CharField(max_length=200)
    character = OptionalTextField(max_length=200)


class EntryBody(serializers.Serializer[Any]):
    """What a channel shows, from when to when. A time without a zone is UTC."""

    title = serializers.CharField(max_length=500)
    sub_title = OptionalTextField(max_length=500, help_text="The episode's own title.")
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    synopsis = OptionalTextField(max_length=LONGEST_TEXT)
    genre = OptionalTextField(max_length=50)
    age_rating = OptionalTextField(max_length=10, help_text="Without a known one, limited profiles never see it.")
    rating_original = OptionalTextField(max_length=100, help_text="With its system, as BBFC 15.")
    is_new = OptionalFlagField()
    is_repeat = OptionalFlagField()
    is_premiere = OptionalFlagField()
    series_title = OptionalTextField(max_length=200)
    season_number = OptionalNumberField(min_value=1, max_value=LARGEST_NUMBER)
    episode_number = OptionalNumberField(min_value=1, max_value=LARGEST_NUMBER)
    credits = serializers.ListField(child=GuideCreditBody(), required=False, allow_null=True, max_length=MOST_CREDITS)
    year = OptionalNumberField(min_value=1, max_value=9_999)
    image_url = OptionalAddressField(max_length=500)
    is_locked = OptionalFlagField(help_text="Guide imports leave it as it is, and make room for it.")
    metadata = MetadataField(required=False, allow_null=True)

    def validate_credits(self, people: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        """Each whole, in a partial body too: the list is replaced as one."""
        for person in people or ():
            if missing := {"role", "name"} - set(person):
                raise serializers.ValidationError(f"A credit has no {min(missing)}.")
        return [{"character": None} | dict(person) for person in people or ()]

    def validate_metadata(self, metadata: dict[str, Any] | None) -> dict[str, Any]:
        """Nothing else."""
        return metadata or {}


class ProgrammeBody(EntryBody):
    """An entry of the schedule as the form sends it. Of a PUT only what is there changes.

    A time without a zone is UTC.
    """

    channel_id = serializers.UUIDField()


class PeriodBody(serializers.Serializer[Any]):
    """All that begins on a channel from a moment up to another one, which is not counted."""

    to = serializers.DateTimeField(help_text="Not counted; at most 31 days later. Without a zone it is UTC.")
    programs = serializers.ListField(child=EntryBody(), max_length=MOST_ENTRIES)

    def get_fields(self) -> dict[str, Any]:
        """With `from`, which is no name in Python."""
        begin = serializers.DateTimeField(help_text="Without a zone it is UTC.")
        return {"from": begin} | super().get_fields()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A period that is one, and not too long."""
        if attrs["to"] <= attrs["from"]:
            raise serializers.ValidationError({"to": "The period ends before it begins."})
        if attrs["to"] - attrs["from"] > LONGEST_PERIOD:
            raise serializers.ValidationError({"to": f"The period is longer than {LONGEST_PERIOD.days} days."})
        return attrs


class PeriodSerializer(serializers.Serializer[Any]):
    """What became of the programmes that began in a period, and those that do now, by time."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    programs = StaffProgrammeSerializer(many=True)
