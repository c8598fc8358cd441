"""One shape of error for every status: `{"detail": sentence, "code": stable word}`, beside it at most `errors`."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from conftest import As

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/login"
ORIGIN = "http://localhost:5173"
JSON = "application/json"

# Users and profiles are `Any` here: `common` knows no room, so it cannot name them.


@pytest.fixture(params=[False, True], ids=["debug off", "debug on"])
def either_way(request: pytest.FixtureRequest, settings: Settings) -> bool:
    """With DEBUG off and on: clients parse every answer, a developer's too."""
    settings.DEBUG = request.param
    return bool(request.param)


def send(client: APIClient, method: str, path: str, body: str = "", content_type: str = JSON) -> Answer:
    return client.generic(method, path, body, content_type, headers={"Origin": ORIGIN})


def assert_one_shape(answer: Answer) -> None:
    assert answer["Content-Type"] == JSON
    body = answer.json()
    assert {"detail", "code"} <= set(body) <= {"detail", "code", "errors"}
    assert body["detail"]
    assert isinstance(body["detail"], str)
    assert body["code"].replace("_", "").isalpha()
    assert answer["Access-Control-Allow-Origin"] == ORIGIN


# What a client did wrong

REFUSALS: dict[str, tuple[int, tuple[str, ...]]] = {
    "an address that does not exist": (404, ("GET", "/api/v1/nothing")),
    "an address with a slash too many": (404, ("GET", "/api/v1/auth/me/")),
    "an id that is none": (404, ("GET", "/api/v1/catalog/titles/nonsense")),
    "an id of nothing": (404, ("GET", f"/api/v1/catalog/titles/{uuid.uuid4()}")),
    "an unknown format": (404, ("GET", "/api/v1/catalog/genres?format=xml")),
    "a method that is not offered": (405, ("GET", LOGIN)),
    "another method that is not offered": (405, ("PATCH", LOGIN)),
    "plain text": (415, ("POST", LOGIN, "email", "text/plain")),
    "a form": (415, ("POST", LOGIN, "email=a", "application/x-www-form-urlencoded")),
    "half a JSON": (400, ("POST", LOGIN, '{"email": "dora@')),
    "JSON in unknown letters": (400, ("POST", LOGIN, "{}", "application/json; charset=zip")),
    "not a number": (400, ("POST", LOGIN, '{"email": NaN}')),
    "a number of 5000 digits": (400, ("POST", LOGIN, f'{{"email": {"9" * 5000}}}')),
    "a list instead of an object": (422, ("POST", LOGIN, "[]")),
    "null instead of an object": (422, ("POST", LOGIN, "null")),
    "no e-mail address": (422, ("POST", LOGIN, '{"email": "dora"}')),
    "a page before the first": (422, ("GET", "/api/v1/catalog/titles?page=0")),
    "no token": (401, ("GET", "/api/v1/auth/me")),
    "somebody's profile": (403, ("GET", f"/api/v1/catalog/titles?profile_id={uuid.uuid4()}")),
}


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(("status", "request_line"), REFUSALS.values(), ids=REFUSALS)
def test_every_refusal_has_the_one_shape(guest: APIClient, status: int, request_line: tuple[str, ...]) -> None:
    answer = send(guest, *request_line)
    assert answer.status_code == status
    assert_one_shape(answer)


@pytest.mark.usefixtures("either_way")
def test_a_host_that_is_not_ours_is_refused_in_the_one_shape(guest: APIClient) -> None:
    headers = {"Origin": ORIGIN, "Host": "evil.example.com"}
    answer = guest.get("/api/v1/catalog/genres", headers=headers)
    assert answer.status_code == 400
    assert_one_shape(answer)
    assert "evil" not in answer.content.decode()


@pytest.mark.usefixtures("either_way")
def test_an_answer_in_another_format_than_json_is_not_to_be_had(guest: APIClient) -> None:
    answer = guest.get("/api/v1/catalog/genres", headers={"Origin": ORIGIN, "Accept": "application/xml"})
    assert answer.status_code == 406
    assert_one_shape(answer)


def test_an_address_outside_the_api_that_does_not_exist_has_the_one_shape_too(guest: APIClient) -> None:
    answer = send(guest, "GET", "/nothing")
    assert answer.status_code == 404
    assert_one_shape(answer)


def test_an_invalid_body_names_every_field_in_the_sentence_and_beside_it(guest: APIClient) -> None:
    body = send(guest, "POST", LOGIN, '{"email": "dora"}').json()
    assert body["code"] == "invalid"
    assert set(body["errors"]) == {"email", "password"}
    assert body["detail"] == "email: Enter a valid email address. password: This field is required."


def test_a_401_tells_how_to_sign_in(guest: APIClient) -> None:
    answer = send(guest, "GET", "/api/v1/auth/me")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not_authenticated"


def test_a_405_tells_what_is_offered(guest: APIClient) -> None:
    assert send(guest, "GET", LOGIN)["Allow"] == "POST, OPTIONS"


def test_no_address_redirects_to_its_slash_form(guest: APIClient) -> None:
    for path in ("/api/v1/auth/profiles/", "/api/v1/catalog/titles/", "/health/", "/health/live/"):
        assert guest.get(path).status_code == 404


def test_an_empty_body_of_json_is_no_data(guest: APIClient, charlie: Any, alice: Any, as_user: As) -> None:
    assert send(guest, "POST", LOGIN).json()["detail"].startswith("email: This field is required.")
    assert send(as_user(alice), "PUT", f"/api/v1/auth/profiles/{charlie.id}/select").status_code == 200
    assert send(as_user(alice), "GET", "/api/v1/auth/profiles").status_code == 200


# What we did wrong


@pytest.fixture
def broken_login(monkeypatch: pytest.MonkeyPatch) -> str:
    """Signing in fails with an error nobody expected; its text is a secret."""
    secret = "postgresql://marquee:hunter2@10.0.0.7/marquee"

    def explode(**given: str) -> NoReturn:
        raise RuntimeError(secret)

    monkeypatch.setattr("accounts.services.sign_in", explode)
    return secret


def log_in(client: APIClient) -> Answer:
    return send(client, "POST", LOGIN, '{"email": "dora@example.com", "password": "a secret"}')


@pytest.mark.usefixtures("either_way", "broken_login")
def test_an_unexpected_error_has_the_one_shape(guest: APIClient) -> None:
    answer = log_in(guest)
    assert answer.status_code == 500
    assert_one_shape(answer)
    assert set(answer.json()) == {"detail", "code"}
    assert answer.json()["code"] == "server_error"


@pytest.mark.usefixtures("either_way")
def test_an_unexpected_error_tells_nothing_about_the_inside(guest: APIClient, broken_login: str) -> None:
    answer = log_in(guest)
    shown = answer.content.decode() + str(answer.headers)
    for inside in (broken_login, "hunter2", "RuntimeError", "Traceback", ".py"):
        assert inside not in shown


@pytest.mark.usefixtures("either_way")
def test_an_unexpected_error_is_logged_with_its_trace_and_without_the_password(
    guest: APIClient, broken_login: str, caplog: pytest.LogCaptureFixture
) -> None:
    log_in(guest)
    (record,) = [record for record in caplog.records if record.exc_info]
    assert record.levelname == "ERROR"
    assert LOGIN in record.getMessage()
    assert broken_login in caplog.text
    assert "a secret" not in caplog.text


def test_an_unexpected_error_outside_the_api_has_the_one_shape_too(
    guest: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.views.ADDRESSES", {"name": object()})
    answer = send(guest, "GET", "/")
    assert answer.status_code == 500
    assert_one_shape(answer)


# Input that nobody means well with

BODIES = {
    "registering": ("POST", "/api/v1/auth/register", ["email", "password"]),
    "signing in": ("POST", LOGIN, ["email", "password"]),
    "refreshing": ("POST", "/api/v1/auth/refresh", ["refresh_token"]),
    "a profile": ("POST", "/api/v1/auth/profiles", ["name", "avatar_url", "parental_rating", "is_kids"]),
    "a profile's rating": ("POST", "/api/v1/auth/profiles", ["parental_rating"]),
    "a bookmark": (
        "PUT",
        "/api/v1/viewing/bookmarks?profile_id={profile}",
        ["content_type", "content_id", "position_seconds", "duration_seconds"],
    ),
    "a thumb": ("POST", "/api/v1/viewing/ratings?profile_id={profile}", ["title_id", "rating"]),
}
VALUES = {
    "a NUL": r'"\u0000"',
    "half a character": r'"\ud800"',
    "1e400": "1e400",
    "2**70": str(2**70),
    "-2**70": str(-(2**70)),
    "a list": "[[]]",
    "an object": '{"a": {}}',
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize(("method", "path", "fields"), BODIES.values(), ids=BODIES)
def test_a_hostile_value_is_the_clients_mistake(
    alice: Any, alices: Any, as_user: As, method: str, path: str, fields: list[str], value: str
) -> None:
    body = ", ".join(f'"{field}": {value}' for field in fields)
    answer = send(as_user(alice), method, path.format(profile=alices.id), f"{{{body}}}")
    assert 400 <= answer.status_code < 500
    assert_one_shape(answer)


@pytest.mark.parametrize("nested", ["[" * 100_000, '{"email":' * 100_000], ids=["lists", "objects"])
def test_a_body_nested_without_end_is_the_clients_mistake(guest: APIClient, nested: str) -> None:
    answer = send(guest, "POST", LOGIN, nested)
    assert answer.status_code in {400, 413, 422}
    assert_one_shape(answer)


@pytest.mark.parametrize(
    "query",
    [
        "page=%00",
        "page=1e400",
        f"page={2**70}",
        f"page={'9' * 5000}",
        f"page_size={2**70}",
        "q=%00",
        "genre=%00",
        "type=%00",
        "type=%ED%A0%80",
        "profile_id=%00",
        "profile_id=%ED%A0%80",
    ],
    ids=lambda query: query[:24],
)
def test_a_hostile_query_is_the_clients_mistake(guest: APIClient, query: str) -> None:
    answer = send(guest, "GET", f"/api/v1/catalog/titles?{query}")
    assert answer.status_code == 422
    assert_one_shape(answer)


@pytest.mark.parametrize("part", ["%00", "%ED%A0%80", "1e400", str(2**70), "..%2F..%2Fmanage.py"])
def test_a_hostile_path_leads_nowhere(guest: APIClient, part: str) -> None:
    answer = send(guest, "GET", f"/api/v1/catalog/titles/{part}")
    assert answer.status_code == 404
    assert_one_shape(answer)


def test_half_a_character_in_a_query_finds_nothing(guest: APIClient) -> None:
    answer = send(guest, "GET", "/api/v1/catalog/titles?q=%ED%A0%80")
    assert answer.json()["items"] == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_calendar_has_no_end_that_breaks_us(guest: APIClient, day: str) -> None:
    answer = send(guest, "GET", f"/api/v1/epg/schedule/{uuid.uuid4()}?date={day}")
    assert answer.status_code in {200, 422}
    assert json.loads(answer.content) is not None
