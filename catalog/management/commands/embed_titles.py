"""`manage.py embed_titles`: compute the vectors that similar titles, For You and semantic search stand on."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import ContentVector, Title
from catalog.search.terms import refresh_terms_if_outdated
from catalog.vectors import embed_catalogue, of_current_model
from catalog.vectors.providers import EmbeddingError, Stamp, current
from common.progress import progress_bar

EXAMPLES = """
examples:
  manage.py embed_titles --stale    after an import or edits, after another EMBEDDING_PROVIDER or model, and to go on
                                    where a run was stopped: only what is missing or out of date
  manage.py embed_titles            all titles afresh
"""


class Command(BaseCommand):
    """Calls the service with a progress bar."""

    help = "Compute the vectors of all titles by the provider that EMBEDDING_PROVIDER names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which titles."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument(
            "--stale", action="store_true", help="only titles whose vectors are missing, of another model or text"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it. What is stored stays when it fails or is stopped."""
        try:
            self._tell_what_is_replaced()
            with progress_bar("titles", total=Title.with_deleted.count()) as progress:
                written = embed_catalogue(stale=options["stale"], progress=progress)
            refresh_terms_if_outdated()
            self.stdout.write(f"{written} content vectors computed.")
        except EmbeddingError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. `manage.py embed_titles --stale` goes on where this run was.") from None

    def _tell_what_is_replaced(self) -> None:
        others = ContentVector.objects.exclude(of_current_model())
        for stored in others.values_list("model", "version", "dimension").distinct():
            self.stdout.write(f"Vectors of {Stamp(*stored)} are replaced by those of {current().stamp}.")
