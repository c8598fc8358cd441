"""`manage.py createsuperuser`: Django's own, which here also says in a sentence that an address is taken."""

from __future__ import annotations

from django.contrib.auth.management.commands import createsuperuser


class Command(createsuperuser.Command):
    """Asks whether an account with the address exists.

    Django asks that only where a column is unique by itself. Our address is unique among live accounts.
    """

    @property
    def username_is_unique(self) -> bool:
        """Among the accounts that the default manager finds."""
        return True
