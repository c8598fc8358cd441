"""What can be watched."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Titles, seasons, episodes, people, genres, search, content vectors."""

    name = "catalog"
