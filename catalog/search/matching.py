"""Full text search in the ORM's words, over lexemes that we made ourselves: no configuration, no parser.

The expressions are leaves of their own rather than trees of Django's, which takes milliseconds to put a dozen of those
into words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, FloatField, Func, Value

# PostgreSQL limits the sum over many places of a word to this; one place gives 1 / ONE_PLACE (tsrank.c).
ONE_PLACE: Final = 1.64493406685
# What a word counts in what is told, on a shelf, as a name, in the title (weights D, C, B, A).
WEIGHTS: Final = "{1,0.8,0.5,1}"
ALIKE: Final = "{1,1,1,1}"


class Matches(Func):
    """`vector @@ query`."""

    template = "%(expressions)s"
    arg_joiner = " @@ "

    def __init__(self, vector: str, query: str) -> None:
        super().__init__(F(vector), Lexemes(query), output_field=BooleanField())


class Lexemes(Value):
    """A text search query that is ready: no parser reads it."""

    def __init__(self, query: str) -> None:
        super().__init__(query, output_field=SearchQueryField())

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The query as a parameter."""
        return "%s::tsquery", [self.value]


class Part(NamedTuple):
    """A query, what its rank counts, and the most that it may count."""

    factor: float
    query: str
    most: float = 1.0


class Rank(Func):
    """The ranks of the parts, added up."""

    def __init__(self, vector: str, parts: Iterable[Part], weights: str = WEIGHTS) -> None:
        super().__init__(F(vector), output_field=FloatField())
        self.parts = tuple(parts)
        self.weights = weights

    def as_sql(self, compiler: Any, connection: Any, *_context: Any, **_more: Any) -> Any:
        """A sum of calls, all values as parameters."""
        vector, _none = compiler.compile(self.source_expressions[0])
        calls = [f"%s * least(ts_rank(%s::real[], {vector}, %s::tsquery), %s)" for _ in self.parts]
        values = [value for part in self.parts for value in (part.factor, self.weights, part.query, part.most)]
        return f"({' + '.join(calls) or '0.0'})::float8", values


def any_of(lexemes: Iterable[str]) -> str:
    """One of these."""
    return " | ".join(quoted(lexeme) for lexeme in lexemes)


def in_field(lexemes: Iterable[str], weights: str) -> str:
    """One of these, in the title (A), among the people (B), on the shelves (C) or in what is told (D)."""
    return " | ".join(f"{quoted(lexeme)}:{weights}" for lexeme in lexemes)


def beginning_with(beginning: str) -> str:
    """A word that begins so."""
    return f"{quoted(beginning)}:*"


def named(name: Sequence[str], *, may_go_on: bool) -> str:
    """Somebody of this name: its words side by side; the last one may go on."""
    *first, last = [quoted(word) for word in name]
    return " <-> ".join([*(f"{word}:B" for word in first), f"{last}:{'*B' if may_go_on else 'B'}"])


def quoted(lexeme: str) -> str:
    """A lexeme in a query. Words hold no quotes and no backslashes; should they ever, they must not end the lexeme."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
