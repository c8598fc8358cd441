"""The application that knows every room: settings, addresses and the demo."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers `config` so that its management commands are found."""

    name = "config"

    def ready(self) -> None:
        """Register what `check --deploy` looks at."""
        from config import checks  # noqa: F401
