"""`manage.py demo`: migrate, load the demo evening and serve it. What `make demo` runs."""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from common.db import only_one


class Command(BaseCommand):
    """Prepares everything and becomes gunicorn."""

    help = "Migrate, load the demo evening and serve it on http://127.0.0.1:8000 (PORT=… moves it)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it; does not return."""
        if settings.IS_PRODUCTION:
            raise CommandError("The demo has no place in production.")
        self._refuse_taken_port()
        self.stdout.write("Database …")
        with only_one("demo"):
            call_command("migrate", interactive=False, verbosity=0)
            call_command("load_demo", stdout=self.stdout)
        connections.close_all()
        sys.stdout.flush()
        os.chdir(settings.BASE_DIR)
        # The same process goes on, so the embedded database stays this one's to stop.
        os.execve(  # noqa: S606 - no shell, and every word is ours
            sys.executable, [sys.executable, "-m", "gunicorn"], os.environ | {"MARQUEE_DEMO": "1"}
        )

    @staticmethod
    def _refuse_taken_port() -> None:
        """Look before the long work; gunicorn would try again for five seconds and then show a trace."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.BIND_ADDRESS, settings.PORT))
            except OSError as error:
                raise CommandError(
                    f"Port {settings.PORT} cannot be used ({error.strerror}). Try another one: PORT=8001 make demo"
                ) from None
