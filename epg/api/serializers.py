"""Channels, programmes and reminders as JSON (contract 2.3, and what goes beyond it)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.addresses import public_url
from common.api.fields import OpenToAccountsField
from epg.api.quick import QuickSerializer
from epg.models import Channel, Programme, Reminder
from epg.models.reminders import MOST_MINUTES_BEFORE


class ChannelSerializer(QuickSerializer):
    """A channel, with what the profile thinks of it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    channel_number = serializers.IntegerField()
    logo_url = serializers.SerializerMethodField()
    genre = serializers.CharField(allow_null=True)
    is_hd = serializers.BooleanField()
    is_favorite = serializers.BooleanField()
    hls_live_url = OpenToAccountsField()

    def get_logo_url(self, channel: Channel) -> str | None:
        """Its own logo, or a drawn one."""
        return channel.logo_url or self._drawn_logo.replace(str(UUID(int=0)), str(channel.id))

    @cached_property
    def _drawn_logo(self) -> str:
        """The address of a drawn logo with zeros for the id: to make it takes longer than to put an id in."""
        return public_url(reverse("channel-logo", args=[UUID(int=0)]), self.context.get("request"))


class ProgrammeSerializer(QuickSerializer):
    """An entry of the schedule, its sub-title in its title. `is_live` is judged at `now` of the context."""

    id = serializers.UUIDField()
    channel_id = serializers.UUIDField()
    title = serializers.CharField(source="full_title", help_text="With the sub-title: `Series: Episode`.")
    synopsis = serializers.CharField(allow_null=True)
    genre = serializers.CharField(allow_null=True)
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    age_rating = serializers.CharField(allow_null=True)
    is_new = serializers.BooleanField()
    is_repeat = serializers.BooleanField()
    series_title = serializers.CharField(allow_null=True)
    season_number = serializers.IntegerField(allow_null=True)
    episode_number = serializers.IntegerField(allow_null=True)
    catchup_eligible = serializers.BooleanField()
    startover_eligible = serializers.BooleanField()
    is_live = serializers.SerializerMethodField()

    def get_is_live(self, programme: Programme) -> bool:
        """Whether it is running now."""
        now: datetime = self.context["now"]
        return programme.is_on_air(now)


class OnNowSerializer(serializers.Serializer[Any]):
    """A channel with what is on and what comes next."""

    channel = ChannelSerializer()
    current_program = ProgrammeSerializer()
    next_program = ProgrammeSerializer(allow_null=True)


class GridRowSerializer(serializers.Serializer[Any]):
    """A channel with its programmes of a period, by time."""

    channel = ChannelSerializer()
    programs = ProgrammeSerializer(many=True)


class GuideCreditSerializer(serializers.Serializer[Any]):
    """Somebody who took part."""

    role = serializers.CharField()
    name = serializers.CharField()
    character = serializers.CharField(allow_null=True)


class TranslationSerializer(serializers.Serializer[Any]):
    """A programme's texts in another language, as far as the guide has them."""

    title = serializers.CharField(required=False)
    sub_title = serializers.CharField(required=False)
    synopsis = serializers.CharField(required=False)


class ProgrammeDetailSerializer(ProgrammeSerializer):
    """Everything known of a programme."""

    sub_title = serializers.CharField(allow_null=True, help_text="The episode's own title; `title` holds it too.")
    credits = GuideCreditSerializer(many=True)
    image_url = serializers.CharField(allow_null=True)
    year = serializers.IntegerField(allow_null=True)
    rating_original = serializers.CharField(allow_null=True, help_text="As the guide has it, with its system.")
    is_premiere = serializers.BooleanField()
    translations = serializers.DictField(child=TranslationSerializer(), help_text="By language.")
    catalogue_title_id = serializers.UUIDField(
        source="title_on_show", allow_null=True, help_text="The title of the catalogue that it shows, if that is open."
    )
    channel = serializers.SerializerMethodField()

    @extend_schema_field(ChannelSerializer)
    def get_channel(self, programme: Programme) -> Any:
        """The channel that shows it."""
        return ChannelSerializer(programme.channel, context=self.context).data


class RemovedProgrammeSerializer(serializers.Serializer[Any]):
    """A programme that is not there any more."""

    id = serializers.UUIDField(source="key")
    channel_id = serializers.UUIDField()


class ChangesSerializer(serializers.Serializer[Any]):
    """What to change in a guide that was loaded before."""

    changed = ProgrammeSerializer(many=True)
    removed = RemovedProgrammeSerializer(many=True)
    reload_channels = serializers.ListField(child=serializers.UUIDField())
    next = serializers.CharField()
    more = serializers.BooleanField()


class ReminderBody(serializers.Serializer[Any]):
    """How long before."""

    minutes_before = serializers.IntegerField(
        min_value=0, max_value=MOST_MINUTES_BEFORE, required=False, help_text="Five when left out of a new reminder."
    )


class ReminderSerializer(serializers.Serializer[Any]):
    """A reminder, with the programme as it is now; without one, what it was when the guide last had it."""

    id = serializers.UUIDField()
    programme_id = serializers.UUIDField(allow_null=True)
    channel_id = serializers.UUIDField()
    title = serializers.SerializerMethodField()
    start_time = serializers.DateTimeField(source="starts_at")
    end_time = serializers.DateTimeField(source="ends_at")
    minutes_before = serializers.IntegerField()
    remind_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    program = ProgrammeSerializer(source="programme", allow_null=True)

    def get_title(self, reminder: Reminder) -> str:
        """What it is called now, or was."""
        return reminder.programme.full_title if reminder.programme else reminder.title
