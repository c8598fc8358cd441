"""Films and series in the admin site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.models import Credit, ExternalId, Season, Title, TitleRelation, TitleStatus
from catalog.search.documents import index_titles
from common.admin import ExternalIdForm, LinksToDeletable, SoftDeletableAdmin


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


class RelationForm(forms.ModelForm[TitleRelation]):
    """Django checks no rule that speaks of the title whose page it is."""

    def clean(self) -> dict[str, Any] | None:
        """Another title."""
        data = super().clean()
        if self.cleaned_data.get("related") == self.cleaned_data.get("title"):
            raise ValidationError({"related": "A title is not related to itself."})
        return data


class RelationInline(LinksToDeletable, admin.TabularInline[TitleRelation, Title]):
    """Its sequels, prequels, remakes and spin-offs. The other title tells of it by itself."""

    model = TitleRelation
    form = RelationForm
    fk_name = "title"
    fields = ("kind", "related")
    autocomplete_fields = ("related",)
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

    list_display = ("title", "title_type", "release_year", "age_rating", "status", "is_featured")
    list_filter = ("status", "title_type", "is_featured", "age_rating", "genres")
    search_fields = ("title",)
    filter_horizontal = ("genres",)
    readonly_fields = ("created_at", "updated_at")
    inlines = (CreditInline, SeasonInline, RelationInline, ExternalIdInline)
    actions = (*SoftDeletableAdmin.actions, "publish_selected", "archive_selected")
    show_full_result_count = False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Its genres and people, too; then search reads all of it, in the same transaction."""
        super().save_related(request, form, formsets, change)
        index_titles([form.instance.pk])

    @admin.action(description="Publish selected %(verbose_name_plural)s", permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Title]) -> None:
        """Let viewers see them, from and until their times."""
        self._become(request, queryset, TitleStatus.PUBLISHED)

    @admin.action(description="Archive selected %(verbose_name_plural)s", permissions=["change"])
    def archive_selected(self, request: HttpRequest, queryset: QuerySet[Title]) -> None:
        """Take them from viewers and keep them."""
        self._become(request, queryset, TitleStatus.ARCHIVED)

    def _become(self, request: HttpRequest, queryset: QuerySet[Title], status: TitleStatus) -> None:
        """Row by row, so that each leaves its entry in the audit trail. What is deleted stays as it is."""
        with transaction.atomic():
            chosen = queryset.order_by("id").select_for_update(of=("self",), no_key=True)
            live = [title for title in chosen if not title.is_deleted]
            others = [title for title in live if title.status != status]
            for title in others:
                title.status = status
                title.save(update_fields=["status", "updated_at"])
        self.message_user(request, _result(self.opts, status, len(others), len(live)), messages.SUCCESS)


def _result(opts: Any, status: TitleStatus, changed: int, live: int) -> str:
    names = f"{changed} {model_ngettext(opts, changed)}"
    already = f" {live - changed} already had this status." if live > changed else ""
    return f"{names} {'is' if changed == 1 else 'are'} {status.label.lower()} now.{already}"
