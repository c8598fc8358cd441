"""The audit trail as staff read it: who changed what, when, from what to what. Nobody writes here, nor superusers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from auditlog.admin import LogEntry  # from there, so that what it registers can be replaced below
from auditlog.registry import auditlog
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator, capfirst
from django.utils.timezone import localtime

from common.admin.search import LiteralSearch

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

# Whose names the filter offers: to look through all entries would take longer the longer the trail.
NEWEST: Final = 5_000
SUMMARY: Final = 100
NOTHING: Final = "–"
BULK: Final = Q(object_pk="")
MARKED: Final = Q(changes__has_key="deleted_at")


class WriterFilter(admin.SimpleListFilter):
    """Who wrote."""

    title = "writer"
    parameter_name = "writer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those of the newest entries; the search box finds all."""
        entries = LogEntry.objects.filter(content_type__in=_readable(request))
        newest = entries.order_by("-timestamp").values_list("additional_data__writer", flat=True)[:NEWEST]
        return [(name, name) for name in sorted({str(name) for name in newest if name})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Their entries."""
        return queryset.filter(additional_data__writer=self.value()) if self.value() else queryset


class ModelFilter(admin.SimpleListFilter):
    """What kind of row was changed."""

    title = "what"
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every model that is recorded and that the reader may look at."""
        kinds = ((str(kind.pk), _name(kind.model_class())) for kind in _readable(request))
        return sorted(kinds, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Entries about rows of this kind."""
        value = self.value()
        return queryset.filter(content_type=int(value)) if value and value.isdecimal() else queryset


class ActionFilter(admin.SimpleListFilter):
    """What was done."""

    title = "action"
    parameter_name = "did"
    conditions: Final = {
        "created": Q(action=LogEntry.Action.CREATE),
        "changed": Q(action=LogEntry.Action.UPDATE) & ~BULK & ~MARKED,
        "deleted": Q(action=LogEntry.Action.DELETE) | Q(action=LogEntry.Action.UPDATE) & MARKED,
        "bulk": BULK,
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The kinds of entries."""
        return [
            ("created", "Created"),
            ("changed", "Changed"),
            ("deleted", "Deleted or restored"),
            ("bulk", "Imports and other bulk work"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Entries of this kind."""
        condition = self.conditions.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


class AuditTrailAdmin(LiteralSearch[Model]):
    """Entries, the newest first."""

    change_form_template = "admin/audit_trail/entry.html"
    list_display = ("when", "writer", "did", "kind", "row", "summary")
    list_filter = (WriterFilter, ActionFilter, ModelFilter, "timestamp")
    search_fields = ("object_repr", "additional_data__writer", "=object_pk")
    search_help_text = "A name of what was changed or of who did it, or the id of a row."
    list_select_related = ("content_type",)
    fields = ("when", "writer", "remote_addr", "did", "kind", "row", "details")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Entries about what the reader may look at: an entry repeats what stood in the row."""
        entries: QuerySet[Any] = super().get_queryset(request)
        return entries if _reads_all(request) else entries.filter(content_type__in=_readable(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    @admin.display(ordering="timestamp")
    def when(self, entry: Any) -> str:
        """To the second, in the time zone of the site."""
        return f"{localtime(entry.timestamp):%Y-%m-%d %H:%M:%S}"

    @admin.display(ordering="additional_data__writer")
    def writer(self, entry: Any) -> str:
        """Who did it."""
        return str((entry.additional_data or {}).get("writer") or NOTHING)

    @admin.display(description="action")
    def did(self, entry: Any) -> str:
        """What was done, in a word."""
        if not entry.object_pk:
            return "bulk work"
        if "deleted_at" in entry.changes_dict and entry.action == LogEntry.Action.UPDATE:
            return "restored" if entry.changes_dict["deleted_at"][1] is None else "deleted, restorable"
        return {LogEntry.Action.CREATE: "created", LogEntry.Action.DELETE: "deleted for good"}.get(
            entry.action, "changed"
        )

    @admin.display(description="what")
    def kind(self, entry: Any) -> str:
        """What kind of row it was; bulk work changes rows of several kinds."""
        model = entry.content_type.model_class()
        return _name(model) if model and entry.object_pk else NOTHING

    @admin.display(description="which")
    def row(self, entry: Any) -> str | SafeString:
        """The row as it was called then, with the way to its page if it has one."""
        address = _address(entry)
        return format_html('<a href="{}">{}</a>', address, entry.object_repr) if address else str(entry.object_repr)

    @admin.display
    def summary(self, entry: Any) -> str:
        """The beginning of what changed, as far as the other columns do not tell it."""
        lines = _short_lines(entry) if entry.object_pk else _report_lines(entry)
        return Truncator("; ".join(lines)).chars(SUMMARY) or NOTHING

    @admin.display(description="before and after")
    def details(self, entry: Any) -> SafeString:
        """Everything that is known of the change."""
        if entry.object_pk:
            return _table(("field", "before", "after"), _changes(entry))
        return _table(("report", ""), _report(entry))


def _reads_all(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _readable(request: HttpRequest) -> list[ContentType]:
    """The kinds of rows that are recorded and that the reader may look at anyway."""
    kinds = ContentType.objects.get_for_models(*auditlog.get_models()).values()
    return [kind for kind in kinds if request.user.has_perm(f"{kind.app_label}.view_{kind.model}")]


def _name(model: Any) -> str:
    return str(capfirst(model._meta.verbose_name))


def _address(entry: Any) -> str | None:
    """The page of the row, unless it is gone for good. An API key has none."""
    if entry.action == LogEntry.Action.DELETE or not (entry.object_id or _is_uuid(entry.object_pk)):
        return None
    kind = entry.content_type
    try:
        return reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_pk])
    except NoReverseMatch:
        return None


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _report(entry: Any) -> Iterator[tuple[str, str]]:
    """What bulk work did: a name and a value for each fact."""
    return _facts((entry.additional_data or {}).get("report") or {})


def _facts(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in report.items():
        if isinstance(value, dict):
            yield from ((f"{name}, {inner}", text) for inner, text in _facts(value))
        else:
            yield name.replace("_", " "), _shown(value)


def _report_lines(entry: Any) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in _report(entry) if value != "0")


def _short_lines(entry: Any) -> Iterator[str]:
    if entry.action != LogEntry.Action.UPDATE:  # the whole row
        return (field for field, _, _ in _changes(entry))
    told = (change for change in _changes(entry) if change[0] not in {"deleted_at", "deleted_by"})
    return (f"{field}: {before} → {after}" for field, before, after in told)


def _changes(entry: Any) -> list[tuple[str, str, str]]:
    return [(field, *_before_and_after(change)) for field, change in sorted(entry.changes_dict.items())]


def _before_and_after(change: Any) -> tuple[str, str]:
    if isinstance(change, dict):  # many-to-many: what was put in, or taken out
        objects = ", ".join(map(str, change.get("objects", ())))
        return (NOTHING, f"+ {objects}") if change.get("operation") == "add" else (f"− {objects}", NOTHING)
    before, after = change
    return _shown(before), _shown(after)


def _shown(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> SafeString:
    head = format_html_join("", "<th>{}</th>", ((name,) for name in heads))
    lines = ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
    return format_html("<table><thead><tr>{}</tr></thead>{}</table>", head, format_html_join("", "<tr>{}</tr>", lines))


# The library's own list looks for a first name, which our accounts do not have.
admin.site.unregister(LogEntry)
admin.site.register(LogEntry, AuditTrailAdmin)
