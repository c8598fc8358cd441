"""Requests no honest client sends: each gets an answer of the API's own shape, and none is a server error.

The first half is generated: every operation of the URL configuration gets everything hostile that its description
lets one think of (`config.tests.hostile`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import DateField, IntegerField, Model
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.tests.factories import EpisodeFactory, GenreFactory, TitleFactory
from common.middleware import head_without_body
from config.tests import hostile
from config.tests.hostile import Honest, Operation, all_operations
from config.tests.sentinels import nothing_stays
from config.wsgi import everything_is_utf8
from conftest import As
from epg.tests.factories import ProgrammeFactory
from viewing.tests.factories import BookmarkFactory

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/login"
JSON = "application/json"
OPERATIONS = all_operations()
# Whoever signs in proves who it is by the body, so that an example gets 401.
SIGNING_IN = {"/api/v1/auth/login", "/api/v1/auth/refresh"}
FLOODS = {
    "a parameter 10,000 times": "&".join(["q=a"] * 10_000),
    "10,000 parameters": "&".join(f"q{number}=a" for number in range(10_000)),
    "only signs": "&=" * 10_000,
}


# Where each part of a list is refused for itself, in an answer of 200.
EACH_FOR_ITSELF = {"/api/v1/viewing/bookmarks/batch"}


@dataclass
class Attackers:
    """Alice, and Carol for what only staff may call, with good tokens and bad intentions.

    Nothing that an attempt changes is there at the next.
    """

    alice: APIClient
    carol: APIClient
    honest: Honest
    successes: list[str] = field(default_factory=list)

    def send(self, operation: Operation, address: str, body: bytes | str = b"", **options: Any) -> Answer:
        """The answer to one attempt."""
        cache.clear()  # rate limits count these attempts too
        client = self.carol if operation.is_for_staff else self.alice
        content_type = options.pop("content_type", JSON)
        with nothing_stays():
            return client.generic(operation.method, address, body, content_type, **options)  # type: ignore[arg-type]

    def try_out(self, name: str, operation: Operation, address: str, body: bytes | str = b"", **options: Any) -> Answer:
        """The same, and note when the attempt got through to a server error, or to an error of another shape."""
        answer = self.send(operation, address, body, **options)
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or not _has_the_one_shape(answer):
            self.note(operation, f"{name}: {answer.status_code} {answer.content[:200]!r}")
        return answer

    def must_fail(self, name: str, operation: Operation, address: str, body: bytes | str = b"", **options: Any) -> None:
        """The same, and note when the attempt is not refused at all."""
        answer = self.try_out(name, operation, address, body, **options)
        if _is_let_in(operation, answer):
            self.note(operation, f"{name}: {answer.status_code}, though it is never right")

    def note(self, operation: Operation, success: str) -> None:
        """Remember what went wrong, and go on to the next attempt."""
        self.successes.append(f"{operation.method} {operation.path} {success}")

    def must_have_failed(self) -> None:
        """Every attempt so far."""
        assert not self.successes, "\n".join(self.successes)


def _has_the_one_shape(answer: Answer) -> bool:
    if answer.status_code < HTTPStatus.BAD_REQUEST:
        return True
    body = json.loads(answer.content)
    return isinstance(body, dict) and isinstance(body["detail"], str) and bool(body["detail"]) and "code" in body


def _is_let_in(operation: Operation, answer: Answer) -> bool:
    if answer.status_code == HTTPStatus.OK and operation.path in EACH_FOR_ITSELF:
        return any(one["status"] < HTTPStatus.BAD_REQUEST for one in answer.json()["results"])
    return answer.status_code < HTTPStatus.BAD_REQUEST


@pytest.fixture
def attackers(alice: User, alices: Profile, carol: User, as_user: As, settings: Settings) -> Attackers:
    """The attackers, and one of everything to attack."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # many try to sign in
    carol.is_superuser = True
    for user in (alice, carol):
        user.set_password(hostile.PASSWORD)
        user.save()
    title, episode = TitleFactory.create(), EpisodeFactory.create()
    title.genres.add(GenreFactory.create())
    ProgrammeFactory.create()
    BookmarkFactory.create(profile=alices, title=title)
    honest = Honest(profile=alices.id, title=title.id, content=title.id, episode=episode.id)
    return Attackers(as_user(alice), as_user(carol), honest)


def test_an_honest_request_gets_past_the_door(attackers: Attackers) -> None:
    """Else the attacks below would all end at the door, and prove nothing."""
    for operation in OPERATIONS:
        body = json.dumps(attackers.honest.body(operation)) if operation.body else b""
        answer = attackers.try_out("honest", operation, attackers.honest.address(operation), body)
        is_unread = answer.status_code in (405, 415) or (
            answer.status_code == 422 and answer.json()["code"] == "invalid"
        )
        is_shut_out = answer.status_code in (401, 403) and operation.path not in SIGNING_IN
        if is_unread or is_shut_out:
            attackers.note(operation, f"is not reached by an honest request: {answer.content!r}")
    attackers.must_have_failed()


@pytest.mark.thorough
def test_every_field_of_every_body_withstands_every_hostile_value(attackers: Attackers) -> None:
    for operation in OPERATIONS:
        address, body = attackers.honest.address(operation), attackers.honest.body(operation)
        for name, schema in operation.fields.items():
            for what, value, is_wrong in hostile.hostile_values(schema):
                attempt = attackers.must_fail if is_wrong else attackers.try_out
                attempt(f"{name} is {what}", operation, address, with_field(body, name, value))
        for name in list(operation.fields)[:1]:
            for what, value in hostile.NO_JSON.items():
                attackers.must_fail(f"{name} is {what}", operation, address, with_field(body, name, value))
    attackers.must_have_failed()


def with_field(body: dict[str, Any], name: str, value: str) -> str:
    """The body as JSON, with a value for one field that is written already."""
    fields = {key: json.dumps(honest) for key, honest in body.items()} | {name: value}
    return "{" + ", ".join(f"{json.dumps(key)}: {written}" for key, written in fields.items()) + "}"


@pytest.mark.thorough
def test_every_body_withstands_what_is_no_body(attackers: Attackers) -> None:
    for operation in [operation for operation in OPERATIONS if operation.method != "GET"]:
        address = attackers.honest.address(operation)
        for name, body in hostile.BODIES.items():
            attackers.try_out(name, operation, address, body)
        for content_type in hostile.CONTENT_TYPES:
            attempt = attackers.must_fail if operation.body else attackers.try_out
            attempt(content_type[:40], operation, address, b"a=1", content_type=content_type)
        attackers.try_out("gzip", operation, address, b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    attackers.must_have_failed()


@pytest.mark.thorough
def test_every_query_parameter_withstands_every_hostile_value(attackers: Attackers) -> None:
    for operation in OPERATIONS:
        for name, schema in operation.queries.items():
            for what, value, is_wrong in hostile.hostile_queries(schema):
                address = attackers.honest.address(operation, **{name: value.replace("{name}", name)})
                attempt = attackers.must_fail if is_wrong else attackers.try_out
                attempt(f"{name} is {what}", operation, address)
    attackers.must_have_failed()


@pytest.mark.thorough
def test_every_operation_withstands_parameters_it_does_not_know(attackers: Attackers) -> None:
    for operation in OPERATIONS:
        unknown = [name for name in hostile.EVERYWHERE if name not in operation.queries]
        for value in hostile.EVERYTHING:
            address = attackers.honest.address(operation, **dict.fromkeys(unknown, value))
            attackers.try_out(f"everything is {value[:9]}", operation, address)
    attackers.must_have_failed()


@pytest.mark.thorough
def test_every_id_in_every_path_withstands_what_is_no_id(attackers: Attackers) -> None:
    for operation in OPERATIONS:
        for name in operation.ids:
            for value in hostile.PATH_PARTS:
                address = attackers.honest.path(operation, **{name: value})
                attackers.must_fail(f"{name} is {value[:20]}", operation, address)
    attackers.must_have_failed()


@pytest.mark.thorough
def test_every_operation_withstands_every_hostile_header(attackers: Attackers) -> None:
    for operation in OPERATIONS:
        address = attackers.honest.address(operation)
        for what, value in hostile.HEADERS.items():
            attackers.try_out(what, operation, address, headers=dict.fromkeys(hostile.HEADER_NAMES, value))
    attackers.must_have_failed()


@pytest.mark.thorough
def test_no_operation_reads_parameters_without_end(attackers: Attackers) -> None:
    for operation in OPERATIONS:
        path = attackers.honest.path(operation)
        for name, query in FLOODS.items():
            answer = attackers.try_out(name, operation, f"{path}?{query}")
            if answer.status_code != HTTPStatus.BAD_REQUEST:
                attackers.note(operation, f"reads {name}")
        attackers.try_out("8 KB", operation, f"{path}?" + "a=b&" * 900 + "c=" + "d" * 4_500)
    attackers.must_have_failed()


@pytest.mark.parametrize("scheme", ["", "Bearer ", "Api-Key ", "Basic "])
def test_no_sign_in_the_place_of_a_token_lets_anybody_in(guest: APIClient, scheme: str) -> None:
    for value in hostile.HEADERS.values():
        answer = guest.get("/api/v1/auth/me", headers={"Authorization": scheme + value})
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        assert _has_the_one_shape(answer)


# One by one


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


def seen_behind_the_gate(content_type: str) -> str:
    """The content type that Django is given."""
    environ = {"CONTENT_TYPE": content_type}
    everything_is_utf8(lambda _environ, _start_response: [])(environ, lambda: None)
    return environ["CONTENT_TYPE"]


@pytest.mark.parametrize("charset", hostile.CHARSETS, ids=repr)
@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON", "text/plain", "text/html", "a"])
def test_everything_is_utf_8_whatever_the_header_says(media_type: str, charset: str) -> None:
    for written in (f"charset={charset}", f'x=y;CHARSET = "{charset}"', f"charset*=utf-8''{charset}", ";;="):
        content_type = seen_behind_the_gate(f"{media_type};{written}")
        assert content_type == media_type.lower()
        assert WSGIRequest(environ(content_type)).encoding is None


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk", "----WebKitFormBoundary7MA4YWxk"),
        ('multipart/form-data; charset=zip; boundary="a b:c"', "a b:c"),
        ("Multipart/Form-Data;boundary=a;charset=zip", "a"),
        ("multipart/form-data; charset=zip", None),
    ],
)
def test_a_form_with_files_keeps_its_boundary(content_type: str, boundary: str | None) -> None:
    request = WSGIRequest(environ(seen_behind_the_gate(content_type)))
    assert request.content_params == ({"boundary": boundary} if boundary else {})
    assert request.encoding is None


def test_a_type_without_parameters_stays_as_it_is() -> None:
    for content_type in ("", "application/json", "multipart/form-data", "nonsense"):
        assert seen_behind_the_gate(content_type) == content_type


def environ(content_type: str) -> dict[str, Any]:
    """What a server hands over for a request of this type, with more parameters than are read."""
    return RequestFactory().get(f"/?{'a=b&' * 2_000}").environ | {"CONTENT_TYPE": content_type}


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


def test_of_a_parameter_given_twice_the_last_counts_for_everybody(
    alice: User, alices: Profile, bobs: Profile, as_user: As
) -> None:
    """For the gate and for the view alike, so that nobody gets past the one with a profile for the other."""
    twice = "/api/v1/viewing/watchlist?profile_id={}&profile_id={}"
    assert as_user(alice).get(twice.format(bobs.id, alices.id)).status_code == 200
    assert as_user(alice).get(twice.format(alices.id, bobs.id)).status_code == 403


# The admin site


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    carol.is_superuser = True
    carol.save()
    EpisodeFactory.create()
    ProgrammeFactory.create()
    client = Client(raise_request_exception=False)
    client.force_login(carol)
    return client


def hostile_filters(model: type[Model]) -> Iterator[str]:
    """Queries of a list of the admin site, at least one for each field."""
    yield from ("q=%00", "q=%FF", f"p={2**70}", "o=%00.-1", "_popup=%00&_to_field=%00", "nothing=1")
    for part in model._meta.concrete_fields:
        if isinstance(part, DateField):
            yield from (f"{part.name}__year={year}" for year in (-1, 99_999))
        else:
            yield f"{part.name}=" + (str(2**70) if isinstance(part, IntegerField) else "%00")


def test_no_filter_breaks_a_list_of_the_admin_site(carols: Client) -> None:
    broken = []
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for query in hostile_filters(model):
            with nothing_stays():
                if carols.get(f"{address}?{query}").status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    broken.append(f"{address}?{query}")
    assert broken == []


@pytest.mark.parametrize("value", ["%00", "%FF", "-1", str(2**70), "a" * 2_000])
@pytest.mark.parametrize(
    "address",
    [
        "catalog/title/{}/change/",
        "catalog/title/{}/delete/",
        "catalog/title/{}/history/",
        "catalog/season/add/?title={}",
        "catalog/title/add/?title={0}&metadata={0}&genres={0}&release_year={0}",
        "autocomplete/?app_label=catalog&model_name=credit&field_name=person&term={}",
        "autocomplete/?app_label={0}&model_name={0}&field_name={0}",
        "r/{0}/{0}/",
        "login/?next={}",
    ],
)
def test_no_address_breaks_the_admin_site(carols: Client, address: str, value: str) -> None:
    answer = carols.get(f"/admin/{address.format(value)}")
    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.parametrize("field", ["action", "_selected_action", "index"])
@pytest.mark.parametrize("value", ["\0", "x", str(2**70)])
def test_no_form_breaks_the_admin_site(carols: Client, field: str, value: str) -> None:
    form = {"action": "delete_selected", "_selected_action": "x", "index": "0", field: value}
    for address in ("/admin/catalog/title/", "/admin/epg/programme/add/"):
        with nothing_stays():
            assert carols.post(address, form).status_code < HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.fixture
def write_metadata(carols: Client) -> Callable[[str], tuple[int, object]]:
    """Writes metadata into the form of a title; tells the status, and what is stored then."""

    def write(metadata: str) -> tuple[int, object]:
        title = TitleFactory.create(metadata={"studio": "Pathé"})
        inlines = {
            f"{prefix}-{count}": "0"
            for prefix in ("credits", "seasons", "relations", "external_ids")
            for count in ("TOTAL_FORMS", "INITIAL_FORMS")
        }
        shown = {"initial-metadata": json.dumps(title.metadata), "metadata": metadata}
        form = {"title_type": "movie", "title": title.title, "status": title.status, **shown, **inlines}
        answer = carols.post(f"/admin/catalog/title/{title.id}/change/", form)
        title.refresh_from_db()
        return answer.status_code, title.metadata

    return write


@pytest.mark.parametrize(
    "metadata",
    [
        r'{"a": "\u0000"}',
        r'{"a": "\ud800"}',
        '{"a": 1e400}',
        '{"a": NaN}',
        '{"a": ' + "9" * 5_000 + "}",
        "[" * 100_000,
        '{"a":' * 20_000,
        "[]",
        "[1]",
        '""',
        "0",
        "\0",
    ],
    ids=lambda metadata: metadata[:14],
)
def test_no_metadata_breaks_the_form_of_a_title(
    write_metadata: Callable[[str], tuple[int, object]], metadata: str
) -> None:
    status, stored = write_metadata(metadata)
    assert status in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST)
    assert stored == {"studio": "Pathé"}


@pytest.mark.parametrize(
    ("metadata", "wanted"), [('{"a": [1]}', {"a": [1]}), ("{}", {}), ("", {}), ("null", {})], ids=repr
)
def test_metadata_can_be_written_and_emptied_in_the_form_of_a_title(
    write_metadata: Callable[[str], tuple[int, object]], metadata: str, wanted: object
) -> None:
    assert write_metadata(metadata) == (HTTPStatus.FOUND, wanted)


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages", "refresh_token"])
@pytest.mark.parametrize(
    "value", [r'"abcdefgh\000abcdefgh"', r'"\355\240\200"', "\xff" * 40, "a" * 4_000, "=;=,;", '"']
)
def test_no_cookie_breaks_anything(name: str, value: str) -> None:
    client = Client(raise_request_exception=False, headers={"Cookie": f"{name}={value}"})
    for address in ("/admin/login/", "/api/v1/auth/me", "/health/live"):
        with nothing_stays():
            answer = client.get(address)
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        assert r"\000" not in value or answer.status_code == HTTPStatus.BAD_REQUEST
