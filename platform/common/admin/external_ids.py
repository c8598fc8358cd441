"""Ids that others give to a title or channel. Each names one row, and a deleted row keeps its own."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django import forms
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class ExternalIdForm(forms.ModelForm[Row]):
    """An id of a deleted row may be given to another one. The deleted row would have it only for a new import."""

    # The field that names the row, and those which together name it once.
    owner: ClassVar[str]
    names: ClassVar[tuple[str, ...]]

    former: Any = None

    def clean(self) -> dict[str, Any] | None:
        """Look for a deleted row that has this id."""
        data = super().clean()
        if all(name in self.cleaned_data for name in self.names):
            same = {name: self.cleaned_data[name] for name in self.names}
            rows = self._meta.model._default_manager.exclude(pk=self.instance.pk)
            self.former = rows.filter(**same, **{f"{self.owner}__deleted_at__isnull": False}).first()
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """What a deleted row has does not count."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded if self.former is None else excluded.union(self.names)

    def save(self, commit: bool = True) -> Any:
        """Take it from the deleted row."""
        if self.former is not None:
            self.former.delete()
        return super().save(commit)
