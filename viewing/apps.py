"""What is being watched."""

from django.apps import AppConfig


class ViewingConfig(AppConfig):
    """Bookmarks, continue watching, ratings, watchlist."""

    name = "viewing"

    def ready(self) -> None:
        """Register what is kept about people."""
        from viewing import personal_data  # noqa: F401
