"""The catalogue in the admin site."""

from catalog.admin.people import PersonAdmin
from catalog.admin.series import SeasonAdmin
from catalog.admin.shelves import CollectionAdmin, GenreAdmin
from catalog.admin.titles import TitleAdmin

__all__ = ["CollectionAdmin", "GenreAdmin", "PersonAdmin", "SeasonAdmin", "TitleAdmin"]
