"""The rule for an address that clients follow: of a picture, a stream. The same at every door that takes one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models

NO_WEB_ADDRESS: Final = "This is no web address: it begins with https://, http:// or one slash, and holds no blanks."
# Browsers read `//host` and `/\host` as another host's address.
_SHAPE: Final = re.compile(r"(?:https?://[^/?#\\]|/(?![/\\])).*", re.IGNORECASE)

_OTHER_SCHEME: Final = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Browsers take no notice of these, wherever they stand in a scheme.
_UNNOTICED: Final = re.compile(r"[\x00-\x20]")


def is_web_address(text: str) -> bool:
    """Whether it leads to a host, or to a path of this one; a script, a file or a text in it leads nowhere."""
    return text.isprintable() and " " not in text and _SHAPE.fullmatch(text) is not None


def names_another_scheme(text: str) -> bool:
    """Whether it begins like `javascript:` or `data:`, be it with blanks in between."""
    return _OTHER_SCHEME.match(_UNNOTICED.sub("", text)) is not None


def validate_web_address(text: str) -> None:
    """Raise `ValidationError` with a sentence unless it is a web address."""
    if not is_web_address(text):
        raise ValidationError(NO_WEB_ADDRESS, code="no_web_address")


class WebAddressColumn(models.CharField[Any, Any]):
    """A column for a web address in a model; every form of the admin site checks it."""

    default_validators: list[Callable[[Any], None]] = [validate_web_address]

    def deconstruct(self) -> Any:
        """In the database it is a text like any other."""
        name, _, positional, options = super().deconstruct()
        return name, "django.db.models.CharField", positional, options
