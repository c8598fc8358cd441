"""People in the admin site."""

from __future__ import annotations

from django.contrib import admin

from catalog.admin.indexing import NamedInTitles
from catalog.models import Person


@admin.register(Person)
class PersonAdmin(NamedInTitles[Person]):
    """People on and behind the screen."""

    way = "credits__person"
    list_display = ("name",)
    search_fields = ("name",)
    show_full_result_count = False
