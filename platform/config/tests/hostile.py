"""What the description of the API says an operation takes, an honest example of it, and what nobody should send."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

from django.apps import apps
from drf_spectacular.generators import SchemaGenerator

from common.api.parsers import MAX_BODY_BYTES, MAX_ITEMS, MAX_LEVELS
from config.tests.operations import operations

Schema = dict[str, Any]

ROOMS = ("accounts", "catalog", "epg", "viewing", "recommendations")
# What an id in a path or a body is the id of, where its name does not say so.
NOUNS = {"content": "title", "stream": "streamsession", "schedule": "programme", "key": "apikey"}
# Parameters that are tried everywhere, described or not, and with what.
EVERYWHERE = ("page", "page_size", "limit", "format", "q")
EVERYTHING = ("a%00b", "%FF", str(2**70), "a" * 8_000)

# As they stand in a JSON body. The first are refused before any field is looked at.
NO_JSON = {
    "half a surrogate pair": r'"\ud800"',
    "1e400": "1e400",
    "-1e400": "-1e400",
    "NaN": "NaN",
    "5,000 digits": "9" * 5_000,
    "too many levels": "[" * (MAX_LEVELS + 1) + "]" * (MAX_LEVELS + 1),
    "too many items": json.dumps([0] * (MAX_ITEMS + 1)),
    "the same key twice": '{"a": 1, "a": 1}',
}
NEVER_RIGHT = {"a NUL": r'"a\u0000b"'}
NEVER_A_SCALAR = {"a list": "[[]]", "an object": '{"a": {}}'}
NEVER_A_NUMBER = {"2**70": str(2**70), "-2**70": str(-(2**70)), "10**99": str(10**99), "2**70 as text": f'"{2**70}"'}
PERHAPS_RIGHT = {"null": "null", "true": "true", "2**70": str(2**70), "nothing": '""', "-1": "-1", "0.5": "0.5"}
# What a text of this kind might be taken for something by.
TEXTS = {
    "signs": r'"%_\\\"; OR 1=1; --../{{7*7}}${7*7}%(x)s{0.__class__}<script>１２"',
    "an escape": r'"\n\r\t\u001b[2J\u007f\u0085\u2028\u202e\u2066"',
    "letters that grow in lower case": '"' + "İ" * 60 + '@example.com"',
    "letters of many bytes": '"' + "👩‍🚀" * 10 + "ﷺ" * 10 + '"',
}
DAYS = {
    "the first moment": '"0001-01-01T00:00:00+14:00"',
    "the last moment": '"9999-12-31T23:59:59.999999-12:00"',
    "the first day": '"0001-01-01"',
    "the last day": '"9999-12-31"',
    "no day": '"2026-02-30"',
    "digits": '"' + "9" * 5_000 + '"',
}
TEXTS_OF_A_FORMAT = {
    "email": {"a header": r'"a@example.com\r\nBcc: b@example.com"', "no letters": '"a@１.com"'},
    "uuid": {"brackets": '"{urn:uuid:00000000-0000-0000-0000-000000000000}"', "digits": '"' + "9" * 5_000 + '"'},
    "uri": {"a script": '"javascript:alert(1)"', "a bracket": '"http://[::1"', "a NUL": r'"http://a\u0000b/"'},
    "date": DAYS,
    "date-time": DAYS,
}
SCALARS = {"string", "integer", "number", "boolean"}
NUMBERS = {"integer", "number"}
# How bytes are read is tried out in common/tests/test_parsers.py; here is what a view might make of them.
BODIES = {
    "nothing": b"",
    "spaces": b"  \n",
    "null": b"null",
    "true": b"true",
    "a number": b"1",
    "a text": b'"text"',
    "a list": b"[]",
    "a list of objects": b"[{}]",
    "an empty object": b"{}",
    "half an object": b'{"a": ',
    "zipped": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00",
    "deep lists": b"[" * 100_000,
    "strange keys": rb'{"__proto__": {}, "\u0000": 1, "": 2, "pk": 1, "id": 2, "is_staff": true}',
    "a megabyte": b'{"a": "' + b"a" * MAX_BODY_BYTES + b'"}',
}
CONTENT_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=b",
    "application/jsonp",
    "a" * 5_000,
    "\xff/\xff",
)
CHARSETS = ("zip", "zlib", "undefined", "punycode", "idna", "unicode_escape", "utf-16", "\0", "x", "\xff", "")
# As they stand in an address.
QUERIES = {
    "a NUL": "a%00b",
    "half a surrogate pair": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "2**70": str(2**70),
    "-1": "-1",
    "5,000 digits": "9" * 5_000,
    "1e400": "1e400",
    "nothing": "",
    "half a percent": "%",
    "wildcards and SQL": "%25_%5C%22%27%20OR%201%3D1%3B--",
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "digits that are not ASCII": "%EF%BC%91",
    "letters that grow in lower case": "%C4%B0" * 40,
    "8,000 letters": "a" * 8_000,
    "a list": "1&{name}=2&{name}[]=3",
}
NEVER_A_NUMBER_IN_A_QUERY = {"a NUL", "no UTF-8", "2**70", "5,000 digits", "1e400", "8,000 letters", "half a percent"}
PATH_PARTS = ("%00", "%ED%A0%80", "%FF", str(2**70), "-1", "1e400", "..", "%2e%2e%2f", "a" * 2_000, "9" * 5_000, "%20")
HEADERS = {
    "a NUL": "a\0b",
    "no ASCII": "\xff\xfe\x80é",
    "a NUL in percent": "%00",
    "long": "a" * 8_000,
    "signs": ';,="\\;q=;*/*,,:@[]{}',
    "control": "\x7f\x1b\x01",
    "nothing": "",
}
HEADER_NAMES = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Encoding",
    "Cookie",
    "Forwarded",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "Origin",
    "Range",
    "Referer",
    "User-Agent",
    "X-CSRFToken",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-HTTP-Method-Override",
    "X-Request-ID",
)


@dataclass(frozen=True)
class Operation:
    """One method of one address, with what it takes."""

    method: str
    path: str

    @property
    def ids(self) -> list[str]:
        """The names of the ids in its path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def is_for_staff(self) -> bool:
        """Whether only staff may call it."""
        return self.path.startswith("/api/v1/admin/")

    @property
    def described(self) -> Schema:
        """What the OpenAPI document says of it; nothing for the document itself."""
        operation: Schema = description()["paths"].get(self.path, {}).get(self.method.lower(), {})
        return operation

    @property
    def queries(self) -> dict[str, Schema]:
        """Its query parameters, each with its own schema."""
        given = [part for part in self.described.get("parameters", []) if part["in"] == "query"]
        return {part["name"]: resolved(part["schema"]) | {"required": part.get("required", False)} for part in given}

    @property
    def fields(self) -> dict[str, Schema]:
        """The fields of its body."""
        return properties(self.body)

    @property
    def body(self) -> Schema:
        """Its body's schema, empty where it takes none."""
        content = self.described.get("requestBody", {}).get("content", {})
        return resolved(content.get("application/json", {}).get("schema", {}))


def all_operations() -> list[Operation]:
    """Every operation of the API, described or not."""
    return [Operation(method, path) for method, path in sorted(operations(), key=lambda found: found[::-1])]


@functools.cache
def description() -> Schema:
    """The OpenAPI document."""
    document: Schema = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    return document


def resolved(schema: Schema) -> Schema:
    """The schema with what it refers to; of several the first that is more than null or blank."""
    if name := schema.get("$ref"):
        return resolved(description()["components"]["schemas"][name.rpartition("/")[2]])
    for many in ("allOf", "oneOf", "anyOf"):
        if choices := [resolved(part) for part in schema.get(many, [])]:
            return next(part for part in choices if part.get("enum") not in ([""], [None])) | {
                "nullable": schema.get("nullable", False)
            }
    return schema


def properties(schema: Schema) -> dict[str, Schema]:
    """What may be sent of an object, each with its own schema."""
    found = {name: resolved(part) for name, part in schema.get("properties", {}).items()}
    return {name: part for name, part in found.items() if not part.get("readOnly")}


# An honest example


# The password of whoever attacks, so that they get past where it is asked for.
PASSWORD = "correct horse battery staple"
TEXT_OF = {"password": PASSWORD, "current_password": PASSWORD, "country": "NO", "language": "no"}


class Honest:
    """Fills addresses and bodies with what is there."""

    def __init__(self, **ids: object) -> None:
        self.ids = {name: str(value) for name, value in ids.items()}

    def address(self, operation: Operation, **queries: str) -> str:
        """The address with every id filled in and every required parameter given; `queries` as they are."""
        return self.path(operation) + "?" + self.query(operation, **queries)

    def path(self, operation: Operation, **parts: str) -> str:
        """The path alone."""
        ids = {name: parts.get(name) or self.id_of(name, operation.path) for name in operation.ids}
        return operation.path.format(**ids)

    def query(self, operation: Operation, **queries: str) -> str:
        """The required parameters, with the profile wherever one is taken."""
        wanted = {name for name, schema in operation.queries.items() if schema["required"] or name == "profile_id"}
        own = {name: self.example(operation.queries[name], name) for name in wanted - set(queries)}
        return "&".join([urlencode(own), *(f"{name}={value}" for name, value in queries.items())])

    def body(self, operation: Operation) -> dict[str, Any]:
        """A body with every field."""
        return {name: self.example(schema, name) for name, schema in operation.fields.items()}

    def example(self, schema: Schema, name: str = "") -> Any:
        """A value that fits the schema."""
        schema = resolved(schema)
        if choices := schema.get("enum"):
            return choices[0]
        match schema.get("type"), schema.get("format"):
            case "string", "uuid":
                return self.id_of(name)
            case "string", format_:
                hour = 21 if name.startswith("end") or name == "to" else 20
                texts = {"email": "dora@example.com", "date": "2026-05-17", "date-time": f"2026-05-17T{hour}:15:00Z"}
                usual = f"https://example.com/{name}" if name.endswith("_url") else f"{name}, long enough"
                return texts.get(format_ or "", TEXT_OF.get(name, usual)[: schema.get("maxLength", 100)])
            case "integer" | "number", _:
                return max(schema.get("minimum", 1), 1)
            case "boolean", _:
                return False
            case "array", _:
                return [self.example(schema.get("items", {}), name.removesuffix("s"))]
            case _:
                return {inner: self.example(part, inner) for inner, part in properties(schema).items()}

    def id_of(self, name: str, path: str = "") -> str:
        """The id of a row of the kind that the name says, or that the part of the path before it says."""
        before = path.partition("/{" + name + "}")[0].rpartition("/")[2]
        noun = name.removesuffix("_id") if name.endswith("_id") else before.removesuffix("s")
        return self.ids.get(noun) or _first_row(NOUNS.get(noun, noun).replace("_", "")) or str(uuid4())


def _first_row(noun: str) -> str:
    for model in apps.get_models():
        if model._meta.app_label in ROOMS and model._meta.model_name == noun:
            row = model._base_manager.first()
            return str(row.pk) if row else ""
    return ""


# What nobody should send


Hostile = tuple[str, str, bool]


def hostile_values(schema: Schema) -> Iterator[Hostile]:
    """For a field of a body: what it is, as it stands in JSON, and whether it must be refused whatever the field is."""
    kind, format_ = schema.get("type"), schema.get("format", "")
    never = NEVER_RIGHT | (NEVER_A_SCALAR if kind in SCALARS else {}) | (NEVER_A_NUMBER if kind in NUMBERS else {})
    perhaps = PERHAPS_RIGHT | (TEXTS if kind == "string" else NEVER_A_SCALAR) | TEXTS_OF_A_FORMAT.get(format_, {})
    yield from ((name, value, True) for name, value in never.items())
    yield from ((name, json.dumps(value), True) for name, value in _one_too_many(schema))
    yield from ((name, value, False) for name, value in perhaps.items() if name not in never)
    yield from _inside(schema)


def _inside(schema: Schema) -> Iterator[Hostile]:
    if schema.get("type") == "array":
        for name, value, is_wrong in hostile_values(resolved(schema["items"])):
            if is_wrong:
                yield f"{name}, in a list", f"[{value}]", True
    elif schema.get("type") == "object":
        for inner, part in (properties(schema) or {"a": {}}).items():
            for name, value, is_wrong in hostile_values(part):
                yield f"{name}, as {inner}", f'{{"{inner}": {value}}}', is_wrong


def _one_too_many(schema: Schema) -> Iterator[tuple[str, Any]]:
    if (longest := schema.get("maxLength")) is not None:
        yield "a letter too many", "a" * (longest + 1)
        yield "an astral letter too many", "👩" * (longest + 1)
    if (most := schema.get("maxItems")) is not None:
        yield "an item too many", [_another(resolved(schema["items"]), number) for number in range(most + 1)]
    if (highest := schema.get("maximum")) is not None:
        yield "more than the most", highest + 1
    if (lowest := schema.get("minimum")) is not None:
        yield "less than the least", min(lowest, 0) - 1  # forms send 0 for nothing


def _another(schema: Schema, number: int) -> Any:
    if schema.get("type") == "string" and "enum" not in schema:
        return str(UUID(int=number)) if schema.get("format") == "uuid" else str(number)
    return Honest().example(schema)


def hostile_queries(schema: Schema) -> Iterator[Hostile]:
    """For a query parameter: what it is, as it stands in an address, and whether it must be refused."""
    is_number = schema.get("type") in ("integer", "number")
    for name, value in QUERIES.items():
        yield name, value, is_number and name in NEVER_A_NUMBER_IN_A_QUERY
    for name, value in _one_too_many(schema):
        yield name, quote(str(value)), True
