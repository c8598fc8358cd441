"""Bringing titles in: new ones are added, known ones updated where they differ, and every line is accounted for."""

from catalog.importing.report import ImportReport, RowResult
from catalog.importing.service import BATCH, UnknownColumnError, import_titles
from catalog.importing.shelves import genre_slug

__all__ = ["BATCH", "ImportReport", "RowResult", "UnknownColumnError", "genre_slug", "import_titles"]
