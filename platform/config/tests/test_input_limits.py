"""Everything that a client may send has a limit: every text, number and list of every body and every query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.fields import _UnvalidatedField

from common.api.fields import MetadataField
from common.api.parsers import StrictJSONParser
from config.tests.hostile import ROOMS, Operation, Schema, all_operations, properties, resolved
from config.tests.operations import routes, view_class

ROOT = Path(__file__).resolve().parents[3]
OPERATIONS = all_operations()
# Texts that are read as something else, which has its own measure.
MEASURED_FORMATS = {"uuid", "date", "date-time"}


# As the API describes itself


def endless(schema: Schema, name: str) -> Iterator[str]:
    """The names of what has no limit in a schema, itself included."""
    kind = schema.get("type")
    if "enum" in schema or kind == "boolean" or schema.get("format") in MEASURED_FORMATS:
        return
    if kind == "object" and properties(schema):
        for inner, part in properties(schema).items():
            yield from endless(part, f"{name}.{inner}")
    elif kind == "array" and "maxItems" in schema:
        yield from endless(resolved(schema["items"]), f"{name}[]")
    elif not LIMITS.get(kind or "", {"none is enough"}) <= set(schema):
        yield name


LIMITS = {
    "string": {"maxLength"},
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum"},
    "object": {"maxProperties"},
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=[f"{one.method} {one.path}" for one in OPERATIONS])
def test_every_text_number_and_list_that_an_operation_describes_has_a_limit(operation: Operation) -> None:
    parts = {**operation.queries, **({"body": operation.body} if operation.body else {})}
    assert [found for name, schema in parts.items() for found in endless(schema, name)] == []


def test_operations_with_a_query_and_with_a_body_were_looked_at() -> None:
    assert sum(bool(operation.queries) for operation in OPERATIONS) > 10
    assert sum(bool(operation.body) for operation in OPERATIONS) > 5


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "string", "format": "email"},
        {"type": "string", "format": "uri"},
        {"type": "integer"},
        {"type": "integer", "minimum": 1},
        {"type": "number", "maximum": 1},
        {"type": "array", "items": {"type": "boolean"}},
        {"type": "array", "maxItems": 3, "items": {"type": "string"}},
        {"type": "object"},
        {"type": "object", "properties": {"a": {"type": "boolean"}, "b": {"type": "string"}}},
        {},
    ],
    ids=str,
)
def test_this_test_finds_what_has_no_limit(schema: Schema) -> None:
    assert list(endless(schema, "a"))


# As the code reads it


Reader = type[serializers.Serializer[Any]]


def all_readers(kind: Reader = serializers.Serializer) -> Iterator[Reader]:
    """Every class of the rooms that reads a body or a query: by the house's names they end so."""
    for inner in kind.__subclasses__():
        yield from all_readers(inner)
        room, *inside = inner.__module__.split(".")
        is_ours = room in (*ROOMS, "common", "config") and "tests" not in inside
        if is_ours and inner.__name__.endswith(("Body", "Query")):
            yield inner


def endless_fields(field: Any, name: str) -> Iterator[str]:
    """The names of the fields without a limit in a field, itself included."""
    match field:
        case serializers.Field(read_only=True) | MetadataField():
            return
        case serializers.CharField(max_length=None):
            yield name
        case serializers.IntegerField() | serializers.FloatField() | serializers.DecimalField():
            yield from [name] if field.min_value is None or field.max_value is None else []
        case serializers.ListSerializer() | serializers.ListField():
            yield from [name] if getattr(field, "max_length", None) is None else []
            yield from endless_fields(field.child, f"{name}[]")
        case serializers.Serializer():
            for inner, part in field.fields.items():
                yield from endless_fields(part, f"{name}.{inner}")
        case serializers.DictField() | serializers.JSONField() | _UnvalidatedField():
            yield name


READERS = sorted(set(all_readers()), key=lambda reader: f"{reader.__module__}.{reader.__name__}")


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_every_text_number_and_list_that_a_serializer_reads_has_a_limit(reader: Reader) -> None:
    assert list(endless_fields(reader(), reader.__name__)) == []


def test_the_serializers_of_every_room_were_looked_at() -> None:
    assert {reader.__module__.split(".")[0] for reader in READERS} >= {*ROOMS, "common"}


class Endless(serializers.Serializer[Any]):
    """All that should have a limit, without one."""

    text = serializers.CharField()
    email = serializers.EmailField()
    url = serializers.URLField()
    number = serializers.IntegerField(min_value=0)
    share = serializers.FloatField(max_value=1)
    texts = serializers.ListField(child=serializers.CharField(max_length=3))
    anything = serializers.ListField(max_length=3)
    long_texts = serializers.ListField(child=serializers.CharField(), max_length=3)
    keys = serializers.DictField()
    json = serializers.JSONField()


def test_this_test_finds_every_field_without_a_limit() -> None:
    found = {name.removeprefix("a.").removesuffix("[]") for name in endless_fields(Endless(), "a")}
    assert found == set(Endless().fields)


# And nobody reads anything else

RAW = re.compile(r"\b(?:request|self\.request)\.(?:data|query_params|GET|POST|body|FILES)\b")
# Where a request is read at all, with the reason why that is not a serializer's business. The admin site has forms.
READING = {
    "accounts/authentication.py": "whether a profile is asked for at all",
    "accounts/permissions.py": "the id of the profile, which decides before anything else is read",
    "catalog/api/search.py": "the question is repeated as it was asked",
    "platform/common/api/conditional.py": "whether a profile is asked for at all",
    "platform/common/api/pagination.py": "a page, through its serializer",
    "platform/common/api/queries.py": "queries and bodies, through serializers",
    "platform/common/unreadable.py": "whether there is anything at all",
    "viewing/lane.py": "reports, with the strict parser; what is not ordinary goes to the view and its serializer",
}


# Where a body may be something else than JSON, and whose parsers have limits and tests of their own.
READS_FILES = {"/api/v1/admin/titles/import": "files of titles: JSON Lines and CSV, within limits of their own"}


def test_every_view_reads_bodies_with_the_strict_parser_alone() -> None:
    parsers = {path: view_class(view).parser_classes for path, view in routes("/api/")}
    assert {path for path, found in parsers.items() if found != [StrictJSONParser]} == set(READS_FILES)
    assert all(parsers[path][0] is StrictJSONParser for path in READS_FILES)


def test_requests_are_only_read_through_serializers() -> None:
    folders = [ROOT / room for room in ROOMS] + [ROOT / "platform"]
    aside = {"tests", "admin", "admin.py"}
    files = [file for folder in folders for file in folder.rglob("*.py") if not aside & set(file.parts)]
    found = {str(file.relative_to(ROOT)) for file in files if RAW.search(file.read_text(encoding="utf-8"))}
    assert found == set(READING)
