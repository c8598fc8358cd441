"""What cannot be said in the ORM: one named function each, parameters bound. No SQL is written anywhere else."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Func, Lookup, Model, TextField, Value
from django.db.models.lookups import Exact
from psycopg import sql
from psycopg.errors import DeadlockDetected, LockNotAvailable

logger = logging.getLogger(__name__)

# How long `in_turn_at` sleeps before it asks again.
PAUSE: Final = 0.2


@contextmanager
def only_one(task: str) -> Iterator[None]:
    """Wait until no other process on this database is at `task`, and keep others waiting until the block ends.

    A session-level advisory lock: it ends with the connection, and does not hold behind transaction pooling.
    """
    key = _key(task)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def alone_at(task: str) -> Iterator[bool]:
    """Whether no other process on this database is at `task`; if so, others are told so until the block ends.

    The same kind of lock as `only_one`, without the waiting.
    """
    key = _key(task)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def take_turns_at(task: str) -> None:
    """Wait until no other transaction is at `task`, and keep others waiting until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(task)])


def is_first_at(task: str) -> bool:
    """Whether no other transaction is at `task`; if so, others are kept from it until this one ends. Never waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(task)])
        return bool(cursor.fetchone()[0])


@contextmanager
def in_turn_at(task: str) -> Iterator[None]:
    """Run the block in a transaction that begins once no other is at `task`, and keeps others from it to its end.

    Unlike with `take_turns_at` no transaction is open while it waits: one that is old when it begins to write would
    take `settled_until` back to before its wait, and hold on to a connection behind transaction pooling.
    """
    has_told = False
    while True:
        with transaction.atomic():
            if is_first_at(task):
                yield
                return
        if not has_told:
            logger.info("Waiting for another process that is at: %s", task)
            has_told = True
        time.sleep(PAUSE)


def write_among_others(task: str) -> None:
    """Be seen as somebody who writes at `task` until the transaction ends; nobody waits for anybody.

    What is written is stamped with the database's clock after this; `settled_until` goes by that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_key(task)])


def settled_until(task: str) -> datetime:
    """Up to when, not counted, all that was stamped at `task` can be read from now on; by the database's clock.

    It is now, or when the oldest transaction began that still writes. PostgreSQL shows the beginning of a transaction
    to the role that runs it, so the service uses one role.
    """
    key = _key(task) % 2**64
    # Now is before the locks are read: by the clock's time after them, somebody may have begun and stamped meanwhile.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT statement_timestamp(), min(activity.xact_start)
            FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
            WHERE held.locktype = 'advisory' AND held.objsubid = 1 AND held.granted
              AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND held.classid = %s::bigint::oid AND held.objid = %s::bigint::oid AND held.pid <> pg_backend_pid()
            """,
            [key >> 32, key % 2**32],
        )
        now, oldest = cursor.fetchone()
    settled: datetime = min(now, oldest) if oldest else now
    return settled


def clock() -> datetime:
    """The moment by the database's clock, which all machines of the service share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _key(task: str) -> int:
    """A task as an advisory lock's number."""
    return int.from_bytes(hashlib.sha256(task.encode()).digest()[:8], "big", signed=True)


def judge_at_once() -> None:
    """Until the transaction ends, have every constraint judged at the end of its statement.

    References are judged at the end of the transaction otherwise, and what waits for that takes memory for each row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def copy_in(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows by COPY: four times as fast as `bulk_create`, for whoever brings in a million of them.

    `columns` are names of the database's columns, and the rest must have defaults there; values are what psycopg
    adapts, JSON as text. Django's own errors are raised, as `IntegrityError`, and then none of the rows is there.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def let_go_after(silence: timedelta) -> None:
    """End the running transaction, and its locks with it, when nothing is heard of this process for so long.

    A process that dies takes its connection along; a machine that vanishes from the network does not.
    """
    milliseconds = str(int(silence.total_seconds() * 1_000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [milliseconds])


def wait_at_most(patience: timedelta) -> None:
    """Until the transaction ends, give up waiting for what somebody else has locked: see `gave_up_waiting`."""
    milliseconds = str(int(patience.total_seconds() * 1_000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [milliseconds])


def gave_up_waiting(error: OperationalError) -> bool:
    """Whether the database ended a statement because it had waited long enough."""
    return isinstance(error.__cause__, LockNotAvailable)


def was_deadlocked(error: DatabaseError) -> bool:
    """Whether the database ended a transaction because it and another one waited for each other."""
    return isinstance(error.__cause__, DeadlockDetected)


def take_stock(*tables: str) -> None:
    """Have the planner learn how much is in these tables by now.

    It would by itself, within a minute or two; until then, who reads what was just brought in may wait for plans that
    were made for empty tables. Waits for nobody who reads or writes.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(table) for table in tables))


def index_names(table: str) -> set[str]:
    """The indexes and constraints that a table has."""
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


def search_index_patiently() -> None:
    """Until the transaction ends, let an HNSW index go on until enough rows fit the other conditions (pgvector 0.8).

    Without it, the index offers its nearest 40 rows and the conditions take out of those: a page comes up short.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '200', true)"
        )


def take_memory_for_index() -> None:
    """Until the transaction ends, make indexes in 256 MB: an HNSW that does not fit takes many times as long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('maintenance_work_mem', '256MB', true)")


def commit_without_waiting() -> Lookup[Any]:
    """A condition that always holds, and has the UPDATE or DELETE it stands in committed asynchronously.

    The rows are changed for everybody at once, but for some moments (three times `wal_writer_delay`, 0.6 s) a crash of
    the database's machine may lose that. Only the one transaction is meant, and only if it changes anything.
    """
    asynchronous = Func(
        Value("synchronous_commit"), Value("off"), Value(True), function="set_config", output_field=TextField()
    )
    return Exact(asynchronous, Value("off"))


def rows_found(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a SELECT that the ORM has compiled (`common.prepared`)."""
    with _cursor_for_compiled() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def rows_changed(statement: str, parameters: Sequence[Any]) -> int:
    """How many rows an UPDATE changed that the ORM has compiled (`common.prepared`)."""
    with _cursor_for_compiled() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


class _PreparingCursor(ServerBindingCursor):
    """Has PostgreSQL plan a statement once in each connection."""

    def execute(self, query: Any, params: Any = None) -> Any:
        return super().execute(query, params, prepare=True)  # type: ignore[misc]


def _cursor_for_compiled() -> Any:
    """A cursor of Django's, checked, counted and wrapped as all others."""
    if not settings.DB_PREPARED_STATEMENTS:
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    preparing: Any = _PreparingCursor
    with connection.wrap_database_errors:
        return connection._prepare_cursor(preparing(connection.connection))  # type: ignore[attr-defined]
