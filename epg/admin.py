"""Channels and the guide in the admin site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import ExternalIdForm, LinksToDeletable, SafeSaving, SoftDeletableAdmin
from epg.editing import CHANNEL_RULES, SCHEDULE_RULES, take_turns
from epg.models import Channel, ChannelExternalId, Programme


class ChannelsIdForm(ExternalIdForm[ChannelExternalId]):
    """Guides call one channel by it."""

    owner = "channel"
    names = ("value",)


class ChannelExternalIdInline(admin.TabularInline[ChannelExternalId, Channel]):
    """What guides and playlists call the channel."""

    model = ChannelExternalId
    form = ChannelsIdForm
    extra = 0


@admin.register(Channel)
class ChannelAdmin(SoftDeletableAdmin[Channel]):
    """Channels; what is deleted can be restored."""

    refusals = CHANNEL_RULES
    list_display = ("channel_number", "name", "genre", "is_hd")
    list_display_links = ("name",)
    list_filter = ("genre", "is_hd")
    search_fields = ("name", "external_ids__value")
    inlines = (ChannelExternalIdInline,)


@admin.register(Programme)
class ProgrammeAdmin(LinksToDeletable, SafeSaving[Programme]):
    """The guide. An overlap is refused with a sentence."""

    refusals = SCHEDULE_RULES
    list_display = ("title", "channel", "start_time", "end_time", "age_rating", "is_new", "is_repeat")
    list_filter = ("channel", "is_new", "is_repeat")
    search_fields = ("title",)
    date_hierarchy = "start_time"
    autocomplete_fields = ("channel", "catalogue_title")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Programme]:
        """With the channel, in one statement."""
        return super().get_queryset(request).select_related("channel")

    def lock(self, request: HttpRequest, object_id: str | None) -> Any:
        """Take turns with whoever changes the same schedules; these first, as everywhere."""
        programme = self.get_object(request, unquote(object_id)) if object_id else None
        take_turns({*_id(request.POST.get("channel", "")), *([programme.channel_id] if programme else [])})
        return super().lock(request, object_id)


def _id(text: str) -> list[UUID]:
    """What the form says; whether it is a channel is for the form to check."""
    try:
        return [UUID(text)]
    except ValueError:
        return []
