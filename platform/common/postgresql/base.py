"""The database's connection (`ENGINE: common.postgresql`)."""

from __future__ import annotations

import select
import time
from typing import Any, Final

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresOperations
from psycopg.pq import ConnStatus, TransactionStatus

# A connection that was asked so many seconds ago is believed unless its socket says otherwise.
TRUSTED_SECONDS: Final = 10.0


class DatabaseOperations(PostgresOperations):
    """As Django's."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """What is shown of a statement, of one that was planned before as well: psycopg does not keep its text."""
        return super().last_executed_query(cursor, sql, params) or self.compose_sql(sql, params)


class DatabaseWrapper(PostgresWrapper):
    """Django asks a kept connection `SELECT 1` before each request: a third statement where two do the work.

    A server that stops, crashes or ends the session closes the socket, and that can be seen without asking. What can
    not be seen is a network that swallows everything; so the question is still asked after a pause.
    """

    ops_class = DatabaseOperations
    _asked_at: float = float("-inf")

    def is_usable(self) -> bool:
        """Whether the connection still leads to a server."""
        now = time.monotonic()
        if now - self._asked_at < TRUSTED_SECONDS and self._is_silent():
            return True
        self._asked_at = now
        return super().is_usable()

    def _is_silent(self) -> bool:
        """Whether nobody has closed the socket, and nothing lies in it that was not asked for."""
        pgconn = self.connection.pgconn if self.connection is not None else None
        if pgconn is None or pgconn.status != ConnStatus.OK or self.errors_occurred:
            return False
        if pgconn.transaction_status != TransactionStatus.IDLE:  # it may have failed
            return False
        sockets = select.poll()
        sockets.register(pgconn.socket, select.POLLIN | select.POLLPRI)
        return not sockets.poll(0)
