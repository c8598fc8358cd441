"""The rule for `metadata`: what an operator may hang on a row that Marquee has no field for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models

MAX_BYTES: Final = 10 * 1024
MAX_LEVELS: Final = 5
MAX_KEYS: Final = 50
# The numbers of a database's bigint, and of most clients' longest integers.
BIGGEST_NUMBER: Final = 2**63 - 1
# What no screen shows and no log should repeat: C0 with NUL, DEL, C1, and halves of surrogate pairs.
UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

SENTENCES: Final = {
    "not_an_object": "Metadata is a JSON object.",
    "not_json": "Metadata holds only texts, numbers, true, false, null, lists and objects.",
    "too_large": f"Metadata is at most {MAX_BYTES:,} bytes long.",
    "too_deep": f"Metadata is nested at most {MAX_LEVELS} levels deep.",
    "too_many_keys": f"Metadata has at most {MAX_KEYS} keys, those of all its levels counted.",
    "control_character": "Metadata holds no control characters, line breaks and tabs included.",
    "number": "Metadata holds a number beyond all measure.",
}


def validate_metadata(value: object) -> None:
    """Raise `ValidationError` with a sentence and one of the codes above, unless `value` keeps all the limits."""
    if not isinstance(value, dict):
        raise ValidationError(SENTENCES["not_an_object"], code="not_an_object")
    _examine(value)
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    _refuse(len(compact.encode()) > MAX_BYTES, "too_large")


class MetadataColumn(models.JSONField[Any, Any]):
    """A column for metadata in a model. Django takes every empty value for "nothing" and does not validate it.

    So a form of the admin site could store an empty list, which is no object, and failed when it was emptied.
    """

    # Only `{}` needs no look; Django skips what stands here.
    empty_values: list[Any] = [{}]

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The object; an emptied field is one without keys. Raises `ValidationError`."""
        return super().clean({} if value is None else value, model_instance)

    def deconstruct(self) -> Any:
        """In the database it is JSON like any other."""
        name, _, positional, options = super().deconstruct()
        return name, "django.db.models.JSONField", positional, options


def _examine(metadata: dict[Any, Any]) -> None:
    """Look at one level after the other and at nothing beyond a limit: what is given may be vast, or hold itself."""
    level: list[object] = [metadata]
    levels = keys = size = 0
    while level:
        containers = [part for part in level if isinstance(part, dict | list)]
        levels += bool(containers)
        keys += sum(len(part) for part in containers if isinstance(part, dict))
        # In any way of writing it, an item takes a byte at least, and so does a character.
        size += sum(len(part) for part in level if isinstance(part, dict | list | str))
        _refuse(levels > MAX_LEVELS, "too_deep")
        _refuse(keys > MAX_KEYS, "too_many_keys")
        _refuse(size > MAX_BYTES, "too_large")
        for part in level:
            _examine_part(part)
        level = [part for container in containers for part in _inside(container)]


def _inside(container: dict[Any, Any] | list[Any]) -> Iterator[object]:
    if isinstance(container, list):
        yield from container
    else:
        _refuse(not all(isinstance(key, str) for key in container), "not_json")
        yield from container
        yield from container.values()


def _examine_part(part: object) -> None:
    if isinstance(part, str):
        _refuse(UNPRINTABLE.search(part) is not None, "control_character")
    elif isinstance(part, int | float):
        # Not the other way round: of NaN neither is true.
        _refuse(not abs(part) <= BIGGEST_NUMBER, "number")
    else:
        _refuse(part is not None and not isinstance(part, dict | list), "not_json")


def _refuse(is_wrong: bool, code: str) -> None:
    if is_wrong:
        raise ValidationError(SENTENCES[code], code=code)
