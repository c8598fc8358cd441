"""Fields that several rooms use."""

from __future__ import annotations

import math
from typing import Any

from rest_framework import serializers


class OpenToAccountsField(serializers.CharField):
    """A text that only a signed-in asker gets; a guest gets null. For addresses of streams."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **options)

    def get_attribute(self, instance: Any) -> str | None:
        """The stored text, or None for a guest."""
        request = self.context.get("request")
        if request is None or not request.user.is_authenticated:
            return None
        value = super().get_attribute(instance)
        return None if value is None else str(value)


class TruncatedIntegerField(serializers.IntegerField):
    """A whole number; fractions are cut off, as players report positions in fractions of a second."""

    def to_internal_value(self, data: Any) -> int:
        """The number without its fraction."""
        if isinstance(data, bool):
            self.fail("invalid")
        if isinstance(data, float):
            if not math.isfinite(data):
                self.fail("invalid")
            data = math.trunc(data)
        return int(super().to_internal_value(data))
