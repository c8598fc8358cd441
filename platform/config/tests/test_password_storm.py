"""Wrong passwords by the hundred against a real server of two processes: five are heard, however they come."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.models import User
from accounts.services import unlock
from config.tests.start_up import GUNICORN, ROOT, environment
from config.tests.test_serving_the_demo import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]

PASSWORD, WRONG = "a horse at the cinema", "a cow at the cinema"
THREADS, REQUESTS, PROCESSES = 20, 200, 2
PATIENCE_SECONDS = 60
OFFICE = "192.0.2.1"


class Answer(NamedTuple):
    """A status, and the seconds of `Retry-After`; no status where the connection broke."""

    status: int | None
    wait: int = 0


class Server:
    """Gunicorn with two processes of eight threads on the database of this test."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.log = log
        database = re.sub(
            r"/[^/?]*(?=\?|$)", f"/{connection.settings_dict['NAME']}", os.environ["DATABASE_URL"], count=1
        )
        variables = environment(
            SECRET_KEY=str(settings.SECRET_KEY),
            DATABASE_URL=database,
            PORT=str(self.port),
            WEB_CONCURRENCY=str(PROCESSES),
            GUNICORN_CMD_ARGS="--threads 8",
            TRUSTED_PROXIES="127.0.0.1",
            RATE_LIMIT_ADDRESS="",
        )
        with log.open("wb") as output:
            self.process = subprocess.Popen(GUNICORN, cwd=ROOT, env=variables, stdout=output, stderr=output)  # noqa: S603
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.get("/health/ready") != 200:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def get(self, path: str) -> int | None:
        """The status of an address; None while nobody listens."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            client.request("GET", path)
            return client.getresponse().status
        except OSError:
            return None
        finally:
            client.close()

    def sign_in(self, email: str, password: str, address: str) -> Answer:
        """What comes of a password, sent from this address."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        body = json.dumps({"email": email, "password": password})
        headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
        try:
            client.request("POST", "/api/v1/auth/login", body, headers)
            answer = client.getresponse()
            answer.read()
            return Answer(answer.status, int(answer.headers.get("Retry-After", "0")))
        except (OSError, HTTPException):
            return Answer(None)
        finally:
            client.close()

    def storm(self, guesses: Sequence[tuple[str, str]]) -> list[Answer]:
        """A wrong password for each of these accounts from each of these addresses, twenty at a time."""
        with ThreadPoolExecutor(THREADS) as threads:
            return list(threads.map(lambda guess: self.sign_in(guess[0], WRONG, guess[1]), guesses))

    def stop(self) -> None:
        """End it at once."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all storms of this file; each is at other accounts and from other addresses."""
    server = Server(tmp_path_factory.mktemp("storm") / "log")
    yield server
    server.stop()


def customers(name: str, number: int) -> list[str]:
    """Accounts with the same password."""
    emails, kept = [f"{name}{one}@example.com" for one in range(number)], make_password(PASSWORD)
    User.objects.bulk_create(User(email=email, password=kept) for email in emails)
    return emails


def assert_five_were_heard(answers: Sequence[Answer], longest_wait: int) -> None:
    assert Counter(answer.status for answer in answers) == {401: 5, 429: REQUESTS - 5}
    assert all(1 <= answer.wait <= longest_wait for answer in answers if answer.status == 429)


def from_everywhere(number: int) -> str:
    return f"203.0.{number >> 7 & 127}.{number & 127}"


STORMS: dict[str, tuple[int, Callable[[int], str], int]] = {
    "one account from one address": (1, lambda _: OFFICE, 901),
    "one account from 200 addresses": (1, from_everywhere, 901),
    "200 accounts from one address": (REQUESTS, lambda _: "198.51.100.9", 61),
}


@pytest.mark.parametrize("storm", STORMS)
def test_a_storm_gets_five_answers(server: Server, storm: str) -> None:
    number, address, longest_wait = STORMS[storm]
    emails = customers(f"storm{list(STORMS).index(storm)}-", number)
    answers = server.storm([(emails[one % number], address(one)) for one in range(REQUESTS)])
    assert_five_were_heard(answers, longest_wait)


def test_the_right_password_is_refused_while_the_account_is_locked(server: Server) -> None:
    (email,) = customers("locked", 1)
    server.storm([(email, f"198.51.101.{one}") for one in range(THREADS)])
    assert server.sign_in(email, PASSWORD, "198.51.102.1").status == 429
    assert unlock(user=User.objects.get(email=email))
    assert server.sign_in(email, PASSWORD, "198.51.102.1").status == 200


def test_an_office_signs_in_at_once(server: Server) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        answers = threads.map(
            lambda email: server.sign_in(email, PASSWORD, "198.51.103.1"), customers("office", THREADS)
        )
    assert Counter(answer.status for answer in answers) == {200: THREADS}


def test_a_process_killed_in_the_middle_leaves_nothing_stuck(server: Server) -> None:
    email, other = customers("killed", 2)
    worker = psutil.Process(server.process.pid).children()[0]
    with ThreadPoolExecutor(1) as storm:
        answers = storm.submit(server.storm, [(email, "198.51.104.1")] * 60)
        time.sleep(0.1)
        worker.send_signal(signal.SIGKILL)
        heard = Counter(answer.status for answer in answers.result())
    assert set(heard) <= {401, 429, None}
    assert heard[401] <= 5
    assert server.sign_in(email, PASSWORD, "198.51.104.2").status == 429
    assert server.sign_in(other, PASSWORD, "198.51.104.2").status == 200
