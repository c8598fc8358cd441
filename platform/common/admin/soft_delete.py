"""Deleting and restoring in the admin site: a deleted row can be looked at, and nothing more until it is restored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst

from common.admin.saving import SafeSaving
from common.errors import DomainError, GoneMeanwhileError
from common.soft_delete import SoftDeletable

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList

Row = TypeVar("Row", bound=SoftDeletable)

TEMPLATES: Final = "admin/soft_deletable"


class StateFilter(admin.SimpleListFilter):
    """Live rows, unless deleted ones are asked for."""

    title = "deletion"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The three states of a list."""
        return [("live", "Not deleted"), ("deleted", "Deleted"), ("all", "All")]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Without a choice of its own for no choice."""
        for state, name in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: state})
            yield {"selected": (self.value() or "live") == state, "query_string": query, "display": name}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in the chosen state."""
        if self.value() == "all":
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() != "deleted")


class LiveForm:
    """A form that checks what is unique among live rows; Django skips a rule about a column that is not in the form."""

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"deleted_at"}


class SoftDeletableAdmin(SafeSaving[Row]):
    """Delete takes a row from viewers and keeps it; who may delete may restore."""

    change_form_template = f"{TEMPLATES}/change_form.html"
    delete_confirmation_template = f"{TEMPLATES}/delete_confirmation.html"
    delete_selected_confirmation_template = f"{TEMPLATES}/delete_selected_confirmation.html"
    actions: Any = ("restore_selected",)

    def take_away(self, request: HttpRequest, row: Any) -> None:
        """Delete one row softly. Raises a `DomainError` with a sentence for whoever asked."""
        row.soft_delete(request.user)

    def give_back(self, request: HttpRequest, row: Any) -> None:
        """Restore one row. Raises a `DomainError`, such as `NameTakenError`."""
        row.restore()

    # --- Which rows, which columns ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Deleted rows, too, with who deleted them."""
        rows = cast("Any", self.model).with_deleted.select_related("deleted_by")
        ordering = self.get_ordering(request)
        return cast("QuerySet[Any]", rows.order_by(*ordering) if ordering else rows)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Other rows are linked with live ones only."""
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            queryset = queryset.filter(deleted_at=None)
        return super().get_search_results(request, queryset, search_term)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """The state first."""
        return (StateFilter, *super().get_list_filter(request))

    def get_list_display(self, request: HttpRequest) -> Any:
        """With when and by whom where deleted rows are listed."""
        shows_deleted = request.GET.get(StateFilter.parameter_name) in ("deleted", "all")
        return (*super().get_list_display(request), *(("deleted_at", "deleted_by") if shows_deleted else ()))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With when and by whom on the page of a deleted row, where nothing can be edited."""
        fieldsets = super().get_fieldsets(request, obj)
        deletion = ("Deleted", {"fields": ("deleted_at", "deleted_by")})
        return [deletion, *fieldsets] if _is_deleted(obj) else fieldsets

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """The form, which says what a live row has already."""
        form: Any = super().get_form(request, obj, change=change, **options)
        return type(form)(form.__name__, (LiveForm, form), {})

    # --- Who may ---

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not what is deleted."""
        return not _is_deleted(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not what is deleted already."""
        return not _is_deleted(obj) and super().has_delete_permission(request, obj)

    def has_restore_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may delete it."""
        return super().has_delete_permission(request, obj)

    def lock(self, request: HttpRequest, object_id: str | None) -> Any:
        """Whoever might have saved it is told that it was deleted while they looked at it."""
        row = super().lock(request, object_id)
        if _is_deleted(row) and super().has_change_permission(request, row):
            raise GoneMeanwhileError("It is deleted. Nothing was saved.")
        return row

    # --- Deleting ---

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """The button on a row's page."""
        self.take_away(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The action on the list: row by row, so that each leaves its entry in the audit trail."""
        self._for_each(request, queryset, self.take_away)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], list[Any]]:
        """What the pages that ask list: the rows themselves, because what hangs on them is kept."""
        meta = self.model._meta
        rows = [row for row in objs if not row.is_deleted]
        refused = {str(meta.verbose_name) for row in rows if not self.has_delete_permission(request, row)}
        names = [f"{capfirst(str(meta.verbose_name))}: {row}" for row in rows]
        return names, {meta.verbose_name_plural: len(rows)}, refused, []

    # --- Restoring ---

    @admin.action(description="Restore selected %(verbose_name_plural)s", permissions=["restore"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The action on the list."""
        rows = [row for row in queryset.filter(deleted_at__isnull=False) if self.has_restore_permission(request, row)]
        restored = self._for_each(request, rows, self.give_back)
        self.message_user(request, f"Restored {restored} {model_ngettext(self.opts, restored)}.", messages.SUCCESS)

    def _for_each(self, request: HttpRequest, rows: Iterable[Any], change: Any) -> int:
        changed = 0
        for row in rows:
            try:
                change(request, row)
            except DomainError as refusal:
                self.message_user(request, f"{row}: {refusal.detail}", messages.ERROR)
            else:
                changed += 1
        return changed

    def get_urls(self) -> list[URLPattern]:
        """With the page that asks whether to restore."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        view = self.admin_site.admin_view(self.restore_view)
        return [path("<path:object_id>/restore/", view, name=name), *super().get_urls()]

    def restore_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and restore."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_restore_permission(request, row):
            raise PermissionDenied
        if request.method != "POST":
            return self._ask_to_restore(request, row)
        if self._for_each(request, [row], self.give_back):
            self.message_user(request, f"{row} is back.", messages.SUCCESS)
        return HttpResponseRedirect(self._address("change", object_id))

    def _ask_to_restore(self, request: HttpRequest, row: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Restore",
            "object": row,
            "opts": self.opts,
            "media": self.media,
        }
        return TemplateResponse(request, f"{TEMPLATES}/restore_confirmation.html", context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell the page what it may offer."""
        row = context.get("original")
        context["may_restore"] = _is_deleted(row) and self.has_restore_permission(request, row)
        context["may_read_trail"] = request.user.has_perm("auditlog.view_logentry")
        return super().render_change_form(request, context, *args, **kwargs)


class LinksToDeletable:
    """For a row that refers to one that may be deleted: to save it must not cut a link that counts again some day."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The row that is chosen stays chosen; the search for another one finds live rows only."""
        related = db_field.related_model
        if issubclass(related, SoftDeletable):
            options.setdefault("queryset", cast("Any", related).with_deleted.all())
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]


def _is_deleted(row: Any) -> bool:
    return row is not None and bool(row.is_deleted)
