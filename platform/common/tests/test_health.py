"""Is the process alive, and may it be sent requests? Contract 2.12."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "hunter2-of-the-database"

# Asks several times at once, as an impatient orchestrator does, in a process of its own: here the database is there.
ASK = """
import json, os, sys, time
from concurrent.futures import ThreadPoolExecutor
sys.path.insert(1, "platform")
import django
django.setup()
from django.test import Client

def ask(path):
    started = time.monotonic()
    answer = Client(headers={"Host": "localhost"}).get(path)
    return [path, answer.status_code, answer.content.decode(), time.monotonic() - started]

with ThreadPoolExecutor(6) as threads:
    answers = list(threads.map(ask, ["/health/ready", "/health", "/health/live"] * 2))
print(json.dumps(answers), flush=True)
os._exit(0)  # without waiting for the checks that still hang
"""


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def ask_with_database_at(port: int) -> tuple[list[Any], str]:
    """The answers as (path, status, body, seconds), and what was logged."""
    environment = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "DATABASE_URL": f"postgresql://marquee:{PASSWORD}@127.0.0.1:{port}/marquee",
    }
    command = [sys.executable, "-c", ASK]
    ended = subprocess.run(  # noqa: S603 - our own interpreter and script
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=True
    )
    return json.loads(ended.stdout), ended.stderr


def test_a_process_that_answers_is_alive_without_any_statement(guest: APIClient) -> None:
    # Without the `db` fixture every statement is an error.
    answer = guest.get("/health/live")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
def test_being_alive_costs_no_statement(guest: APIClient, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert guest.get("/health/live").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_a_process_with_its_database_is_ready(guest: APIClient, path: str) -> None:
    answer = guest.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"status": "ok", "checks": {"database": "ok"}}


@pytest.mark.django_db
def test_orchestrators_carry_no_token_and_a_stale_one_does_not_matter(guest: APIClient) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer stale.since.yesterday")
    assert guest.get("/health/ready").status_code == 200


@pytest.mark.parametrize("port", ["silent_port", "closed_port"])
def test_a_process_without_its_database_says_so_within_five_seconds(request: pytest.FixtureRequest, port: str) -> None:
    number = request.getfixturevalue(port)
    answers, _ = ask_with_database_at(number)
    for path, status, body, seconds in answers:
        is_live = path == "/health/live"
        degraded = {"status": "degraded", "checks": {"database": "unreachable"}}
        assert (status, json.loads(body)) == ((200, {"status": "ok"}) if is_live else (503, degraded))
        assert seconds < 5
        assert not any(secret in body for secret in ("127.0.0.1", str(number), "marquee", PASSWORD))


def test_a_database_that_does_not_answer_is_logged_without_its_password(closed_port: int) -> None:
    _, logged = ask_with_database_at(closed_port)
    assert "Health check" in logged
    assert PASSWORD not in logged
