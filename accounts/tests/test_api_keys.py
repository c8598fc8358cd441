"""Keys of services: made and revoked by operators, shown once, and good for what their scopes say."""

from __future__ import annotations

import logging
from datetime import timedelta
from io import StringIO

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.errors import KeyRefusedError
from accounts.models import ApiKey, Scope, User
from accounts.services.keys import create_key, revoke_key
from common.audit import Writer, written_by

pytestmark = pytest.mark.django_db

TITLES = "/api/v1/admin/titles"
CHANNELS = "/api/v1/admin/channels"


def with_header(header: str) -> APIClient:
    """A client that sends this header."""
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=header)
    return client


def a_key(*scopes: str) -> tuple[ApiKey, APIClient]:
    """A key, and a service that uses it."""
    row, key = create_key(name="importer", scopes=scopes or Scope.values, days=1)
    return row, with_header(f"Api-Key {key}")


def run(*words: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


class TestTheCommands:
    def test_a_key_is_shown_once_with_a_sentence_and_works(self) -> None:
        printed = run("create_api_key", "guide importer", "--scope", "epg:write", "--scope", "catalog:read")
        sentence, key = printed.splitlines()
        row = ApiKey.objects.get()
        assert sentence.startswith(f"The API key guide importer ({row.prefix}) has the scopes catalog:read, epg:write")
        assert f"{timezone.now() + timedelta(days=365):%Y-%m-%d}" in sentence
        assert printed.count(key) == 1
        assert with_header(f"Api-Key {key}").get(CHANNELS).status_code == 200

    def test_only_a_hash_of_the_key_is_kept(self) -> None:
        key = run("create_api_key", "importer", "--scope", "epg:read").splitlines()[1]
        (row,) = ApiKey.objects.values()
        secret = key.partition(".")[2]
        assert len(secret) == 32
        assert not [name for name, value in row.items() if secret in str(value)]

    def test_neither_the_log_nor_the_audit_trail_nor_later_lists_hold_the_key(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        with written_by(Writer("manage.py create_api_key (root)")):
            key = run("create_api_key", "importer", "--scope", "catalog:read").splitlines()[1]
        with_header(f"Api-Key {key}").get(TITLES)
        secret, row = key.partition(".")[2], ApiKey.objects.get()
        entry = LogEntry.objects.get()
        assert entry.additional_data["writer"] == "manage.py create_api_key (root)"
        for text in (caplog.text, str(entry.changes), run("list_api_keys"), repr(row), str(row)):
            assert secret not in text
            assert row.hashed_key not in text

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (["importer"], "A key has one or more of the scopes catalog:read, catalog:write, epg:read, epg:write."),
            (["importer", "--scope", "accounts:read"], "A key has one or more of the scopes"),
            (["importer", "--scope", "epg:read", "--expires", "0"], "A key lives for 1 to 3,650 days."),
            (["importer", "--scope", "epg:read", "--expires", "-5"], "A key lives for 1 to 3,650 days."),
            (["importer", "--scope", "epg:read", "--expires", "99999"], "A key lives for 1 to 3,650 days."),
            (["importer", "--scope", "epg:read", "--expires", "9999999999"], "A key lives for 1 to 3,650 days."),
            (["", "--scope", "epg:read"], "A key has a name of 1 to 50 printable characters."),
            (["x" * 51, "--scope", "epg:read"], "A key has a name of 1 to 50 printable characters."),
            (["two\nlines", "--scope", "epg:read"], "A key has a name of 1 to 50 printable characters."),
        ],
    )
    def test_what_cannot_be_made_is_refused_with_a_sentence(self, words: list[str], sentence: str) -> None:
        with pytest.raises(CommandError, match=sentence):
            run("create_api_key", *words)
        assert not ApiKey.objects.exists()

    def test_the_list_tells_everything_but_the_key(self) -> None:
        row, client = a_key("epg:read")
        client.get(CHANNELS)
        ended, _ = a_key("catalog:write")
        ApiKey.objects.filter(pk=ended.pk).update(name="b", expiry_date=timezone.now() - timedelta(days=1))
        revoked, _ = a_key("catalog:read", "epg:write")
        ApiKey.objects.filter(pk=revoked.pk).update(name="c")
        run("revoke_api_key", revoked.prefix)
        headings, *lines = [line.split() for line in run("list_api_keys").splitlines()]
        assert headings == ["NAME", "PREFIX", "SCOPES", "ENDS", "LAST", "USED", "STATE"]
        assert [(line[0], line[1], line[2], line[-1]) for line in lines] == [
            ("b", ended.prefix, "catalog:write", "ended"),
            ("c", revoked.prefix, "catalog:read,epg:write", "revoked"),
            ("importer", row.prefix, "epg:read", "usable"),
        ]
        assert [line[-2] == "never" for line in lines] == [True, True, False]

    def test_a_key_is_revoked_by_its_prefix_at_once(self) -> None:
        row, client = a_key()
        assert client.get(TITLES).status_code == 200
        assert run("revoke_api_key", row.prefix) == f"The API key importer ({row.prefix}) is revoked.\n"
        assert client.get(TITLES).status_code == 401
        assert run("revoke_api_key", row.prefix), "a second time changes nothing"

    @pytest.mark.parametrize("prefix", ["unknown", "", "\x00", "%"])
    def test_an_unknown_prefix_is_refused_with_a_sentence(self, prefix: str) -> None:
        a_key()
        with pytest.raises(CommandError, match=r"There is no API key with this prefix\."):
            run("revoke_api_key", prefix)
        assert not ApiKey.objects.filter(revoked=True).exists()


class TestWhatAKeyOpens:
    @pytest.mark.parametrize(
        ("scope", "opens"),
        [
            ("catalog:read", {("GET", TITLES)}),
            ("catalog:write", {("GET", TITLES), ("POST", TITLES)}),
            ("epg:read", {("GET", CHANNELS)}),
            ("epg:write", {("GET", CHANNELS), ("POST", CHANNELS)}),
        ],
    )
    def test_a_scope_opens_its_part_and_no_other(self, scope: str, opens: set[tuple[str, str]]) -> None:
        _, client = a_key(scope)
        every = {(method, path) for method in ("GET", "POST") for path in (TITLES, CHANNELS)}
        answers = {one: client.generic(*one, "{}", "application/json") for one in every}
        assert {one for one, answer in answers.items() if answer.status_code in (200, 422)} == opens
        refused = [answer for one, answer in answers.items() if one not in opens]
        assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(403, "scope_missing")}

    def test_the_answer_names_the_scope_that_is_missing(self) -> None:
        _, client = a_key("catalog:write")
        assert client.get(CHANNELS).json()["detail"] == "This API key has not the scope epg:read."

    @pytest.mark.parametrize("address", ["users", "stats"])
    def test_no_key_reaches_accounts_or_their_number(self, address: str) -> None:
        _, client = a_key()
        answer = client.get(f"/api/v1/admin/{address}")
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")

    def test_a_key_is_not_an_account(self) -> None:
        _, client = a_key()
        for address in ("auth/me", "auth/profiles", "viewing/watchlist", "recommendations/home"):
            assert client.get(f"/api/v1/{address}").status_code == 403


class TestWhichKeysAreGood:
    def test_a_key_that_has_ended_is_refused(self) -> None:
        row, client = a_key()
        ApiKey.objects.filter(pk=row.pk).update(expiry_date=timezone.now() - timedelta(seconds=1))
        answer = client.get(TITLES)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="marquee"')
        assert answer.json() == {"detail": "This API key is not valid.", "code": "api_key_refused"}

    @pytest.mark.parametrize("ending", ["x", "", ".", "\x00"])
    def test_a_key_with_another_ending_is_refused(self, ending: str) -> None:
        _, key = create_key(name="importer", scopes=["catalog:read"], days=1)
        assert with_header(f"Api-Key {key[:-1]}{ending}").get(TITLES).status_code == 401
        assert with_header(f"Api-Key {key.partition('.')[0]}").get(TITLES).status_code == 401

    @pytest.mark.parametrize("header", ["Api-Key", "Api-Key ", "Api-Key x", "Api-Key a.b", "Api-Key a.b c", "ApiKey x"])
    def test_what_is_no_key_is_refused(self, header: str) -> None:
        assert with_header(header).get(TITLES).status_code == 401

    def test_the_scheme_counts_in_any_case(self) -> None:
        _, key = create_key(name="importer", scopes=["catalog:read"], days=1)
        for scheme in ("Api-Key", "api-key", "API-KEY"):
            assert with_header(f"{scheme} {key}").get(TITLES).status_code == 200

    def test_a_token_is_no_key_and_a_key_no_token(self, carol: User, as_user: APIClient) -> None:
        _, key = create_key(name="importer", scopes=["catalog:read"], days=1)
        assert with_header(f"Bearer {key}").get(TITLES).status_code == 401


class TestTheLastUse:
    def test_it_is_recorded_to_five_minutes(self) -> None:
        row, client = a_key()
        client.get(TITLES)
        row.refresh_from_db()
        first = row.last_used_at
        assert first is not None
        client.get(TITLES)
        row.refresh_from_db()
        assert row.last_used_at == first
        ApiKey.objects.update(last_used_at=first - timedelta(minutes=6))
        client.get(TITLES)
        row.refresh_from_db()
        assert row.last_used_at is not None
        assert row.last_used_at > first

    def test_the_next_request_needs_one_statement_for_the_key(self) -> None:
        _, client = a_key()
        client.get(TITLES)
        with CaptureQueriesContext(connection) as captured:
            client.get(TITLES)
        assert [query["sql"] for query in captured if "accounts_apikey" in query["sql"]][1:] == []

    def test_a_refused_key_is_not_used(self) -> None:
        row, client = a_key()
        revoke_key(prefix=row.prefix)
        client.get(TITLES)
        row.refresh_from_db()
        assert row.last_used_at is None


class TestWhatIsNeverFalse:
    @pytest.mark.parametrize("scopes", [[], ["accounts:read"], ["catalog:read", "catalog:*"]])
    def test_a_key_has_known_scopes(self, scopes: list[str]) -> None:
        with pytest.raises(KeyRefusedError):
            create_key(name="importer", scopes=scopes, days=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiKey.objects.create_key(name="importer", scopes=scopes)

    def test_a_service_may_have_two_keys_while_it_changes_from_one_to_the_other(self) -> None:
        a_key()
        a_key()
        assert ApiKey.objects.filter(name="importer").count() == 2
