"""How Django itself finds an account: by its e-mail address, deleted ones never, and behind the guard."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts.devices import Device, device_of
from accounts.models import User
from accounts.services import check_credentials


class LiveAccountBackend(ModelBackend):
    """Django's own backend. `User.objects` holds live accounts only, and of those an address is unique.

    Deleted accounts keep their address, so the column itself is not unique, which Django wants of its own backend.
    """

    @sensitive_variables("password")
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_others: Any
    ) -> User | None:
        """The account that signs in, or None. Whoever asks Django is guarded too: may raise `TooManyAttemptsError`."""
        if username is None or password is None:
            return None
        device = device_of(request) if request else Device()
        return check_credentials(email=username, password=password, device=device)
