"""What cannot be said in the ORM: one named function each, parameters bound. No SQL is written anywhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection


@contextmanager
def only_one(task: str) -> Iterator[None]:
    """Wait until no other process on this database is at `task`, and keep others waiting until the block ends.

    A session-level advisory lock: it ends with the connection, and does not hold behind transaction pooling.
    """
    key = int.from_bytes(hashlib.sha256(task.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def let_go_after(silence: timedelta) -> None:
    """End the running transaction, and its locks with it, when nothing is heard of this process for so long.

    A process that dies takes its connection along; a machine that vanishes from the network does not.
    """
    milliseconds = str(int(silence.total_seconds() * 1_000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [milliseconds])


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
