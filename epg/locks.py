"""What those who write the guide take turns at; over the web nobody waits long for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from common import patience
from epg.errors import GuideBusyError

# Whoever writes programmes, or takes a channel out of sight, writes among others at this (common.db).
GUIDE: Final = "guide"
# One import at a time writes; readers and editors of other channels go on.
GUIDE_IMPORT: Final = "guide import"


@contextmanager
def for_a_moment() -> Iterator[None]:
    """Run the block in a transaction that waits for an import only a moment (`common.patience`).

    Raises `GuideBusyError` where it was not long enough.
    """
    with patience.for_a_moment(GuideBusyError):
        yield
