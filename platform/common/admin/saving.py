"""Saving in the admin site: nobody writes back what others changed or deleted meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import DatabaseError, IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from common.admin.search import LiteralSearch
from common.constraints import constraint_of
from common.db import was_deadlocked
from common.errors import DomainError, GoneMeanwhileError

Row = TypeVar("Row", bound=models.Model)

AT_ONCE: Final = "Somebody else saved something at the same moment. Please look again."


class SafeSaving(LiteralSearch[Row]):
    """A form is checked and saved while its row is locked, and only what was changed in it is written."""

    # By constraint: what is said when it refuses twice.
    refusals: ClassVar[Mapping[str, type[DomainError]]] = {}

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """The form. What cannot be saved is answered with a sentence, and nothing of it is saved.

        Who loses a race is refused by the database. A second try finds what the winner saved when the form is
        checked, so that the form says what is wrong and keeps what was typed.
        """
        try:
            return self._locked_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            return _told(request, str(refusal.detail))
        except DatabaseError as error:
            if not _lost_a_race(error):
                raise
        try:
            return self._locked_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            return _told(request, str(refusal.detail))
        except IntegrityError as error:
            refusal_of = self.refusals.get(constraint_of(error))
            return _told(request, str(refusal_of.default_detail) if refusal_of else AT_ONCE)

    def _locked_view(self, request: HttpRequest, object_id: str | None, *rest: Any) -> Any:
        with transaction.atomic():
            if request.method == "POST":
                self.lock(request, object_id)
            return super().changeform_view(request, object_id, *rest)

    def lock(self, request: HttpRequest, object_id: str | None) -> Any:
        """Take the row to the end of the transaction: Django reads it again, checks and saves it after this."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        return row and _locked(row)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The page that asks; what refuses says why on the row's own page."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as refusal:
            messages.error(request, str(refusal.detail))
            return HttpResponseRedirect(self._address("change", object_id))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list. An action that is refused is answered with a sentence."""
        try:
            return super().changelist_view(request, extra_context)
        except DomainError as refusal:
            return _told(request, str(refusal.detail))

    def _address(self, page: str, object_id: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[object_id])

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write what was changed; of a new row everything."""
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changed_data:
            _save(obj, form.changed_data)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The same for the rows below."""
        formset.save(commit=False)
        for row in formset.deleted_objects:
            formset.delete_existing(row)
        for row, fields in formset.changed_objects:
            if _locked(row) is None:
                raise GoneMeanwhileError
            _save(row, fields)
        for row in formset.new_objects:
            row.save()
        formset.save_m2m()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """A text that may be missing stays missing when it is left empty. Django does so for short texts only."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if db_field.null and isinstance(field, forms.CharField):
            field.empty_value = None
        return field


def _locked(row: Any) -> Any:
    """The row as it is now; None when it is gone for good."""
    return type(row)._base_manager.select_for_update(no_key=True).filter(pk=row.pk).first()


def _save(row: Any, changed: Iterable[str]) -> None:
    names = set(changed)
    fields = [field for field in row._meta.concrete_fields if field.name in names or getattr(field, "auto_now", False)]
    row.save(update_fields=[field.name for field in fields])


def _lost_a_race(error: DatabaseError) -> bool:
    return isinstance(error, IntegrityError) or was_deadlocked(error)


def _told(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(request.get_full_path())
