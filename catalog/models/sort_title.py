"""The key that titles are sorted by."""

from __future__ import annotations

from typing import Final

from django.db.models import F, Func, Value
from django.db.models.functions import Left, Lower

# Long enough for an order, short enough for an index, whatever the letters.
KEY_LENGTH: Final = 200
COMBINING_MARKS: Final = r"[\u0300-\u036f]"

_decomposed = Func(F("title"), function="normalize", template="%(function)s(%(expressions)s, NFKD)")
_unmarked = Func(_decomposed, Value(COMBINING_MARKS), Value(""), Value("g"), function="regexp_replace")
# Lower case without accents (NFKD without its combining marks): É stands beside E. The database computes it, so that
# no way of writing a title can forget it.
SORT_KEY: Final = Left(Lower(_unmarked), KEY_LENGTH)
