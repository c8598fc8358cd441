"""Seasons and episodes in the admin site."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.models import Episode, Season
from common.admin import LinksToDeletable, SafeSaving


class EpisodeInline(admin.TabularInline[Episode, Season]):
    """The parts of a season."""

    model = Episode
    fields = ("episode_number", "title", "duration_minutes", "hls_manifest_url")
    extra = 0


@admin.register(Season)
class SeasonAdmin(LinksToDeletable, SafeSaving[Season]):
    """Seasons with their episodes."""

    list_display = ("title", "season_number", "name")
    search_fields = ("title__title",)
    autocomplete_fields = ("title",)
    inlines = (EpisodeInline,)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Season]:
        """With the series, in one statement."""
        return super().get_queryset(request).select_related("title").order_by("title__title", "season_number")
