"""Genres and collections in the admin site."""

from __future__ import annotations

from django.contrib import admin

from catalog.admin.indexing import NamedInTitles
from catalog.models import Collection, CollectionItem, Genre
from common.admin import LinksToDeletable, SafeSaving


@admin.register(Genre)
class GenreAdmin(NamedInTitles[Genre]):
    """Shelves."""

    way = "genres"
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


class CollectionItemInline(LinksToDeletable, admin.TabularInline[CollectionItem, Collection]):
    """Its titles in their order."""

    model = CollectionItem
    fields = ("position", "title")
    autocomplete_fields = ("title",)
    extra = 0


@admin.register(Collection)
class CollectionAdmin(SafeSaving[Collection]):
    """What editors put together; viewers see the titles by their position, the smallest first."""

    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (CollectionItemInline,)
