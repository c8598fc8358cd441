"""A password that is forgotten: a link by mail, and what it does."""

from __future__ import annotations

import logging
import re
import threading
from datetime import datetime, timedelta
from email.message import Message
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as configured
from django.core import mail as sent
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import mail, services
from accounts.devices import Device
from accounts.models import AttemptCounter, SecurityEvent, User
from accounts.services import TokenPair, issue_tokens, passwords
from accounts.services.passwords import ResetTokens
from accounts.tests.test_passwords import change, opens, outcomes
from accounts.tests.test_sessions import is_signed_in

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

ASK, CONFIRM = "/api/v1/auth/password-reset", "/api/v1/auth/password-reset/confirm"
OLD, NEW = "a horse at the cinema", "a cow at the opera"


@pytest.fixture(autouse=True)
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def dora(db: None) -> User:
    """A customer who has forgotten her password."""
    return User.objects.create_user("dora@example.com", OLD)


def ask(email: str, address: str = "192.0.2.9") -> Answer:
    return APIClient(raise_request_exception=False, REMOTE_ADDR=address).post(ASK, {"email": email})


def confirm(token: str, new_password: str = NEW) -> Answer:
    client = APIClient(raise_request_exception=False, REMOTE_ADDR="192.0.2.9")
    return client.post(CONFIRM, {"token": token, "new_password": new_password})


def token_for(user: User) -> str:
    """The token of the link that is mailed to somebody."""
    ask(user.email)
    return token_in(str(sent.outbox[-1].body))


def token_in(text: str) -> str:
    found = re.search(r"\?token=(\S+)", text)
    assert found
    return found[1]


# Asking


def test_a_link_comes_by_mail(dora: User) -> None:
    answer = ask("dora@example.com")
    assert answer.status_code == 202
    assert set(answer.json()) == {"detail"}
    (message,) = sent.outbox
    assert message.to == ["dora@example.com"]
    assert message.subject == "Choose a new password"
    assert message.from_email == configured.DEFAULT_FROM_EMAIL
    assert "http://localhost:5173/reset-password?token=" in str(message.body)
    assert "within 60 minutes" in str(message.body)


def test_the_mail_has_a_page_with_the_same_link(dora: User) -> None:
    token = token_for(dora)
    page = sent.outbox[0].message().get_payload(1)
    assert isinstance(page, Message)
    assert page.get_content_type() == "text/html"
    link = f'<a href="http://localhost:5173/reset-password?token={token}">'
    assert link.encode() in page.get_payload(decode=True)


def test_a_token_is_text_that_needs_no_escaping(dora: User) -> None:
    assert re.fullmatch(r"[A-Za-z0-9-]{60,120}", token_for(dora))


@pytest.mark.parametrize("email", ["DORA@example.com", " dora@example.com "])
def test_the_address_is_found_whatever_its_case(dora: User, email: str) -> None:
    ask(email)
    assert [message.to for message in sent.outbox] == [["dora@example.com"]]


def test_nobody_learns_whether_there_is_an_account(dora: User) -> None:
    known, unknown = ask(dora.email), ask("nobody@example.com")
    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert dict(known.items()).keys() == dict(unknown.items()).keys()


def test_an_account_costs_the_request_no_statement_more(dora: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "beside_the_request", lambda _work: None)
    statements = []
    for email in (dora.email, "nobody@example.com"):
        AttemptCounter.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            ask(email)
        statements.append([re.sub(r"'[^']*'|\d+", "…", query["sql"]) for query in captured])
    assert statements[0] == statements[1]
    assert not [sql for sql in statements[0] if "accounts_user" in sql]


@pytest.mark.parametrize("change_of_fate", ["inactive", "deleted"])
def test_an_account_that_is_closed_gets_no_mail(dora: User, change_of_fate: str) -> None:
    if change_of_fate == "deleted":
        dora.soft_delete()
    else:
        User.objects.update(is_active=False)
    assert ask("dora@example.com").status_code == 202
    assert not sent.outbox


def test_an_account_whose_password_was_switched_off_gets_no_mail(dora: User) -> None:
    dora.set_unusable_password()
    dora.save()
    assert ask("dora@example.com").status_code == 202
    assert not sent.outbox


def test_an_account_gets_so_many_mails_and_then_nobody_is_told(dora: User) -> None:
    answers = [ask("dora@example.com", f"198.51.100.{number}") for number in range(12)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert 1 <= len(sent.outbox) < 12


def test_an_address_can_ask_for_so_many_accounts_only(db: None) -> None:
    answers = [ask(f"household{number}@example.com") for number in range(60)]
    assert answers[0].status_code == 202
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


@pytest.mark.parametrize("body", [{}, {"email": "dora"}, {"email": None}, {"email": f"{'d' * 250}@example.com"}])
def test_an_address_is_needed(db: None, guest: APIClient, body: dict[str, str]) -> None:
    answer = guest.post(ASK, body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("email: ")


def test_nobody_is_promised_a_mail_that_cannot_be_sent(dora: User, settings: Settings) -> None:
    settings.SENDS_MAIL = False
    for email in (dora.email, "nobody@example.com"):
        answer = ask(email)
        assert answer.status_code == 503
        assert answer.json()["code"] == "mail_not_set_up"
    assert not sent.outbox


# The new password


def test_the_link_sets_a_new_password(dora: User) -> None:
    answer = confirm(token_for(dora))
    assert (answer.status_code, answer.content) == (204, b"")
    assert opens(dora.email, NEW)
    assert not opens(dora.email, OLD)


def test_the_new_password_signs_out_every_device(dora: User, bob: User) -> None:
    pairs = [issue_tokens(user=user) for user in (dora, dora, bob)]
    confirm(token_for(dora))
    assert [is_signed_in(pair) for pair in pairs] == [False, False, True]


def test_the_new_password_is_noted_and_its_owner_told(dora: User) -> None:
    token = token_for(dora)
    confirm(token)
    event = SecurityEvent.objects.get()
    assert (event.user, event.kind, event.address) == (dora, "password_reset", "192.0.2.9")
    told = sent.outbox[-1]
    assert (told.to, told.subject) == ([dora.email], "Your password was changed")
    assert token not in told.message().as_string()


def test_the_new_password_opens_a_locked_account(dora: User) -> None:
    for number in range(6):
        AttemptCounter.objects.filter(kind="address").delete()
        APIClient().post("/api/v1/auth/login", {"email": dora.email, "password": f"guess {number}"})
    assert services.is_locked(dora)
    confirm(token_for(dora))
    assert services.is_locked(dora) is None


@pytest.mark.parametrize(("length", "status"), [(7, 422), (8, 204), (128, 204), (129, 422)])
def test_a_new_password_has_8_to_128_characters(dora: User, length: int, status: int) -> None:
    answer = confirm(token_for(dora), "p" * length)
    assert answer.status_code == status
    assert status == 204 or answer.json()["detail"].startswith("new_password: ")


@pytest.mark.parametrize(
    "weak", ["password123", "carol@example.com", "12345678"], ids=["common", "ones own address", "short for staff"]
)
def test_staff_choose_passwords_here_that_are_not_easily_guessed(carol: User, weak: str) -> None:
    carol.set_password(OLD)
    carol.save()
    token = token_for(carol)
    answer = confirm(token, weak)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["detail"].startswith("new_password: ")
    assert opens(carol.email, OLD)
    assert confirm(token).status_code == 204, "the link was not spent"


def test_viewers_choose_any_password_of_8_characters(dora: User) -> None:
    assert confirm(token_for(dora), "password").status_code == 204


# What the link does not do


def assert_refused(answer: Answer) -> None:
    assert answer.status_code == 422
    assert answer.json() == {"detail": answer.json()["detail"], "code": "reset_refused"}


def test_no_link_switches_a_password_on_again_that_staff_switched_off(dora: User) -> None:
    token = token_for(dora)
    dora.set_unusable_password()
    dora.save()
    assert_refused(confirm(token))
    assert_refused(confirm(passwords._reset_token(dora)))


def test_a_link_works_once(dora: User) -> None:
    token = token_for(dora)
    confirm(token)
    assert_refused(confirm(token, "yet another one"))
    assert opens(dora.email, NEW)


def test_a_new_password_spends_every_link_that_was_mailed(dora: User) -> None:
    first, second = token_for(dora), token_for(dora)
    confirm(second)
    assert_refused(confirm(first, "yet another one"))


def test_a_link_is_spent_even_if_the_password_stays_the_same(dora: User) -> None:
    token = token_for(dora)
    assert confirm(token, OLD).status_code == 204
    assert_refused(confirm(token))


def test_a_link_works_for_an_hour(dora: User, monkeypatch: pytest.MonkeyPatch) -> None:
    token, late = token_for(dora), datetime.now() + timedelta(minutes=61)  # noqa: DTZ005 - as Django's generator
    monkeypatch.setattr(ResetTokens, "_now", lambda _self: late)
    assert_refused(confirm(token))
    monkeypatch.setattr(ResetTokens, "_now", lambda _self: late - timedelta(minutes=2))
    assert confirm(token).status_code == 204


def test_a_password_that_is_changed_meanwhile_spends_the_link(dora: User) -> None:
    token = token_for(dora)
    assert change(issue_tokens(user=dora)).status_code == 204
    assert_refused(confirm(token, "yet another one"))


def test_a_thief_who_signs_in_meanwhile_does_not_spend_the_link(dora: User) -> None:
    token = token_for(dora)
    assert opens(dora.email, OLD)
    assert confirm(token).status_code == 204


def test_a_link_opens_no_other_account(dora: User, bob: User) -> None:
    token = token_for(dora)
    assert_refused(confirm(token.replace(dora.pk.hex, bob.pk.hex)))


@pytest.mark.parametrize("fate", ["inactive", "deleted"])
def test_a_link_of_an_account_that_was_closed_is_refused(dora: User, fate: str) -> None:
    token = token_for(dora)
    if fate == "deleted":
        dora.soft_delete()
    else:
        User.objects.update(is_active=False)
    assert_refused(confirm(token))
    assert User.with_deleted.get().check_password(OLD)


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "--",
        "’’-’’-’’",
        "{token}",
        "0" * 500,
        "00000000-0000-0000-0000-000000000000",
        f"{'0' * 32}-abc-def",
        f"{'0' * 32}-{'z' * 13}-{'0' * 32}",
        f"{'0' * 32}-{'z' * 400}-0",
    ],
)
def test_a_token_that_is_none_is_refused_in_the_same_way(dora: User, token: str) -> None:
    assert_refused(confirm(token))


def test_a_tampered_token_is_refused(dora: User) -> None:
    token = token_for(dora)
    for place in (-1, 33, -20):
        other = "1" if token[place] != "1" else "2"
        assert_refused(confirm(token[:place] + other + (token[place + 1 :] if place != -1 else "")))
    assert_refused(confirm(f"{dora.pk.hex}-"))


def test_every_refusal_is_the_same(dora: User) -> None:
    used = token_for(dora)
    confirm(used)
    assert confirm(used).content == confirm("x").content == confirm(f"{dora.pk.hex}-aaaaaa-{'0' * 32}").content


def test_no_token_shows_in_the_log_or_in_an_answer(dora: User, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        token = token_for(dora)
        answers = [confirm(token, "short"), confirm(token), confirm(token)]
    assert [answer.status_code for answer in answers] == [422, 204, 422]
    assert not [answer for answer in answers if token in answer.content.decode()]
    # PostgreSQL's statements are written at DEBUG, with what is stored; a token is not.
    assert token not in caplog.text
    assert token.rpartition("-")[2] not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_once_one_comes_too_late(dora: User) -> None:
    token = token_for(dora)

    def use(new_password: str) -> None:
        services.reset_password(token=token, new_password=new_password, device=Device())

    assert outcomes(lambda: use("first new one"), lambda: use("second new one")) == ["ResetRefusedError", "done"]


# Beside the request


class SlowServer(EmailBackend):
    """A mail server that does not answer until it is let."""

    may_go_on = threading.Event()

    def send_messages(self, messages: list[Message]) -> int:  # type: ignore[override]
        self.may_go_on.wait(timeout=10)
        return super().send_messages(messages)  # type: ignore[arg-type]


@pytest.fixture
def mail_threads(settings: Settings) -> None:
    """Mail is sent as in production."""
    settings.MAIL_THREADS = 1
    mail._threads.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_mail_server(dora: User, settings: Settings, mail_threads: None) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    SlowServer.may_go_on.clear()
    assert ask(dora.email).status_code == 202
    assert not sent.outbox
    SlowServer.may_go_on.set()
    mail._threads().shutdown(wait=True)
    assert [message.to for message in sent.outbox] == [[dora.email]]


@pytest.mark.django_db(transaction=True)
def test_more_mail_than_can_be_sent_is_dropped_and_logged(
    dora: User, mail_threads: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mail, "_room", threading.BoundedSemaphore(1))
    assert [ask(dora.email).status_code, ask(dora.email).status_code] == [202, 202]
    mail._threads().shutdown(wait=True)
    assert len(sent.outbox) == 1
    assert "one more is dropped" in caplog.text


class DeafServer(EmailBackend):
    """A mail server that refuses the connection."""

    def send_messages(self, messages: list[Message]) -> int:  # type: ignore[override]
        raise ConnectionRefusedError("no mail for dora@example.com")


def test_a_mail_server_that_is_down_is_logged_and_nobody_is_told(
    dora: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.DeafServer"
    assert ask(dora.email).status_code == 202
    assert "a mail could not be sent (ConnectionRefusedError)" in caplog.text
    assert "dora@example.com" not in caplog.text


def test_a_mistake_in_a_mail_is_logged_with_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    mail.beside_the_request(lambda: 1 // 0)  # type: ignore[arg-type]
    assert "ZeroDivisionError" in caplog.text


def test_a_pair_of_tokens_is_not_what_a_link_is(dora: User) -> None:
    pair: TokenPair = issue_tokens(user=dora)
    assert_refused(confirm(pair.refresh_token))
    assert_refused(confirm(pair.access_token[:500]))
