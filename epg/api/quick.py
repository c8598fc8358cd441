"""Rows of long answers as JSON."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from django.utils.functional import cached_property
from rest_framework import serializers

# Of these a row holds what is written in JSON: identifiers and times are written there as the fields would.
PLAIN: Final = frozenset(
    {
        serializers.BooleanField,
        serializers.CharField,
        serializers.DateTimeField,
        serializers.IntegerField,
        serializers.UUIDField,
    }
)


class QuickSerializer(serializers.Serializer[Any]):
    """Has all plain fields of a row at once, and asks only the others one by one: a grid has thousands of rows."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """As its fields would have it, in their order."""
        names, values = self._plain
        row = dict(zip(names, values(instance), strict=True))
        for field in self._others:
            attribute = field.get_attribute(instance)
            row[str(field.field_name)] = None if attribute is None else field.to_representation(attribute)
        return self._empty | row

    @cached_property
    def _plain(self) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
        plain = {name: str(field.source) for name, field in self.fields.items() if type(field) in PLAIN}
        return tuple(plain), attrgetter(*plain.values())

    @cached_property
    def _others(self) -> list[serializers.Field[Any, Any, Any, Any]]:
        return [field for field in self.fields.values() if type(field) not in PLAIN]

    @cached_property
    def _empty(self) -> dict[str, Any]:
        return dict.fromkeys(self.fields)
