"""What sources call the channels, in the admin site: a list of its own, because a source may have thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from common.admin import LinksToDeletable, SafeSaving
from epg.importing.report import LONGEST_NAME, OTHERS
from epg.models import GuideSource, GuideSourceChannel

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

BY_SOURCE: Final = "source__id__exact"
NOTHING: Final = "–"
# Of the ids that nobody knows so many are offered at once; those that have got a channel make room for others.
MOST_OFFERED: Final = 50


@admin.register(GuideSourceChannel)
class GuideSourceChannelAdmin(LinksToDeletable, SafeSaving[GuideSourceChannel]):
    """What the sources call the channels, where the channels' own ids do not tell."""

    list_display = ("guide_id", "stands_for", "source")
    list_filter = ("source", ("channel", admin.EmptyFieldListFilter))
    list_select_related = ("source", "channel")
    search_fields = ("guide_id", "channel__name")
    autocomplete_fields = ("channel",)
    fields = ("source", "guide_id", "channel")
    show_full_result_count = False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Of the source whose names are listed, so that many can be added one after the other."""
        listed = parse_qs(request.GET.get("_changelist_filters", "")).get(BY_SOURCE, [""])
        return {"source": listed[0]} | super().get_changeform_initial_data(request)

    @admin.display(description="channel", ordering="channel__name")
    def stands_for(self, row: GuideSourceChannel) -> str:
        """The channel, or that there is none on purpose."""
        return str(row.channel) if row.channel else "left out"


def names_of(source: GuideSource) -> SafeString:
    """How many names the source has, with the way to them; one statement."""
    filters = urlencode({BY_SOURCE: source.pk})
    return format_html(
        '<a href="{}?{}">{} of them</a>, <a href="{}?{}">add one</a>',
        reverse("admin:epg_guidesourcechannel_changelist"),
        filters,
        f"{source.channels.count():,}",
        reverse("admin:epg_guidesourcechannel_add"),
        urlencode({"_changelist_filters": filters}),
    )


def offers_of(source: GuideSource) -> SafeString:
    """The ids that nobody knew at the last import, each with the way to give it a channel; two statements."""
    unknown = _unknown_to_last_import(source)
    known = set(source.channels.filter(guide_id__in=unknown).values_list("guide_id", flat=True))
    offered = [name for name in unknown if name not in known]
    links = ((_address_to_add(source, name), name) for name in offered[:MOST_OFFERED])
    more = f", and {len(offered) - MOST_OFFERED:,} more" if len(offered) > MOST_OFFERED else ""
    return format_html("{}{}", format_html_join(", ", '<a href="{}">{}</a>', links) or NOTHING, more)


def _unknown_to_last_import(source: GuideSource) -> list[str]:
    """Those with the most programmes first."""
    counts = source.imports.filter(is_success=True).values_list("counts", flat=True).first() or {}
    unknown: dict[str, int] = counts.get("by_name", {}).get("unknown_channels", {})
    # Longer ones were cut.
    names = (name for name in unknown if name != OTHERS and len(name) < LONGEST_NAME)
    return sorted(names, key=lambda name: (-unknown[name], name))


def _address_to_add(source: GuideSource, guide_id: str) -> str:
    filters = urlencode({BY_SOURCE: source.pk})
    query = urlencode({"guide_id": guide_id, "_changelist_filters": filters})
    return f"{reverse('admin:epg_guidesourcechannel_add')}?{query}"
