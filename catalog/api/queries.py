"""How lists of titles may be narrowed and ordered (contract 2.2, and our own filters)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import MaybeProfileQuery
from accounts.maturity import KNOWN_RATINGS
from catalog.api.search import LONGEST_QUERY
from catalog.browsing import SORTS
from catalog.models import TitleType


class YearField(serializers.IntegerField):
    """A year; what is left empty is no year."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=9_999, required=False, allow_null=True, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The year, or None."""
        return super().run_validation(None if data == "" else data)


class BrowseQuery(MaybeProfileQuery):
    """How the catalogue may be narrowed."""

    genre = serializers.CharField(required=False, allow_blank=True, max_length=50, help_text="A genre's slug.")
    type = serializers.ChoiceField(choices=TitleType.choices, required=False, allow_blank=True)
    year_from = YearField(help_text="The first year of release.")
    year_to = YearField(help_text="The last year of release.")
    country = serializers.CharField(required=False, allow_blank=True, max_length=5, help_text="ISO 3166 code.")
    language = serializers.CharField(required=False, allow_blank=True, max_length=10, help_text="ISO 639 code.")
    maturity = serializers.ChoiceField(
        choices=KNOWN_RATINGS,
        required=False,
        allow_blank=True,
        help_text="Titles rated at most so; titles without a known rating are left out.",
    )
    mood = serializers.CharField(required=False, allow_blank=True, max_length=50, help_text="A mood tag.")
    collection = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="A collection's slug."
    )
    sort = serializers.ChoiceField(
        choices=list(SORTS),
        required=False,
        allow_blank=True,
        help_text="By title unless there is another order: of a search the best first, of a collection the editors'.",
    )
    q = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_QUERY)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Years in their order."""
        first, last = attrs.get("year_from"), attrs.get("year_to")
        if first is not None and last is not None and first > last:
            raise serializers.ValidationError({"year_to": "This year is before year_from."})
        return attrs


class SearchQuery(BrowseQuery):
    """As browsing, and the words are required."""

    q = serializers.CharField(min_length=1, max_length=LONGEST_QUERY)
