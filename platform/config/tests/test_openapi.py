"""The description of the API, and the page that shows it."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


def test_the_schema_is_valid_and_was_made_without_a_warning(tmp_path: Path) -> None:
    call_command("spectacular", file=str(tmp_path / "openapi.yaml"), validate=True, fail_on_warn=True)
    assert "/api/v1/recommendations/home" in (tmp_path / "openapi.yaml").read_text()


def test_the_docs_page_loads_nothing_from_elsewhere(guest: APIClient) -> None:
    page = guest.get("/api/v1/docs").content.decode()
    sources = re.findall(r"(?:src|href)=\"([^\"]+)\"", page)
    assert len(sources) >= 3
    assert all(source.startswith("/") for source in sources)
    for source in sources:
        with closing(guest.get(source)) as file:
            assert file.status_code == 200


def test_a_schema_is_served(guest: APIClient) -> None:
    answer = guest.get("/api/v1/schema")
    assert answer.status_code == 200
    assert b"openapi: 3" in answer.content
