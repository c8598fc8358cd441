"""Django's own error pages (DEBUG, in the admin site) and error mails, without a secret in them."""

from __future__ import annotations

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from config.secrecy import without_secrets


class Shown:
    """Stands for a value with a secret in it: looks like it, without the secret."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class DiscreetFilter(SafeExceptionReporterFilter):
    """Stars for what a view marks as sensitive and for fields named like a secret; with DEBUG on as well."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always: a developer's screen is looked at by others, and its pages are pasted into tickets."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """The form; no view has marked anything yet when the database fails in front of it."""
        form = super().get_post_parameters(request)
        return {name: self.cleanse_setting(name, value) for name, value in form.items()}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        """The variables, before the page breaks long ones into lines: then no secret could be found in them."""
        variables = super().get_traceback_frame_variables(request, tb_frame)
        return {name: _discreet(value) for name, value in variables}.items()


class DiscreetReporter(ExceptionReporter):
    """The page as a whole with every secret taken out: it has the message, and the environment under `runserver`."""

    def get_traceback_html(self) -> SafeString:
        """The page for people."""
        return SafeString(without_secrets(super().get_traceback_html()))

    def get_traceback_text(self) -> SafeString:
        """The page for terminals and mails."""
        return SafeString(without_secrets(super().get_traceback_text()))


def _discreet(value: Any) -> Any:
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page is about another error
        return Shown(f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>")
    discreet = without_secrets(text)
    return value if discreet == text else Shown(discreet)
