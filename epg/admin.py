"""Channels and the guide in the admin site."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import LinksToDeletable, LiteralSearch, SoftDeletableAdmin
from epg.models import Channel, ChannelExternalId, Programme


class ChannelExternalIdInline(admin.TabularInline[ChannelExternalId, Channel]):
    """What guides and playlists call the channel."""

    model = ChannelExternalId
    extra = 0


@admin.register(Channel)
class ChannelAdmin(SoftDeletableAdmin[Channel]):
    """Channels; what is deleted can be restored."""

    list_display = ("channel_number", "name", "genre", "is_hd")
    list_display_links = ("name",)
    list_filter = ("genre", "is_hd")
    search_fields = ("name", "external_ids__value")
    inlines = (ChannelExternalIdInline,)


@admin.register(Programme)
class ProgrammeAdmin(LinksToDeletable, LiteralSearch[Programme]):
    """The guide. An overlap is refused with a sentence."""

    list_display = ("title", "channel", "start_time", "end_time", "age_rating", "is_new", "is_repeat")
    list_filter = ("channel", "is_new", "is_repeat")
    search_fields = ("title",)
    date_hierarchy = "start_time"
    autocomplete_fields = ("channel", "catalogue_title")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Programme]:
        """With the channel, in one statement."""
        return super().get_queryset(request).select_related("channel")
