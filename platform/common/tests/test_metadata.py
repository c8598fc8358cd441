"""The limits of `metadata`: exactly at each a value passes, one step further it is refused with a sentence."""

from __future__ import annotations

import datetime as dt
import json
import time
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from rest_framework import serializers

from common.api.fields import MetadataField
from common.metadata import MAX_BYTES, MAX_KEYS, MAX_LEVELS, SENTENCES, MetadataColumn, validate_metadata


def of_size(size: int, letter: str = "a") -> dict[str, Any]:
    """An object that takes so many bytes when it is written compactly."""
    frame = len('{"a":""}')
    letters, rest = divmod(size - frame, len(letter.encode()))
    return {"a": letter * letters + "a" * rest}


def nested(levels: int, *, in_lists: bool = False) -> dict[str, Any]:
    """An object of so many levels, itself counted."""
    inner: Any = "the bottom"
    for _ in range(levels - 1):
        inner = [inner] if in_lists else {"a": inner}
    return {"a": inner}


def with_keys(keys: int) -> dict[str, Any]:
    """An object with so many keys over three levels."""
    return {"list": [{f"key {number}": number} for number in range(keys - 2)], "last": True}


def code_of(value: object) -> str | None:
    with pytest.raises(ValidationError) as refused:
        validate_metadata(value)
    assert refused.value.message == SENTENCES[str(refused.value.code)]
    return refused.value.code


def test_the_limits_are_those_that_are_promised() -> None:
    assert (MAX_BYTES, MAX_LEVELS, MAX_KEYS) == (10_240, 5, 50)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"": ""},
        {"studio": "Pathé", "budget": 12.5, "awards": [], "is_restored": True, "notes": None, "negative": -3},
        {"emoji": "👩‍🚀", "arabic": "مرحبا", "quotes": "\"'\\%_", "html": "<script>"},
        {"long": 2**63 - 1, "small": 5e-324},
        of_size(MAX_BYTES),
        of_size(MAX_BYTES, "é"),
        of_size(MAX_BYTES, "👩"),
        nested(MAX_LEVELS),
        nested(MAX_LEVELS, in_lists=True),
        with_keys(MAX_KEYS),
        {str(number): number for number in range(MAX_KEYS)},
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_keeps_the_limits_passes(value: object) -> None:
    validate_metadata(value)


def test_the_builders_of_this_test_build_what_they_say() -> None:
    for letter in ("a", "é", "👩"):
        written = json.dumps(of_size(MAX_BYTES, letter), ensure_ascii=False, separators=(",", ":"))
        assert len(written.encode()) == MAX_BYTES
    assert json.dumps(nested(MAX_LEVELS)).count("{") == MAX_LEVELS
    assert json.dumps(with_keys(MAX_KEYS)).count(":") == MAX_KEYS


@pytest.mark.parametrize("letter", ["a", "é", "👩"])
def test_a_byte_more_is_too_large(letter: str) -> None:
    assert code_of(of_size(MAX_BYTES + 1, letter)) == "too_large"


@pytest.mark.parametrize("in_lists", [False, True])
def test_a_level_more_is_too_deep(in_lists: bool) -> None:
    assert code_of(nested(MAX_LEVELS + 1, in_lists=in_lists)) == "too_deep"


def test_a_key_more_is_too_many_at_whatever_level() -> None:
    assert code_of(with_keys(MAX_KEYS + 1)) == "too_many_keys"
    assert code_of({str(number): number for number in range(MAX_KEYS + 1)}) == "too_many_keys"


CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0xD800, 0xDFFF]


@pytest.mark.parametrize("number", CONTROLS, ids=hex)
def test_no_control_character_stands_in_a_text_or_a_key(number: int) -> None:
    text = f"a{chr(number)}b"
    values: list[object] = [{"a": text}, {text: "a"}, {"a": [{"b": [text]}]}, {"a": [{text: []}]}]
    for value in values:
        assert code_of(value) == "control_character"


@pytest.mark.parametrize("number", [0x20, 0x7E, 0xA0, 0xD7FF, 0xE000, 0x10FFFF], ids=hex)
def test_the_characters_beside_them_are_welcome(number: int) -> None:
    validate_metadata({f"a{chr(number)}b": f"a{chr(number)}b"})


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", "{}", [], [{}], (), b"{}", set()], ids=repr)
def test_only_an_object_is_metadata(value: object) -> None:
    assert code_of(value) == "not_an_object"


@pytest.mark.parametrize(
    "number",
    [float("nan"), float("inf"), float("-inf"), 2**63, -(2**70), 10**5_000, 1e300],
    ids=["NaN", "infinity", "minus infinity", "2**63", "-2**70", "10**5000", "1e300"],
)
def test_a_number_beyond_all_measure_is_refused(number: float) -> None:
    for value in ({"a": number}, {"a": [[number]]}):
        assert code_of(value) == "number"


@pytest.mark.parametrize(
    "part", [(1, 2), {1}, b"bytes", Decimal(1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 1j, {1: 2}]
)
def test_what_json_does_not_know_is_refused(part: object) -> None:
    for value in ({"a": part}, {"a": [[part]]}):
        assert code_of(value) == "not_json"


def test_an_object_that_holds_itself_is_too_deep() -> None:
    value: dict[str, Any] = {}
    value["itself"] = value
    assert code_of(value) == "too_deep"


def test_what_is_vast_is_refused_at_once() -> None:
    lists: list[Any] = []
    for _ in range(3):
        lists = [lists] * 150
    started = time.process_time()
    assert code_of({"a": lists}) == "too_large"
    assert code_of({"a": ["b" * 1_000_000] * 50}) == "too_large"
    assert code_of({"a": nested(100_000)}) == "too_deep"
    assert time.process_time() - started < 2


# In a model


@pytest.mark.parametrize("value", [[], "", (), [1], 0, "{}"], ids=repr)
def test_no_empty_value_passes_for_an_object_in_a_model(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        MetadataColumn(blank=True, validators=[validate_metadata]).clean(value, None)
    assert refused.value.messages == [SENTENCES["not_an_object"]]


def test_nothing_is_an_object_without_keys_in_a_model() -> None:
    column = MetadataColumn(blank=True, validators=[validate_metadata])
    assert column.clean(None, None) == column.clean({}, None) == {}
    assert column.clean({"a": 1}, None) == {"a": 1}


# In a serializer


class Body(serializers.Serializer[Any]):
    """A body with metadata that may be left out."""

    metadata = MetadataField(required=False)


def test_the_field_gives_back_what_was_sent() -> None:
    reader = Body(data={"metadata": {"studio": ["Pathé"]}})
    assert reader.is_valid()
    assert reader.validated_data == {"metadata": {"studio": ["Pathé"]}}
    assert Body(data={}).is_valid()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (nested(MAX_LEVELS + 1), "too_deep"),
        (of_size(MAX_BYTES + 1), "too_large"),
        (with_keys(MAX_KEYS + 1), "too_many_keys"),
        ({"a": "\0"}, "control_character"),
        ({"a": 2**70}, "number"),
        ("{}", "not_an_object"),
        ([], "not_an_object"),
        (None, "null"),
    ],
    ids=["levels", "bytes", "keys", "NUL", "number", "text", "list", "null"],
)
def test_the_field_refuses_with_the_sentence_and_the_code(value: object, code: str) -> None:
    reader = Body(data={"metadata": value})
    assert not reader.is_valid()
    (error,) = reader.errors["metadata"]
    assert error.code == code
    assert str(error) == SENTENCES.get(code, "This field may not be null.")


def test_a_form_may_write_the_object_out() -> None:
    """Query strings and forms hold texts only; a text is no object there either."""
    from django.http import QueryDict

    assert not Body(data=QueryDict("metadata={}")).is_valid()
