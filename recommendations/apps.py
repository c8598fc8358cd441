"""What to watch next."""

from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    """Taste, rails, similar titles."""

    name = "recommendations"
