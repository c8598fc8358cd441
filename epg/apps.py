"""What is on."""

from django.apps import AppConfig


class EpgConfig(AppConfig):
    """Channels, programmes, guides."""

    name = "epg"

    def ready(self) -> None:
        """Register what is kept about people."""
        from epg import personal_data  # noqa: F401
