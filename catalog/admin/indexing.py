"""What search keeps of titles changes with the names of their people and genres."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from catalog.models import Title
from catalog.search.documents import index_titles_apart, lock_titles
from common.admin import SafeSaving

Row = TypeVar("Row", bound=Model)


class NamedInTitles(SafeSaving[Row]):
    """Rows whose name is searched for: when it changes or goes, search learns of it as soon as that is committed.

    The rows are locked first, so nobody can give a title such a row meanwhile and write the old name down: the titles
    that carry it are looked up behind that. Not in the same transaction, for it may be thousands of titles, and whoever
    saves a title locks that before its people. Should the process die in between, `manage.py index_titles` makes up.
    """

    # The way from a title to such a row.
    way: ClassVar[str]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it, and tell the titles that carry it."""
        is_renamed = change and bool(form.changed_data)
        if is_renamed:
            self._lock([obj.pk])
        super().save_model(request, obj, form, change)
        if is_renamed:
            transaction.on_commit(lambda: index_titles_apart(self._titles_of([obj.pk])))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """The button on a row's page."""
        with self._told([obj.pk]):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The action on the list."""
        with self._told([row.pk for row in queryset]):
            super().delete_queryset(request, queryset)

    @contextmanager
    def _told(self, keys: Sequence[Any]) -> Iterator[None]:
        """Titles first, as who saves them does: two in opposite order would wait for each other."""
        with transaction.atomic():
            lock_titles(self._titles_of(keys))
            self._lock(keys)
            titles = self._titles_of(keys)
            yield
            transaction.on_commit(partial(index_titles_apart, titles))

    def _lock(self, keys: Iterable[Any]) -> None:
        rows = self.model._default_manager.filter(pk__in=list(keys)).order_by("pk").select_for_update()
        list(rows.values_list("pk"))

    def _titles_of(self, keys: Iterable[Any]) -> list[Any]:
        found = Title.with_deleted.filter(**{f"{self.way}__in": list(keys)})
        return list(found.order_by().values_list("id", flat=True).distinct())
