"""What every list of the admin site needs."""

from __future__ import annotations

from typing import Final, TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)

# Columns of secrets, and of what stands for them. A list that can be narrowed by one tells it letter by letter.
# The address of a source may hold a password.
SECRETS: Final = frozenset({"password", "hashed_key", "digest", "url"})


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

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Not by a secret: Django lets an address narrow a list by any column of its rows."""
        if not SECRETS.isdisjoint(lookup.split("__")):
            return False
        return super().lookup_allowed(lookup, value, request)
