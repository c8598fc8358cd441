"""`manage.py embed_titles`: compute the content vectors that similar titles and For You stand on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from catalog.models import Title
from catalog.vectors import embed_catalogue
from common.progress import progress_bar


class Command(BaseCommand):
    """Calls the service with a progress bar."""

    help = "Compute the content vectors of all titles afresh, e.g. after edits in the admin site."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        with progress_bar("vectors", total=Title.with_deleted.count()) as progress:
            written = embed_catalogue(progress=progress)
        self.stdout.write(f"{written} content vectors computed.")
