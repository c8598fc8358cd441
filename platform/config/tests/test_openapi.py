"""The description of the API, and the page that shows it."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from config.tests.operations import described

pytestmark = pytest.mark.django_db


def test_the_schema_is_valid_and_was_made_without_a_warning(tmp_path: Path) -> None:
    call_command("spectacular", file=str(tmp_path / "openapi.yaml"), validate=True, fail_on_warn=True)
    assert "/api/v1/recommendations/home" in (tmp_path / "openapi.yaml").read_text()


PAGED = ["/api/v1/catalog/titles", "/api/v1/catalog/search", "/api/v1/admin/titles"]


@pytest.mark.parametrize("path", PAGED)
def test_a_list_in_pages_is_described_with_its_parameters_and_its_shape(path: str) -> None:
    operation = described()["GET", path]
    parameters = {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]}
    assert (parameters["page"]["default"], parameters["page_size"]["default"]) == (1, 20)
    assert parameters["page_size"]["maximum"] == (200 if "admin" in path else 100)
    reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert reference.rpartition("/")[2].startswith("Paginated")


def test_browsing_is_described_with_all_its_filters() -> None:
    names = {parameter["name"] for parameter in described()["GET", "/api/v1/catalog/titles"]["parameters"]}
    filters = {"genre", "type", "year_from", "year_to", "country", "language", "maturity", "mood", "collection"}
    assert names == filters | {"sort", "q", "profile_id", "page", "page_size"}


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
