"""Statements of the ORM that are compiled once.

For the few that run with every request the ORM takes many times as long to write the SQL as PostgreSQL to run it. So it
writes once in each process, with a `Slot` in the place of each value that changes; later only the values are bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.sql import UpdateQuery
from psycopg.types.numeric import Int8

from common.db import rows_changed, rows_found

# Constants of a statement: what the code says. A moment or an id in it would be that of the first request for ever.
CONSTANTS: Final = (str, int, bool, type(None))
FIELDS: Final[Mapping[type, type[models.Field[Any, Any]]]] = {
    UUID: models.UUIDField,
    datetime: models.DateTimeField,
    int: models.IntegerField,
    bool: models.BooleanField,
    str: models.TextField,
}


class NotPreparableError(Exception):
    """The statement cannot be compiled once for all requests; the message says why."""


class Slot(Expression):
    """The place of a value in a prepared statement: `filter(id=Slot("title_id", UUID))`."""

    def __init__(self, name: str, kind: type) -> None:
        super().__init__(output_field=FIELDS[kind]())
        self.name, self.kind = name, kind

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Stands among the parameters itself until it is bound."""
        return "%s", [self]

    def value(self, given: Any) -> Any:
        """What the database gets. Raises `TypeError` for what does not belong here."""
        if given is None:
            return None
        if not isinstance(given, self.kind):
            raise TypeError(f"{self.name} is {type(given).__name__}, not {self.kind.__name__}")
        # As wide whatever the number: PostgreSQL plans a prepared statement anew for other types.
        return Int8(given) if self.kind is int and isinstance(given, int) else given


def slot_for(field: models.Field[Any, Any]) -> Slot:
    """The place of a column's value, under the column's name. Raises `NotPreparableError` for kinds without slots."""
    for kind, columns in FIELDS.items():
        if isinstance(field, models.CharField if kind is str else columns):
            return Slot(field.attname, kind)
    raise NotPreparableError(f"There are no slots for a {type(field).__name__}.")


@dataclass(frozen=True, slots=True)
class _Compiled:
    statement: str
    parameters: tuple[Any, ...]
    slots: tuple[tuple[int, Slot], ...]

    @classmethod
    def of(cls, statement: str, parameters: Sequence[Any]) -> _Compiled:
        slots = tuple((place, one) for place, one in enumerate(parameters) if isinstance(one, Slot))
        for one in parameters:
            if not isinstance(one, (Slot, *CONSTANTS)):
                raise NotPreparableError(f"A {type(one).__name__} would be the same for ever; put a Slot in its place.")
        return cls(statement, tuple(parameters), slots)

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        parameters = list(self.parameters)
        for place, slot in self.slots:
            parameters[place] = slot.value(values[slot.name])
        return parameters


class _Prepared:
    """Compiled at the first use, when all models are there and the database is known."""

    def __init__(self) -> None:
        self._compiled: _Compiled | None = None
        self._lock = Lock()

    def _once(self) -> _Compiled:
        if self._compiled is None:
            with self._lock:
                self._compiled = self._compiled or self._compile()
        return self._compiled

    def _compile(self) -> _Compiled:
        raise NotImplementedError


class PreparedSelect(_Prepared):
    """A `values_list(…)` whose filters hold slots.

    Raises `NotPreparableError` at its first use where a value would be the same for ever, or where the ORM would
    convert what it reads.
    """

    def __init__(self, queryset: Callable[[], models.QuerySet[Any, Any]]) -> None:
        super().__init__()
        self._queryset = queryset

    def _compile(self) -> _Compiled:
        compiler = self._queryset().query.get_compiler(connection=connection)
        compiled = _Compiled.of(*compiler.as_sql())
        if converters := compiler.get_converters([column for column, _, _ in compiler.select]):
            columns = ", ".join(str(expression) for _, expression in converters.values())
            raise NotPreparableError(f"The ORM converts what it reads here: {columns}.")
        return compiled

    def all(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows; `values` are those of the slots, by name."""
        compiled = self._once()
        return rows_found(compiled.statement, compiled.bound(values))

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None; `values` are those of the slots, by name."""
        return next(iter(self.all(**values)), None)


class PreparedUpdate(_Prepared):
    """An `update(…)` of the rows of a queryset whose filters and new values hold slots.

    Raises `NotPreparableError` at its first use where a value would be the same for ever.
    """

    def __init__(
        self, queryset: Callable[[], models.QuerySet[Any, Any]], changes: Callable[[], Mapping[str, Any]]
    ) -> None:
        super().__init__()
        self._queryset, self._changes = queryset, changes

    def _compile(self) -> _Compiled:
        # As QuerySet.update does it.
        query = self._queryset().query.chain(UpdateQuery)
        assert isinstance(query, UpdateQuery)
        query.annotations = {}
        query.clear_ordering(force=True)
        query.add_update_values(dict(self._changes()))
        if query.get_related_updates():
            raise NotPreparableError("Columns of a parent's table are another statement.")
        return _Compiled.of(*query.get_compiler(connection=connection).as_sql())

    def run(self, **values: Any) -> int:
        """How many rows were changed; `values` are those of the slots, by name."""
        compiled = self._once()
        return rows_changed(compiled.statement, compiled.bound(values))
