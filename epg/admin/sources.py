"""Guide sources in the admin site. What signs in to one is written there and never shown again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from epg.admin.patience import PatientSaving
from epg.admin.source_names import names_of, offers_of
from epg.locks import for_a_moment
from epg.models import GuideSource, RefreshResult
from epg.sources import GUIDE_ADDRESS, is_guide_address, is_language, masked, zone_named
from epg.sources.addresses import HIDDEN

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

WRITE_ALL_OF_IT: Final = f"Write the whole address: {HIDDEN} only stands for what is not shown."
NEVER_SHOWN: Final = "A name and a password in it, and the values behind its question mark, are not shown again."


class GuideSourceForm(forms.ModelForm[GuideSource]):
    """Shows the address without what signs in; left as it is shown, it stays as it was."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.url:
            self.initial["url"] = masked(self.instance.url)
        if "url" in self.fields:
            self.fields["url"].help_text = NEVER_SHOWN
            self.fields["url"].widget.attrs["class"] = "vLargeTextField"

    def clean_url(self) -> str:
        """What is to be stored."""
        url = str(self.cleaned_data["url"])
        if self.instance.url and "url" not in self.changed_data:
            return str(self.instance.url)
        if HIDDEN in url:
            raise ValidationError(WRITE_ALL_OF_IT)
        if not is_guide_address(url):
            raise ValidationError(GUIDE_ADDRESS)
        return url

    def clean_time_zone(self) -> str:
        """A zone that there is."""
        name = str(self.cleaned_data["time_zone"])
        if zone_named(name) is None:
            raise ValidationError("There is no such time zone: write one as Europe/Oslo, or UTC.")
        return name

    def clean_language(self) -> str:
        """A language, or none."""
        language = str(self.cleaned_data["language"])
        if language and not is_language(language):
            raise ValidationError("This is no language: write it as the guide does, as no or eng.")
        return language


@admin.register(GuideSource)
class GuideSourceAdmin(PatientSaving[GuideSource]):
    """Where guides come from, and how the last refresh went. `manage.py refresh_guides` fetches them."""

    form = GuideSourceForm
    list_display = ("name", "address", "priority", "is_active", "outcome", "checked_at", "imported_at")
    list_filter = ("is_active", "last_result")
    search_fields = ("name",)
    readonly_fields = ("address", "names", "offers", "outcome", "checked_at", "imported_at")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """The button on its page, unless an import brings in what the source says."""
        with for_a_moment():
            _held([obj.pk])
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[GuideSource]) -> None:
        """The action of the list, likewise."""
        with for_a_moment():
            _held(queryset.order_by().values_list("pk", flat=True))
            super().delete_queryset(request, queryset)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The address in full for whoever may write it; for everybody else what may be shown of it."""
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        own = ("name", "url" if may_write else "address", "is_active", "priority")
        read = ("time_zone", "time_shift_minutes", "language", "creates_channels", "keeps_icons")
        later = [
            ("What it calls the channels", {"fields": ("names", "offers")}),
            ("Last refresh", {"fields": ("outcome", "checked_at", "imported_at")}),
        ]
        return [(None, {"fields": own}), ("How its guide is read", {"fields": read}), *(later if obj else [])]

    @admin.display
    def address(self, source: GuideSource) -> str:
        """Without what signs in."""
        return masked(source.url)

    @admin.display(description="names of its own")
    def names(self, source: GuideSource) -> SafeString:
        """They have pages of their own, because they may be thousands."""
        return names_of(source)

    @admin.display(description="ids that nobody knew")
    def offers(self, source: GuideSource) -> SafeString:
        """At the last import."""
        return offers_of(source)

    @admin.display(description="last refresh", ordering="last_result")
    def outcome(self, source: GuideSource) -> str:
        """How it went, with the reason when it failed."""
        if not source.last_result:
            return "never refreshed"
        return f"{RefreshResult(source.last_result).label}: {source.last_error}".removesuffix(": ")


def _held(ids: Iterable[Any]) -> list[GuideSource]:
    """The sources, of which no import brings in anything more: what one has just brought in is there to be seen."""
    return list(GuideSource.objects.filter(pk__in=list(ids)).order_by("pk").select_for_update())
