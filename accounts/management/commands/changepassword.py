"""`manage.py changepassword`: Django's own, and whoever was signed in with the old password is signed out."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from accounts.models import User
from accounts.services.passwords import staff_gave_password


class Command(changepassword.Command):
    """The same effects as a password that a superuser sets in the admin site."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Ask for the password and set it. No row is held while somebody types."""
        options["username"] = (options["username"] or getpass.getuser()).strip().lower()
        with transaction.atomic():
            answer = super().handle(*args, **options)
            staff_gave_password(user=User.objects.get_by_natural_key(options["username"]))
        return answer
