"""The ground the rooms stand on."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Registers `common`: it has no models and knows no room."""

    name = "common"

    def ready(self) -> None:
        """Begin the audit trail."""
        from common import audit

        audit.start()
