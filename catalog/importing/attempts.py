"""Transactions that may have to be done twice, and what a row is told when its own cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from django.db import OperationalError

from catalog.records import RefusedError

ATTEMPTS: Final = 3
# "deadlock detected" and "could not serialize access".
BECAUSE_OF_OTHERS: Final = {"40P01", "40001"}
Done = TypeVar("Done")


def patiently(work: Callable[[], Done]) -> Done:
    """Do a transaction, and again where the database ended it because of others who wrote the same rows."""
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in BECAUSE_OF_OTHERS:
                raise
    return work()


def why(error: Exception) -> str:
    """Why a row was refused, in a sentence."""
    if isinstance(error, RefusedError):
        return str(error)
    return f"The database refused the row: {str(error).splitlines()[0]}."
