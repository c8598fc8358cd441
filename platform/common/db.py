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
