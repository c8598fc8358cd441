"""`manage.py index_titles`: write afresh what search reads."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from catalog.models import Title
from catalog.search.documents import index_catalogue
from common.progress import progress_bar


class Command(BaseCommand):
    """Calls the service with a progress bar."""

    help = (
        "Write what search knows of each title where it differs, and count afresh how common words are. Edits and "
        "imports do so by themselves; this is for rows that were changed in the database. May be repeated any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        total = Title.with_deleted.count()
        with progress_bar("titles", total=total) as progress:
            changed = index_catalogue(progress=progress)
        self.stdout.write(f"{total} titles read, {changed} search documents written.")
