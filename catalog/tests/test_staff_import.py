"""Bringing titles in over HTTP: a report on every row, limits, and who may."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission

from accounts.models import User
from catalog.api.staff import parsers
from catalog.models import ContentVector, SearchDocument, Title
from catalog.tests.factories import TitleFactory
from conftest import As, WithKey

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer
    from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/admin/titles/import"
ALIEN = {"external_id": "tt1", "title": "Alien", "year": 1979, "genres": ["Horror"]}
BRAZIL = {"external_id": "tt2", "title": "Brazil", "year": 1985}
LINES = b'{"external_id": "tt1", "title": "Alien"}\n\nno JSON\n{"external_id": "tt2", "title": "Brazil"}\n'
CSV = b"external_id,title,year\ntt1,Alien,1979\ntt2,Brazil,soon\n"


@pytest.fixture
def client(editor: User, as_user: As) -> APIClient:
    return as_user(editor)


def send(client: APIClient, rows: Sequence[Any], **options: Any) -> Answer:
    return client.post(ADDRESS, {"rows": rows, **options}, format="json")


def send_file(client: APIClient, content: bytes, kind: str, query: str = "", **headers: str) -> Answer:
    data: Any = content
    return client.generic("POST", f"{ADDRESS}{query}", data, content_type=kind, headers=headers)


def results(answer: Answer) -> list[tuple[int, str]]:
    assert answer.status_code == 200, answer.content
    return [(row["line"], row["result"]) for row in answer.json()["rows"]]


def code(answer: Answer) -> tuple[int, str]:
    assert set(answer.json()) >= {"detail", "code"}
    return answer.status_code, answer.json()["code"]


# --- The report --------------------------------------------------------------------------------------------


def test_every_row_is_told_with_what_became_of_it(client: APIClient) -> None:
    send(client, [ALIEN, BRAZIL])
    Title.objects.get(title="Brazil").soft_delete()
    rows = [{**ALIEN, "year": 1980}, BRAZIL, {"year": 1999}, {"title": "Solaris"}, 7]
    answer = send(client, rows)
    assert results(answer) == [(1, "changed"), (2, "restored"), (3, "refused"), (4, "added"), (5, "refused")]
    changed, _, refused, added, no_object = answer.json()["rows"]
    assert changed["changes"] == {"release_year": {"from": 1979, "to": 1980}}
    assert changed["title_id"] == str(Title.objects.get(title="Alien").id)
    assert refused == {"line": 3, "result": "refused", "reason": "The title is missing."}
    assert added["title"] == "Solaris"
    assert no_object["reason"] == "The row is not a JSON object."


def test_the_summary_counts_rows_and_what_was_cleaned(client: APIClient) -> None:
    answer = send(client, [{"title": "<b>Alien</b>", "cast": ["(voices)", "."]}, {}]).json()
    assert {name: answer[name] for name in ("added", "restored", "changed", "unchanged", "refused")} == {
        "added": 1,
        "restored": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": 1,
    }
    assert answer["notes"]["scraps left out of the cast"] == {"rows": 1, "times": 2}
    assert answer["dry_run"] is False


def test_the_same_rows_again_change_nothing(client: APIClient) -> None:
    send(client, [ALIEN, BRAZIL])
    answer = send(client, [ALIEN, BRAZIL])
    assert results(answer) == [(1, "unchanged"), (2, "unchanged")]
    assert answer.json()["vectors_stale"] == 0


def test_search_finds_a_title_at_once_and_its_vector_is_told_to_be_stale(client: APIClient) -> None:
    answer = send(client, [ALIEN, BRAZIL])
    assert answer.json()["vectors_stale"] == 2
    assert SearchDocument.objects.count() == 2
    assert not ContentVector.objects.exists()


def test_a_relation_to_a_title_that_comes_later_is_told_once(client: APIClient) -> None:
    send(client, [ALIEN])
    aliens = {"external_id": "tt9", "title": "Aliens"}
    answer = send(client, [{**ALIEN, "relations": [{"relation": "sequel", "external_id": "tt9"}]}, aliens])
    assert results(answer) == [(1, "changed"), (2, "added")]


def test_a_relation_to_a_title_that_is_not_there_is_told(client: APIClient) -> None:
    answer = send(client, [{**ALIEN, "relations": [{"relation": "sequel", "external_id": "tt9"}]}])
    reason = "There is no title import:tt9 to be related to."
    assert answer.json()["unresolved"] == [{"line": 1, "reason": reason}]


# --- How rows may be sent ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["application/x-ndjson", "application/jsonl", "application/jsonl; charset=utf-8"])
def test_json_lines_keep_their_numbers(client: APIClient, kind: str) -> None:
    answer = send_file(client, LINES, kind)
    assert results(answer) == [(1, "added"), (3, "refused"), (4, "added")]


def test_a_csv_keeps_its_lines(client: APIClient) -> None:
    answer = send_file(client, CSV, "text/csv")
    assert results(answer) == [(2, "added"), (3, "refused")]
    assert answer.json()["rows"][1]["reason"] == "release_year is not a whole number."


@pytest.mark.parametrize("headers", [{}, {"content-encoding": "gzip"}], ids=["a gzip file", "gzip as a coding"])
def test_a_file_may_come_as_gzip(client: APIClient, headers: dict[str, str]) -> None:
    assert results(send_file(client, gzip.compress(CSV), "text/csv", **headers)) == [(2, "added"), (3, "refused")]


def test_source_map_and_dry_run_may_stand_in_the_body_or_in_the_address(client: APIClient) -> None:
    row = {"external_id": "a", "Name": "Alien"}
    assert results(send(client, [row], map=["Name=title"], source="ours", dry_run=True)) == [(1, "added")]
    assert not Title.objects.exists()
    query = "?map=Name=title&source=ours&dry_run=true"
    assert results(send_file(client, b"external_id,Name\na,Alien\n", "text/csv", query)) == [(2, "added")]
    assert not Title.objects.exists()
    send_file(client, b"external_id,Name\na,Alien\n", "text/csv", query.replace("true", "false"))
    assert Title.objects.filter(external_ids__source="ours", external_ids__value="a").exists()


def test_a_file_may_be_longer_than_a_json_body(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsers, "MOST_ROWS", 3)
    lines = [f'{{"title": "Film {number}", "ai_description": "{"a" * 600_000}"}}' for number in range(3)]
    assert len("".join(lines)) > 1024 * 1024
    assert results(send_file(client, "\n".join(lines).encode(), "application/x-ndjson")) == [
        (1, "added"),
        (2, "added"),
        (3, "added"),
    ]
    assert parsers.MOST_BYTES == 10 * 1024 * 1024


# --- What is refused as a whole ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"rows": {}}', b'{"rows": "Alien"}', b'{"rows": []}', b'{"rows": [{"title": "A"}], "source": ""}'],
)
def test_a_body_without_rows_is_refused(client: APIClient, body: bytes) -> None:
    assert code(send_file(client, body, "application/json")) == (422, "invalid")


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"", "text/csv", "invalid"),
        (b"title\n", "text/csv", "invalid"),
        (b"\n\n", "application/x-ndjson", "invalid"),
        (b"\x1f\x8bnot gzip at all", "text/csv", "file_unreadable"),
        (gzip.compress(CSV, mtime=0)[:20], "text/csv", "file_unreadable"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(client: APIClient, content: bytes, kind: str, expected: str) -> None:
    assert code(send_file(client, content, kind)) == (422, expected)


@pytest.mark.parametrize("pair", ["Nobody=title", "title=nothing", "title", "=title"])
def test_a_rename_that_cannot_be_is_refused(client: APIClient, pair: str) -> None:
    assert code(send(client, [ALIEN], map=[pair])) == (422, "column_unknown")
    assert not Title.objects.exists()


def test_a_file_that_is_too_large_is_refused(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsers, "MOST_BYTES", 1_000)
    row = json.dumps({"title": "Alien", "ai_description": "a" * 2_000}).encode()
    assert code(send_file(client, row, "application/x-ndjson")) == (413, "too_large")
    assert len(gzip.compress(row)) < 1_000
    assert code(send_file(client, gzip.compress(row), "application/x-ndjson")) == (413, "too_large")
    assert not Title.objects.exists()


def test_a_file_of_too_many_rows_is_refused(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsers, "MOST_ROWS", 1)
    answer = send_file(client, LINES, "application/x-ndjson")
    assert code(answer) == (413, "too_large")
    assert "Send the file in parts." in answer.json()["detail"]


def test_a_json_body_keeps_the_limits_of_every_json_body(client: APIClient) -> None:
    assert send(client, [ALIEN] * 1_001).status_code == 400
    assert send(client, [{"title": "a" * 1024 * 1024}]).status_code == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/zip", "multipart/form-data; boundary=b"])
def test_another_kind_of_body_is_refused(client: APIClient, kind: str) -> None:
    assert send_file(client, LINES, kind).status_code == 415


def test_another_coding_or_alphabet_is_refused(client: APIClient) -> None:
    assert send_file(client, CSV, "text/csv", **{"content-encoding": "br"}).status_code == 415
    assert send_file(client, CSV, "text/csv; charset=utf-16").status_code == 400


def test_a_body_without_a_length_is_refused(client: APIClient) -> None:
    answer = client.generic("POST", ADDRESS, "", content_type="text/csv", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411


# --- Who may, and what remains of it -----------------------------------------------------------------------


def test_an_editor_and_a_key_for_writing_may_and_others_may_not(
    editor: User, onlooker: User, alice: User, as_user: As, with_key: WithKey, guest: APIClient
) -> None:
    assert [send(one, [ALIEN]).status_code for one in (as_user(editor), with_key("catalog:write"))] == [200, 200]
    others = (as_user(onlooker), as_user(alice), with_key("catalog:read"), with_key("epg:write"), guest)
    assert [send(one, [ALIEN]).status_code for one in others] == [403, 403, 403, 403, 401]


@pytest.mark.parametrize("lacking", ["add_title", "change_title", "delete_title"])
def test_staff_who_may_not_do_all_that_an_import_does_may_not_import(lacking: str, trainee: User, as_user: As) -> None:
    names = {"add_title", "change_title", "delete_title"} - {lacking}
    trainee.user_permissions.set(Permission.objects.filter(codename__in=names))
    assert send(as_user(trainee), [ALIEN]).status_code == 403
    assert not Title.objects.exists()


def test_one_entry_remains_in_the_audit_trail(client: APIClient, editor: User) -> None:
    send(client, [ALIEN, BRAZIL, {}])
    entry = LogEntry.objects.get(object_repr="titles imported")
    assert entry.actor == editor
    assert entry.additional_data["report"]["added"] == 2


def test_a_dry_run_leaves_no_trace(client: APIClient) -> None:
    TitleFactory.create()
    answer = send(client, [ALIEN], dry_run=True)
    assert (answer.json()["dry_run"], answer.json()["added"]) == (True, 1)
    assert Title.objects.count() == 1
    assert not LogEntry.objects.filter(object_repr="titles imported").exists()
