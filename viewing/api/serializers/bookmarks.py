"""What players report, and how far a profile is (contract 2.4)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import SkipField

from common.api.fields import OptionalTextField, OptionalTimeField, TruncatedIntegerField
from viewing.models import Bookmark, BookmarkType
from viewing.observing import previous_position

LONGEST_SECONDS = 2_000_000_000
LAST_SEQUENCE = 2**63 - 1
LARGEST_BATCH = 100


class BookmarkBody(serializers.Serializer[Any]):
    """What a player reports every 30 seconds."""

    content_type = serializers.ChoiceField(choices=BookmarkType.choices)
    content_id = serializers.UUIDField()
    position_seconds = TruncatedIntegerField(min_value=0, max_value=LONGEST_SECONDS)
    duration_seconds = TruncatedIntegerField(min_value=1, max_value=LONGEST_SECONDS)
    client_time = OptionalTimeField(
        help_text="When the player saw it, by its own clock; without a zone it is UTC. Left out: when it arrives."
    )
    device_id = OptionalTextField(max_length=100, help_text="Which of the devices it is.")
    sequence = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=LAST_SEQUENCE,
        help_text="Orders what was seen at the same client_time.",
    )

    def to_internal_value(self, data: Any) -> Any:
        """The report without what was left empty."""
        return {name: value for name, value in super().to_internal_value(data).items() if value is not None}


class ReportsField(serializers.ListField):
    """Reports of which each is read for itself by the view, so that one which makes no sense costs no other."""

    child = BookmarkBody()

    def run_child_validation(self, data: list[Any]) -> list[Any]:
        """Only counted here."""
        return data


class BookmarkBatchBody(serializers.Serializer[Any]):
    """What a player reports that was offline."""

    items = ReportsField(min_length=1, max_length=LARGEST_BATCH)


class KeptPositionField(serializers.IntegerField):
    """A far position in seconds that a play at the start has put aside; left out when there is none."""

    def get_attribute(self, instance: Bookmark) -> int:
        """The position. Raises `SkipField` when there is none."""
        kept = previous_position(instance, timezone.now())
        if kept is None:
            raise SkipField
        return kept


class BookmarkSerializer(serializers.Serializer[Any]):
    """How far a profile is."""

    id = serializers.UUIDField()
    content_type = serializers.ChoiceField(choices=BookmarkType.choices)
    content_id = serializers.UUIDField()
    position_seconds = serializers.IntegerField()
    duration_seconds = serializers.IntegerField()
    completed = serializers.BooleanField()
    dismissed_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    title_info = serializers.SerializerMethodField()
    previous_position_seconds = KeptPositionField(
        required=False, help_text="Can be restored for 24 hours; only there when a play at the start has put it aside."
    )

    @extend_schema_field({"type": "object", "nullable": True})
    def get_title_info(self, bookmark: Bookmark) -> None:
        """Always null here; continue watching fills it."""


class BatchResultSerializer(serializers.Serializer[Any]):
    """What became of one report: the bookmark, or why there is none."""

    index = serializers.IntegerField(help_text="Its place in the batch, from 0.")
    status = serializers.IntegerField(help_text="As it would have been answered alone: 200, 403, 404 or 422.")
    bookmark = BookmarkSerializer(required=False)
    detail = serializers.CharField(required=False)
    code = serializers.CharField(required=False)
    # A declared field is taken out of the class: `errors` of the serializer itself stays what it is.
    errors = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="The sentences for each field."
    )


class BatchResultsSerializer(serializers.Serializer[Any]):
    """What became of a batch, in its order."""

    results = BatchResultSerializer(many=True)
