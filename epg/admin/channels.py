"""Channels in the admin site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.admin import ExternalIdForm, SoftDeletableAdmin
from epg.admin.patience import PatientSaving
from epg.editing.channels import CHANNEL_RULES
from epg.locks import for_a_moment
from epg.models import Channel, ChannelExternalId


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
class ChannelAdmin(PatientSaving[Channel], SoftDeletableAdmin[Channel]):
    """Channels; what is deleted can be restored."""

    refusals = CHANNEL_RULES
    list_display = ("channel_number", "name", "genre", "country", "is_hd", "is_active")
    list_display_links = ("name",)
    list_filter = ("is_active", "genre", "country", "is_hd")
    search_fields = ("name", "external_ids__value")
    inlines = (ChannelExternalIdInline,)

    def take_away(self, request: HttpRequest, row: Any) -> None:
        """Delete one row softly. Raises `GuideBusyError`."""
        with for_a_moment():
            super().take_away(request, row)

    def give_back(self, request: HttpRequest, row: Any) -> None:
        """Restore one row. Raises `NameTakenError` or `GuideBusyError`."""
        with for_a_moment():
            super().give_back(request, row)
