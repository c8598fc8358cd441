"""What clients may be told to follow."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from rest_framework import serializers

from common.api.fields import OptionalAddressField
from common.web_addresses import NO_WEB_ADDRESS, WebAddressColumn, is_web_address, validate_web_address


@pytest.mark.parametrize(
    "text",
    ["https://cdn.example.com/1.jpg", "http://localhost:8000/x?y=1#z", "HTTPS://CDN", "/pictures/1.jpg", "/", "/ü.png"],
)
def test_what_leads_to_a_host_or_a_path_is_a_web_address(text: str) -> None:
    assert is_web_address(text)
    validate_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "poster.jpg",
        "javascript:alert(1)",
        "JavaScript://x/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.com/x",
        "//elsewhere.example.com/x",
        "/\\elsewhere.example.com/x",
        "https://",
        "https:///x",
        "https:x",
        " https://example.com",
        "https://example.com/a b",
        "https://example.com/\n",
        "/a\tb",
        "/a\x00",
        "/a\u200bb",
        "/a\u00a0b",
        "/\ud800",
    ],
)
def test_what_leads_elsewhere_or_nowhere_is_none(text: str) -> None:
    assert not is_web_address(text)
    with pytest.raises(ValidationError, match="no web address"):
        validate_web_address(text)


class Body(serializers.Serializer[dict[str, str | None]]):
    """A body with an address that may be left empty."""

    poster_url = OptionalAddressField(max_length=500)


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_the_field_takes_what_a_form_sends_when_it_is_left_empty(empty: str | None) -> None:
    reader = Body(data={"poster_url": empty})
    assert reader.is_valid()
    assert reader.validated_data == {"poster_url": None}
    assert Body(data={}).is_valid()


def test_the_field_refuses_with_one_sentence() -> None:
    reader = Body(data={"poster_url": "javascript:alert(1)"})
    assert not reader.is_valid()
    assert reader.errors == {"poster_url": [NO_WEB_ADDRESS]}


def test_the_column_is_a_text_to_the_database() -> None:
    _, path, _, options = WebAddressColumn(max_length=500, null=True).deconstruct()
    assert (path, options) == ("django.db.models.CharField", {"max_length": 500, "null": True})


def test_every_column_for_an_address_keeps_the_rule() -> None:
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    addresses = [field for field in fields if isinstance(field, models.Field) and field.name.endswith("_url")]
    assert len(addresses) >= 8
    assert [str(field) for field in addresses if not isinstance(field, WebAddressColumn)] == []
