"""What a browser lets the two clients do (contract 1.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from django.http import HttpRequest
from django.urls import get_resolver, path
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
    limits = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
    answer = guest.get("/api/v1/catalog/genres", headers={"Origin": VIEWER})
    assert words(answer, "Access-Control-Expose-Headers") == {"etag", "retry-after", "x-request-id", *limits}


@pytest.mark.django_db
def test_a_foreign_page_may_read_nothing(guest: APIClient) -> None:
    answer = guest.get("/api/v1/catalog/genres", headers={"Origin": "https://evil.example.com"})
    assert not [header for header in answer.headers if header.startswith("Access-Control-")]
    assert "origin" in words(answer, "Vary")


# Errors: without the headers a browser would report a failed network


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("a view that fails")


class WithBroken:
    """All addresses, and one that fails."""

    handler400, handler403 = "common.api.handlers.bad_request", "common.api.handlers.permission_denied"
    handler404, handler500 = "common.api.handlers.page_not_found", "common.api.handlers.server_error"
    urlpatterns = [path("api/v1/broken", broken), *get_resolver().url_patterns]


LOGIN = "/api/v1/auth/login"
TITLES = "/api/v1/catalog/titles"
ERRORS: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "half a JSON": (400, "POST", LOGIN, {"data": "{"}),
    "a foreign host": (400, "GET", TITLES, {"HTTP_HOST": "evil.example.com"}),
    "no token": (401, "GET", PROFILES, {}),
    "a wrong token": (401, "GET", PROFILES, {"HTTP_AUTHORIZATION": "Bearer nonsense"}),
    "somebody's profile": (403, "GET", f"{TITLES}?profile_id=00000000-0000-0000-0000-000000000000", {}),
    "no CSRF token": (403, "POST", "/", {}),
    "no address": (404, "GET", "/api/v1/nothing", {}),
    "no method": (405, "GET", LOGIN, {}),
    "too much": (413, "POST", LOGIN, {"data": "{" + " " * 3_000_000 + "}"}),
    "a form": (415, "POST", LOGIN, {"data": "a=b", "content_type": "application/x-www-form-urlencoded"}),
    "no page": (422, "GET", f"{TITLES}?page=0", {}),
    "a failure": (500, "GET", "/api/v1/broken", {}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [False, True], ids=["debug off", "debug on"])
@pytest.mark.parametrize(("status", "method", "address", "extra"), ERRORS.values(), ids=ERRORS)
def test_a_client_may_read_every_error(
    settings: Settings, debug: bool, status: int, method: str, address: str, extra: dict[str, Any]
) -> None:
    settings.DEBUG, settings.ROOT_URLCONF = debug, WithBroken
    client = APIClient(enforce_csrf_checks=True, raise_request_exception=False)
    answer = client.generic(method, address, **{"content_type": "application/json"} | extra, HTTP_ORIGIN=ADMIN)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert answer["Access-Control-Allow-Origin"] == ADMIN
    assert "retry-after" in words(answer, "Access-Control-Expose-Headers")
    assert "Access-Control-Allow-Credentials" not in answer


# Cookie mode


@pytest.fixture
def cookie_mode(settings: Settings) -> None:
    """As AUTH_COOKIES sets it (platform/config/tests/test_start_up.py)."""
    settings.CORS_ALLOW_CREDENTIALS = True
    settings.CORS_ALLOW_HEADERS = [*settings.CORS_ALLOW_HEADERS, "x-csrftoken"]


@pytest.mark.django_db
@pytest.mark.usefixtures("cookie_mode")
def test_cookies_and_their_token_are_granted_to_the_configured_origins(guest: APIClient) -> None:
    answer = preflight(guest, method="POST", headers="x-csrftoken", path=LOGIN)
    assert answer["Access-Control-Allow-Origin"] == VIEWER
    assert answer["Access-Control-Allow-Credentials"] == "true"
    assert words(answer, "Access-Control-Allow-Headers") == {"authorization", "content-type", "accept", "x-csrftoken"}
    error = guest.get(PROFILES, headers={"Origin": VIEWER})
    assert (error.status_code, error["Access-Control-Allow-Credentials"]) == (401, "true")


@pytest.mark.django_db
@pytest.mark.usefixtures("cookie_mode")
@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "http://localhost:5173.evil.example.com"])
def test_a_foreign_page_gets_no_cookies(guest: APIClient, origin: str) -> None:
    for answer in (preflight(guest, origin=origin), guest.get(PROFILES, headers={"Origin": origin})):
        assert not [header for header in answer.headers if header.startswith("Access-Control-")]
