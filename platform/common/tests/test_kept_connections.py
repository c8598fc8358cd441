"""A connection that is kept from request to request is trusted for some seconds, but not if the server is gone."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper

from common.postgresql import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """What the server was asked, and whether it answered."""
    answers: list[bool] = []
    ask = PostgresWrapper.is_usable

    def noted(self: PostgresWrapper) -> bool:
        answers.append(ask(self))
        return answers[-1]

    monkeypatch.setattr(PostgresWrapper, "is_usable", noted)
    monkeypatch.setattr(connection, "_asked_at", float("-inf"))
    connection.ensure_connection()
    yield answers
    connection.close()


def end_the_session() -> None:
    """As an administrator does, or a server that is shut down."""
    own = connection.get_connection_params()
    place = {name: own[name] for name in ("host", "port", "user", "password", "dbname") if name in own}
    with psycopg.connect(**place, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        while other.execute(
            "SELECT 1 FROM pg_stat_activity WHERE pid = %s", [connection.connection.info.backend_pid]
        ).fetchone():
            pass


def test_the_service_talks_through_it() -> None:
    assert isinstance(connection._connections[connection._alias], base.DatabaseWrapper)  # type: ignore[attr-defined]


def test_it_is_asked_once_and_then_believed(asked: list[bool]) -> None:
    assert [connection.is_usable() for _ in range(3)] == [True] * 3
    assert asked == [True]


def test_after_a_pause_it_is_asked_again(asked: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    connection.is_usable()
    monkeypatch.setattr(base, "TRUSTED_SECONDS", 0.0)
    assert connection.is_usable()
    assert asked == [True, True]


def test_a_session_that_was_ended_is_noticed_at_once(asked: list[bool]) -> None:
    assert connection.is_usable()
    end_the_session()
    assert not connection.is_usable()
    assert asked == [True, False]


def test_after_an_error_it_is_asked(asked: list[bool]) -> None:
    connection.is_usable()
    connection.errors_occurred = True
    assert connection.is_usable()
    assert asked == [True, True]


def test_a_connection_that_was_closed_here_is_not_usable(asked: list[bool]) -> None:
    connection.is_usable()
    connection.connection.close()
    assert not connection.is_usable()
