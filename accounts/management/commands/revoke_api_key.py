"""End a key of a service."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import KeyRefusedError
from accounts.services import keys


class Command(BaseCommand):
    """`manage.py revoke_api_key PREFIX`."""

    help = (
        "Revoke an API key, at once and for good. Its prefix is what list_api_keys shows and what the key begins with."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which key."""
        parser.add_argument("prefix", metavar="PREFIX", help="the first 8 characters of the key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke it."""
        try:
            key = keys.revoke_key(prefix=options["prefix"])
        except KeyRefusedError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"The API key {key.name} ({key.prefix}) is revoked.")
