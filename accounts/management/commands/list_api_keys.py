"""Which services have keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import ApiKey
from accounts.services import keys

HEADINGS = ("NAME", "PREFIX", "SCOPES", "ENDS", "LAST USED", "STATE")


class Command(BaseCommand):
    """`manage.py list_api_keys`."""

    help = "List the API keys: name, prefix, scopes, end, last use (to 5 minutes), and whether each can be used."

    def handle(self, *args: Any, **options: Any) -> None:
        """A line a key."""
        rows = [HEADINGS, *(_row(key) for key in keys.all_keys())]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            self.stdout.write("  ".join(cells).rstrip())


def _row(key: ApiKey) -> tuple[str, ...]:
    state = "revoked" if key.revoked else "ended" if key.has_expired else "usable"
    return (key.name, key.prefix, ",".join(key.scopes), _moment(key.expiry_date), _moment(key.last_used_at), state)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
