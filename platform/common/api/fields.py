"""Fields that several rooms use."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError as RefusedError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import SkipField, empty

from common.metadata import MAX_KEYS, validate_metadata
from common.web_addresses import validate_web_address


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


@extend_schema_field({"type": "object", "additionalProperties": {}, "maxProperties": MAX_KEYS})
class MetadataField(serializers.JSONField):
    """A JSON object within the limits of `common.metadata`; anything else is 422 with a sentence."""

    def to_internal_value(self, data: Any) -> Any:
        """The object as it was sent."""
        try:
            validate_metadata(data)
        except RefusedError as error:
            raise serializers.ValidationError(error.message, code=error.code) from None
        return data


class OptionalTextField(serializers.CharField):
    """A text of a form that may be left empty: clients send `""` or null for it, and null is stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "allow_blank": True} | options)

    def run_validation(self, data: Any = empty) -> str | None:
        """The text, or None."""
        return super().run_validation(data) or None


class OptionalAddressField(OptionalTextField):
    """A web address of a form that may be left empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(validate_web_address)


class OptionalNumberField(serializers.IntegerField):
    """A number of a form that may be left empty: clients send 0, `""` or null for it, and null is stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True} | options)

    def run_validation(self, data: Any = empty) -> int | None:
        """The number, or None."""
        is_left_empty = data in (0, "") if isinstance(data, int | float | str) and not isinstance(data, bool) else False
        number: int | None = super().run_validation(None if is_left_empty else data)
        return number


class OptionalTimeField(serializers.DateTimeField):
    """A moment of a form that may be left empty: clients send `""` or null for it, and null is stored. Naive is UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True} | options)

    def run_validation(self, data: Any = empty) -> datetime | None:
        """The moment, or None."""
        moment: datetime | None = super().run_validation(None if data == "" else data)
        return moment


class OptionalChoiceField(serializers.ChoiceField):
    """A choice of a form; `""` and null say as little as leaving it out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "allow_blank": True} | options)

    def run_validation(self, data: Any = empty) -> str:
        """The choice. Raises `SkipField` where there is none."""
        choice = super().run_validation(data)
        if not choice:
            raise SkipField
        return str(choice)


class OptionalFlagField(serializers.BooleanField):
    """A tick of a form; null says as little as leaving it out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True} | options)

    def run_validation(self, data: Any = empty) -> bool:
        """The tick. Raises `SkipField` where there is none."""
        flag = super().run_validation(data)
        if flag is None:
            raise SkipField
        return bool(flag)
