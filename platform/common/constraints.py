"""What the database refused, said as an error of the domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Model

from common.errors import DomainError


@contextmanager
def refused_as(errors: Mapping[str, type[DomainError]]) -> Iterator[None]:
    """Run the block in a transaction; raise the error that stands beside the constraint it broke.

    Looking first cannot decide between two at once; the constraint does. Any other `IntegrityError` goes on.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        named = errors.get(constraint_of(error))
        if named is None:
            raise
        raise named from None


def is_inserted(row: Model, *, unless: str) -> bool:
    """Insert a row, and say whether that was done: not where it breaks the constraint `unless`, as another was faster.

    Any other `IntegrityError` goes on.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) != unless:
            raise
        return False
    return True


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint as PostgreSQL reports it; "" when it does not."""
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "")
