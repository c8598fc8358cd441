"""What search keeps of titles changes with the names of their people and genres."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from catalog.models import Title
from catalog.search.documents import index_titles
from common.admin import SafeSaving

Row = TypeVar("Row", bound=Model)


class NamedInTitles(SafeSaving[Row]):
    """Rows whose name is searched for: when it changes or goes, search learns of it in the same transaction."""

    # The way from a title to such a row.
    way: ClassVar[str]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it, and tell the titles that carry it."""
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            index_titles(self._titles_of([obj]))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """The button on a row's page."""
        with self._told([obj]):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The action on the list."""
        with self._told(queryset):
            super().delete_queryset(request, queryset)

    @contextmanager
    def _told(self, rows: Iterable[Any]) -> Iterator[None]:
        with transaction.atomic():
            titles = self._titles_of(rows)
            yield
            index_titles(titles)

    def _titles_of(self, rows: Iterable[Any]) -> list[Any]:
        found = Title.with_deleted.filter(**{f"{self.way}__in": list(rows)})
        return list(found.order_by().values_list("id", flat=True).distinct())
