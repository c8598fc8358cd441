"""Who is asking."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, profiles, maturity and tokens."""

    name = "accounts"

    def ready(self) -> None:
        """Tell the OpenAPI generator how accounts sign in."""
        from accounts import openapi  # noqa: F401
