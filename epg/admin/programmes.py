"""The guide in the admin site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from common.admin import LinksToDeletable
from epg import editing
from epg.admin.patience import PatientSaving
from epg.editing.programmes import SCHEDULE_RULES
from epg.models import Programme, Reminder
from epg.reminders import reattach

NOTHING = "–"


@admin.register(Programme)
class ProgrammeAdmin(LinksToDeletable, PatientSaving[Programme]):
    """The guide. An overlap is refused with a sentence."""

    refusals = SCHEDULE_RULES
    list_display = ("title", "sub_title", "channel", "start_time", "end_time", "age_rating", "is_locked", "source")
    list_filter = ("channel", "source", "is_locked", "is_new", "is_repeat", "is_premiere")
    list_select_related = ("channel", "source")
    search_fields = ("title", "sub_title")
    date_hierarchy = "start_time"
    autocomplete_fields = ("channel", "catalogue_title")
    readonly_fields = ("people", "other_languages", "source")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("channel", "start_time", "end_time", "title", "sub_title", "synopsis", "genre")}),
        ("For whom", {"fields": ("age_rating", "rating_original")}),
        ("Series", {"fields": ("series_title", "season_number", "episode_number")}),
        (None, {"fields": ("is_new", "is_repeat", "is_premiere", "year", "image_url", "people", "other_languages")}),
        ("Later", {"fields": ("catchup_eligible", "startover_eligible")}),
        (None, {"fields": ("catalogue_title", "metadata")}),
        ("Imports", {"fields": ("is_locked", "source")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Programme]:
        """With the channel, in one statement."""
        return super().get_queryset(request).select_related("channel")

    def lock(self, request: HttpRequest, object_id: str | None) -> Any:
        """Take turns with whoever changes the same schedules; these first, as everywhere."""
        programme = self.get_object(request, unquote(object_id)) if object_id else None
        editing.take_turns({*_id(request.POST.get("channel", "")), *([programme.channel_id] if programme else [])})
        return super().lock(request, object_id)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write it; reminders go along when it changes its channel, and find what has come again."""
        super().save_model(request, obj, form, change)
        if not change:
            reattach([obj.channel_id], added={obj.pk})
        elif "channel" in form.changed_data:
            Reminder.objects.filter(programme=obj).update(channel=obj.channel_id)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """The button on its page: reminders stay, and clients are told."""
        editing.delete_programmes(programme_ids=[obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Programme]) -> None:
        """The action of the list, likewise."""
        editing.delete_programmes(programme_ids=list(queryset.order_by().values_list("pk", flat=True)))

    @admin.display(description="credits")
    def people(self, programme: Programme) -> str:
        """Who is in it, as the guide says."""
        lines = ((one.get("role", ""), _named(one)) for one in programme.credits)
        return format_html_join("", "<div>{}: {}</div>", lines) or NOTHING

    @admin.display
    def other_languages(self, programme: Programme) -> str:
        """Its texts in other languages."""
        lines = (
            (language, " – ".join(texts[name] for name in ("title", "sub_title", "synopsis") if texts.get(name)))
            for language, texts in programme.translations.items()
        )
        return format_html_join("", "<div>{}: {}</div>", lines) or NOTHING


def _named(credit: Any) -> str:
    character = credit.get("character")
    return f"{credit.get('name', '')} ({character})" if character else str(credit.get("name", ""))


def _id(text: str) -> list[UUID]:
    """What the form says; whether it is a channel is for the form to check."""
    try:
        return [UUID(text)]
    except ValueError:
        return []
