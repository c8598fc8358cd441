"""Requests no honest client sends: each gets an answer of the API's own shape, and none is a server error."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.test import APIClient

from common.middleware import head_without_body
from config.wsgi import json_is_utf8

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/login"


def test_a_body_of_megabytes_is_too_large(guest: APIClient) -> None:
    answer = guest.generic("POST", LOGIN, '{"email": "' + "a" * 3_000_000 + '"}', content_type="application/json")
    assert answer.status_code == 413
    assert answer.json() == {"detail": "The request is too large.", "code": "too_large"}


def test_an_answer_does_not_repeat_what_was_sent_at_length(guest: APIClient) -> None:
    answer = guest.get("/api/v1/catalog/titles", {"type": "x" * 4_000})
    assert answer.status_code == 422
    assert len(answer.content) < 1_500


def test_a_number_beyond_all_measure_is_no_name(guest: APIClient) -> None:
    answer = guest.generic("POST", LOGIN, '{"email": 1e400, "password": NaN}', content_type="application/json")
    assert answer.status_code == 400


def test_json_has_one_charset_whatever_the_header_says() -> None:
    seen = []

    def inner(environ: dict[str, str], start_response: object) -> list[bytes]:
        seen.append(environ["CONTENT_TYPE"])
        return []

    for content_type in ("application/json; charset=zlib", "Application/JSON;charset=cp037", "text/plain; charset=x"):
        json_is_utf8(inner)({"CONTENT_TYPE": content_type}, lambda: None)
    assert seen == ["application/json", "application/json", "text/plain; charset=x"]


def test_an_empty_profile_is_no_way_around_the_limit(guest: APIClient) -> None:
    answer = guest.get("/api/v1/catalog/titles?profile_id=")
    assert answer.status_code == 422
    assert json.loads(answer.content)["detail"].startswith("profile_id")


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("POST", "/", 403),
        ("POST", "/artwork/logos/00000000-0000-0000-0000-000000000000.svg", 403),
        ("PUT", "/health/live", 405),
        ("DELETE", "/health", 405),
        ("GET", "/nothing/here", 404),
        ("GET", "/artwork/logos/00000000-0000-0000-0000-000000000000.svg", 404),
    ],
)
def test_errors_outside_the_api_are_json_too(method: str, address: str, status: int) -> None:
    answer = APIClient(enforce_csrf_checks=True).generic(method, address)
    assert answer.status_code == status
    assert set(answer.json()) == {"detail", "code"}


@pytest.mark.parametrize("address", ["/api/v1/catalog/genres", "/api/v1/nothing", "/health", "/"])
def test_head_tells_the_length_that_get_would_have(guest: APIClient, address: str) -> None:
    get, head = guest.get(address), guest.head(address)
    assert head.status_code == get.status_code
    assert head["Content-Length"] == get["Content-Length"] == str(len(get.content))


def test_only_head_loses_its_body(rf: RequestFactory) -> None:
    answer = head_without_body(lambda _request: HttpResponse(b"a picture"))
    assert answer(rf.head("/")).getvalue() == b""
    assert answer(rf.get("/")).getvalue() == b"a picture"


def test_the_admin_site_is_found_without_its_slash(guest: APIClient) -> None:
    assert guest.get("/admin")["Location"] == "/admin/"
