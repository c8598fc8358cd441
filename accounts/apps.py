"""Who is asking."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, profiles, maturity and tokens."""

    name = "accounts"

    def ready(self) -> None:
        """Tell the OpenAPI generator how accounts sign in, and register what is kept about people."""
        from accounts import openapi, personal_data  # noqa: F401
