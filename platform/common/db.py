"""What cannot be said in the ORM: one named function each, parameters bound. No SQL is written anywhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

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
