"""The catalogue in the admin site."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.models import Credit, Episode, ExternalId, Genre, Person, Season, Title
from common.admin import ExternalIdForm, LinksToDeletable, SafeSaving, SoftDeletableAdmin


class CreditInline(admin.TabularInline[Credit, Title]):
    """Who made it and who is in it."""

    model = Credit
    autocomplete_fields = ("person",)
    extra = 0


class SeasonInline(admin.TabularInline[Season, Title]):
    """Its seasons; the episodes are on each season's own page."""

    model = Season
    fields = ("season_number", "name")
    show_change_link = True
    extra = 0


class TitlesIdForm(ExternalIdForm[ExternalId]):
    """A source calls one title by it."""

    owner = "title"
    names = ("source", "value")


class ExternalIdInline(admin.TabularInline[ExternalId, Title]):
    """What importers call it."""

    model = ExternalId
    form = TitlesIdForm
    extra = 0


@admin.register(Title)
class TitleAdmin(SoftDeletableAdmin[Title]):
    """Films and series; what is deleted can be restored."""

    list_display = ("title", "title_type", "release_year", "age_rating", "is_featured")
    list_filter = ("title_type", "is_featured", "age_rating", "genres")
    search_fields = ("title",)
    filter_horizontal = ("genres",)
    readonly_fields = ("created_at", "updated_at")
    inlines = (CreditInline, SeasonInline, ExternalIdInline)
    show_full_result_count = False


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


@admin.register(Genre)
class GenreAdmin(SafeSaving[Genre]):
    """Shelves."""

    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Person)
class PersonAdmin(SafeSaving[Person]):
    """People on and behind the screen."""

    list_display = ("name",)
    search_fields = ("name",)
    show_full_result_count = False
