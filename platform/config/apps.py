"""The application that knows every room: settings, addresses and the demo."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers `config` so that its management commands are found."""

    name = "config"
