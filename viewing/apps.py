"""What is being watched."""

from django.apps import AppConfig


class ViewingConfig(AppConfig):
    """Bookmarks, continue watching, ratings, watchlist."""

    name = "viewing"
