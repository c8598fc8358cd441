"""`manage.py load_demo`: the demo evening, brought up to now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo.loading import load_demo


class Command(BaseCommand):
    """Calls the service."""

    help = "Load the demo evening: titles, channels, a guide around now, households. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        if settings.IS_PRODUCTION:
            raise CommandError("The demo has no place in production.")
        report = load_demo(now=timezone.now(), step=self.stdout.write)
        self.stdout.write(
            f"{report.titles} titles, {report.channels} demo channels, {report.programmes_added} programmes added, "
            f"{report.households} households."
        )
