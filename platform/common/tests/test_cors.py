"""What a browser lets the two clients do (contract 1.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

VIEWER, ADMIN = "http://localhost:5173", "http://localhost:5174"
PROFILES = "/api/v1/auth/profiles"


def preflight(
    client: APIClient, *, origin: str = VIEWER, method: str = "GET", headers: str = "", path: str = PROFILES
) -> Answer:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return client.options(path, headers=asked)


def words(answer: Answer, header: str) -> set[str]:
    return {word.strip().lower() for word in answer.get(header, "").split(",") if word.strip()}


# Preflights


@pytest.mark.parametrize("origin", [VIEWER, ADMIN])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_both_clients_may_use_the_methods_of_the_contract(guest: APIClient, origin: str, method: str) -> None:
    answer = preflight(guest, origin=origin, method=method)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == origin
    assert method.lower() in words(answer, "Access-Control-Allow-Methods")


@pytest.mark.parametrize("header", ["Authorization", "Content-Type", "Accept"])
def test_both_clients_may_send_the_headers_of_the_contract(guest: APIClient, header: str) -> None:
    answer = preflight(guest, headers=header.lower())
    assert header.lower() in words(answer, "Access-Control-Allow-Headers")


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "CONNECT", "PURGE"])
def test_no_other_method_is_granted(guest: APIClient, method: str) -> None:
    granted = words(preflight(guest, method=method), "Access-Control-Allow-Methods")
    assert granted == {"get", "post", "put", "delete", "options"}


@pytest.mark.parametrize("header", ["x-csrftoken", "x-requested-with", "range", "authorization,x-anything"])
def test_no_other_header_is_granted(guest: APIClient, header: str) -> None:
    granted = words(preflight(guest, headers=header), "Access-Control-Allow-Headers")
    assert granted == {"authorization", "content-type", "accept"}


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "http://localhost:5173.evil.example.com",
        "http://evil.example.com?http://localhost:5173",
        "https://localhost:5173",
        "http://localhost",
        "null",
        "",
    ],
)
def test_a_foreign_origin_is_granted_nothing(guest: APIClient, origin: str) -> None:
    answer = preflight(guest, origin=origin)
    assert not [header for header in answer.headers if header.startswith("Access-Control-")]


def test_no_cookies_are_granted(guest: APIClient) -> None:
    assert "Access-Control-Allow-Credentials" not in preflight(guest)


def test_a_browser_need_not_ask_again_for_hours(guest: APIClient) -> None:
    assert int(preflight(guest)["Access-Control-Max-Age"]) >= 2 * 60 * 60


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PROFILES, "/api/v1/catalog/titles", "/api/v1/nothing"])
def test_a_preflight_costs_no_statement_and_no_token(
    guest: APIClient, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer stale.since.yesterday")
    with django_assert_num_queries(0):
        assert preflight(guest, path=path).status_code == 200


def test_an_operator_may_grant_more(guest: APIClient, settings: Settings) -> None:
    settings.CORS_ALLOW_METHODS = [*settings.CORS_ALLOW_METHODS, "PATCH"]
    settings.CORS_ALLOWED_ORIGINS = ["https://tv.example.com"]
    answer = preflight(guest, origin="https://tv.example.com", method="PATCH")
    assert "patch" in words(answer, "Access-Control-Allow-Methods")
    assert "Access-Control-Allow-Origin" not in preflight(guest, origin=VIEWER)


# The calls themselves


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/api/v1/catalog/genres", 200), (PROFILES, 401), ("/nothing", 404)])
def test_a_client_may_read_every_answer(guest: APIClient, path: str, status: int) -> None:
    answer = guest.get(path, headers={"Origin": VIEWER})
    assert answer.status_code == status
    assert answer["Access-Control-Allow-Origin"] == VIEWER
    assert "origin" in words(answer, "Vary")


@pytest.mark.django_db
def test_a_client_may_read_the_headers_of_the_contract(guest: APIClient) -> None:
    answer = guest.get("/api/v1/catalog/genres", headers={"Origin": VIEWER})
    assert words(answer, "Access-Control-Expose-Headers") >= {"etag", "retry-after", "x-request-id"}


@pytest.mark.django_db
def test_a_foreign_page_may_read_nothing(guest: APIClient) -> None:
    answer = guest.get("/api/v1/catalog/genres", headers={"Origin": "https://evil.example.com"})
    assert not [header for header in answer.headers if header.startswith("Access-Control-")]
    assert "origin" in words(answer, "Vary")
