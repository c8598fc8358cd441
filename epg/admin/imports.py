"""What imports of guides did, for staff to read. Nobody writes here, nor superusers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime

from common.admin import LiteralSearch
from epg.importing import GuideReport
from epg.models import GuideImport

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

NOTHING = "–"


@admin.register(GuideImport)
class GuideImportAdmin(LiteralSearch[GuideImport]):
    """The newest first."""

    list_display = ("when", "name", "source", "outcome", "added", "changed", "moved", "removed", "unchanged")
    list_filter = ("is_success", "source", "started_at")
    list_select_related = ("source",)
    search_fields = ("name", "error")
    fields = ("name", "source", "when", "took", "outcome", "figures", "what_happened")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuideImport]:
        """A list shows no details, which may be many."""
        return super().get_queryset(request).defer("details")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody; `manage.py purge_deleted` removes old ones."""
        return False

    @admin.display(ordering="started_at")
    def when(self, row: GuideImport) -> str:
        """When it began, in the time zone of the site."""
        return f"{localtime(row.started_at):%Y-%m-%d %H:%M:%S}"

    @admin.display
    def took(self, row: GuideImport) -> str:
        """How long."""
        return f"{(row.finished_at - row.started_at).total_seconds():.1f} seconds"

    @admin.display(ordering="is_success")
    def outcome(self, row: GuideImport) -> str:
        """How it ended, with the reason when it was refused."""
        return "imported" if row.is_success else f"refused: {row.error}"

    @admin.display
    def added(self, row: GuideImport) -> str:
        """Programmes that came."""
        return _count(row, "added")

    @admin.display
    def changed(self, row: GuideImport) -> str:
        """Programmes that say something else now."""
        return _count(row, "changed")

    @admin.display
    def moved(self, row: GuideImport) -> str:
        """Programmes at another time."""
        return _count(row, "moved")

    @admin.display
    def removed(self, row: GuideImport) -> str:
        """Programmes that went."""
        return _count(row, "removed")

    @admin.display
    def unchanged(self, row: GuideImport) -> str:
        """Programmes that were so already."""
        return _count(row, "unchanged")

    @admin.display(description="counts")
    def figures(self, row: GuideImport) -> SafeString:
        """All that was counted."""
        note = "" if row.is_success else format_html("<p>{}</p>", "Up to where it ended; nothing of it was written.")
        return format_html("{}{}", note, _table((), _figures(row.counts)))

    @admin.display(description="details")
    def what_happened(self, row: GuideImport) -> SafeString:
        """The first details of each kind."""
        names = ("kind", "line", "channel", "at", "sentence")
        rows = [[_text(detail.get(name)) for name in names] for detail in row.details]
        left_out = format_html("<p>{} more were not kept.</p>", f"{row.details_left_out:,}")
        return format_html("{}{}", _table(names, rows), left_out if row.details_left_out else "")


def _count(row: GuideImport, name: str) -> str:
    """Of one that failed nothing was written, whatever was counted until then."""
    return _figure(row.counts[name]) if row.is_success and name in row.counts else NOTHING


def _figures(counts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Sums, and then what some of them consist of."""
    reasons: Mapping[str, Mapping[str, int]] = counts.get("by_name", {})
    # The database keeps no order of names.
    order = [name for name in GuideReport().counts() if name in counts]
    for name in (*order, *sorted(counts.keys() - {*order, "by_name"})):
        yield name.replace("_", " "), _figure(counts[name])
    for name, tally in reasons.items():
        for reason, count in tally.items():
            yield f"{name.replace('_', ' ')}: {reason}", _figure(count)


def _figure(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _text(value: Any) -> str:
    return NOTHING if value is None else str(value).replace("_", " ")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> SafeString:
    head = format_html_join("", "<th>{}</th>", ((name,) for name in heads))
    lines = ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
    body = format_html_join("", "<tr>{}</tr>", lines)
    return (
        format_html("<table><thead><tr>{}</tr></thead>{}</table>", head, body) if body else format_html("{}", NOTHING)
    )
