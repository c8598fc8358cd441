"""Bringing titles in over HTTP, for services and for staff without a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import PermissionMissingError
from accounts.models import User
from accounts.staff import StaffView
from catalog.api.staff.parsers import CsvParser, JsonLinesParser, OtherJsonLinesParser
from catalog.errors import ColumnUnknownError
from catalog.importing import RowResult, UnknownColumnError, import_titles
from catalog.models import Title
from catalog.records import TARGETS
from catalog.title_files import BadRow, Row
from common.api.parsers import MAX_ITEMS, StrictJSONParser
from common.api.queries import read_body, read_query

DEFAULT_SOURCE: Final = "import"
# An import adds, changes, and gives back what was deleted.
NEEDED: Final = ("catalog.add_title", "catalog.change_title", "catalog.delete_title")


@extend_schema_field(
    {
        "type": "array",
        "maxItems": MAX_ITEMS,
        "items": {"type": "object", "additionalProperties": {}, "maxProperties": MAX_ITEMS},
        "description": "The fields of manage.py import_titles. A title is needed; the rest may be left out.",
    }
)
class TitleRowsField(serializers.Field[Any, Any, Any, Any]):
    """Rows of titles; one that is no object is refused as a row and not with all others."""

    def to_internal_value(self, data: Any) -> list[Row | BadRow]:
        """The rows, counted from 1; those of a file keep their lines."""
        if not isinstance(data, list):
            raise serializers.ValidationError("Expected a list of objects.")
        if not data:
            raise serializers.ValidationError("There is no title in it.")
        return [_row(number, value) for number, value in enumerate(data, start=1)]


def _row(number: int, value: Any) -> Row | BadRow:
    if isinstance(value, Row | BadRow):
        return value
    return Row(number, value) if isinstance(value, dict) else BadRow(number, "The row is not a JSON object.")


class ImportQuery(serializers.Serializer[Any]):
    """How the rows are to be read. In a JSON body the same may stand beside the rows."""

    source = serializers.CharField(  # type: ignore[assignment]
        required=False, max_length=50, help_text="Who gave the external ids."
    )
    dry_run = serializers.BooleanField(required=False, help_text="Try everything, keep nothing.")
    map = serializers.CharField(
        required=False, max_length=4_000, help_text="SOURCE=TARGET, several with ; between: fields under other names."
    )


class ImportBody(serializers.Serializer[Any]):
    """Titles as JSON."""

    rows = TitleRowsField()
    source = serializers.CharField(required=False, max_length=50)  # type: ignore[assignment]
    dry_run = serializers.BooleanField(required=False)
    map = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=50, help_text="SOURCE=TARGET"
    )


class CleanedSerializer(serializers.Serializer[Any]):
    """How often something was cleaned."""

    rows = serializers.IntegerField()
    times = serializers.IntegerField()


class UnresolvedSerializer(serializers.Serializer[Any]):
    """A relation to a title that is not there."""

    line = serializers.IntegerField()
    reason = serializers.CharField()


class RowResultSerializer(serializers.Serializer[Any]):
    """What became of a row."""

    line = serializers.IntegerField()
    result = serializers.ChoiceField(choices=["added", "restored", "changed", "unchanged", "refused"])
    title_id = serializers.UUIDField(required=False)
    title = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)
    changes = serializers.DictField(required=False, help_text="`{from, to}` by the names of fields.")


class ImportReportSerializer(serializers.Serializer[Any]):
    """What an import did. Search finds the titles at once; similar titles after `manage.py embed_titles --stale`."""

    added = serializers.IntegerField()
    restored = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    dry_run = serializers.BooleanField()
    vectors_stale = serializers.IntegerField()
    notes = serializers.DictField(child=CleanedSerializer())
    unresolved = UnresolvedSerializer(many=True)
    rows = RowResultSerializer(many=True)


class ImportTitlesView(StaffView):
    """The way in for many titles."""

    model = Title
    scope = "catalog"
    parser_classes = [StrictJSONParser, JsonLinesParser, OtherJsonLinesParser, CsvParser]

    @extend_schema(
        operation_id="admin_titles_import",
        parameters=[ImportQuery],
        request={
            "application/json": ImportBody,
            **dict.fromkeys(("application/x-ndjson", "application/jsonl", "text/csv"), OpenApiTypes.STR),
        },
        responses=ImportReportSerializer,
        tags=["staff: catalogue"],
    )
    def post(self, request: Request) -> Response:
        """Add and update titles: JSON of at most 1 MiB and 1,000 rows, or a file of 10 MiB and 5,000 rows, gzip too.

        A row that cannot be used is refused with its line and a reason, and costs no other.
        """
        _check_may_import(request)
        query = read_query(ImportQuery, request)
        if "map" in query:
            query["map"] = query["map"].split(";")
        return Response(_imported({**query, **read_body(ImportBody, request)}))


def _check_may_import(request: Request) -> None:
    """A key has a scope for all of it; staff may have been given less. Raises `PermissionMissingError`."""
    missing = [name for name in NEEDED if isinstance(request.user, User) and not request.user.has_perm(name)]
    if missing:
        raise PermissionMissingError(f"Your account has not the permission {missing[0]}.")


def _renames(pairs: Iterable[str]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        source, _, target = pair.partition("=")
        if not source or target not in TARGETS:
            raise ColumnUnknownError(f"map: {pair}: write SOURCE=TARGET, with a target out of {', '.join(TARGETS)}.")
        yield source, target


def _imported(options: Mapping[str, Any]) -> dict[str, Any]:
    rows: dict[int, RowResult] = {}

    def told(row: RowResult) -> None:
        # A second word on a row is the last one: its relations waited for the end.
        rows[row.line] = row

    dry_run = options.get("dry_run", False)
    try:
        report = import_titles(
            options["rows"],
            source=options.get("source") or DEFAULT_SOURCE,
            renames=dict(_renames(options.get("map", ()))),
            dry_run=dry_run,
            told=told,
        )
    except UnknownColumnError as error:
        raise ColumnUnknownError(f"map: {error}") from None
    return {**report.summary(), "dry_run": dry_run, "rows": [row.as_json() for row in rows.values()]}
