"""What is on."""

from django.apps import AppConfig


class EpgConfig(AppConfig):
    """Channels, programmes, guides."""

    name = "epg"
