"""Make a key for a service."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import KeyRefusedError
from accounts.models import Scope
from accounts.services import keys


class Command(BaseCommand):
    """`manage.py create_api_key NAME --scope catalog:read`."""

    help = (
        "Make an API key for a service, and show it this once. "
        "Example: manage.py create_api_key guide-importer --scope epg:write --expires 90"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose key, what for, how long."""
        parser.add_argument("name", metavar="NAME", help="what the service is called in lists and in the audit trail")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            metavar="SCOPE",
            help=f"what it may do; may be repeated: {', '.join(Scope.values)} (who may write may also read)",
        )
        parser.add_argument("--expires", type=int, default=365, metavar="DAYS", help="how long it lives (default 365)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, and show it."""
        try:
            row, key = keys.create_key(name=options["name"], scopes=options["scope"], days=options["expires"])
        except KeyRefusedError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"The API key {row.name} ({row.prefix}) has the scopes {', '.join(row.scopes)} and ends on "
            f"{row.expiry_date:%Y-%m-%d}. Keep it in a safe place: it is not shown again."
        )
        self.stdout.write(key)
