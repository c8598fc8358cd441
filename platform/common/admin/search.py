"""What every list of the admin site needs."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)


class LiteralSearch(admin.ModelAdmin[Row]):
    """A search box in which every sign means itself. Django's own reads quotes as marks around a phrase.

    There a search for a quotation mark finds every row. Words are still looked for one by one.
    """

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Row], search_term: str
    ) -> tuple[QuerySet[Row], bool]:
        """The rows in which every word stands, quoted so that Django unquotes it to what was typed."""
        words = [word.replace("\\", "\\\\").replace('"', '\\"') for word in search_term.split()]
        return super().get_search_results(request, queryset, " ".join(f'"{word}"' for word in words))
