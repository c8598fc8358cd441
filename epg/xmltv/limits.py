"""Limits on what the XML library would keep in memory while it reads on."""

from __future__ import annotations

import re
import secrets
from typing import Final

from epg.errors import GuideRefusedError

LONGEST_TOKEN: Final = 10_000_000
MOST_NAMES: Final = 20_000
ONE_CHUNK_IN: Final = 16
# Of elements, entities, namespaces, identifiers and attributes; what looks like one of these in a text counts too.
_NAMES: Final = re.compile(
    rb"""[<&]([^\s/>!?;&#][^\s/>;]*)|\sxml(?::id|ns[^\s=]*)\s*=\s*["']([^"']*)|\s([^\s=<>"']+)\s*=\s*["']"""
)


class NameLimit:
    """Refuses files that go on inventing names.

    libxml2 keeps every name it has met until the thread ends. A guide has some dozens. Looking at one chunk in
    sixteen, chosen by chance, costs next to nothing and comes soon enough.
    """

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def look_at(self, chunk: bytes) -> None:
        """Raises `GuideRefusedError` when there are too many."""
        if secrets.randbelow(ONE_CHUNK_IN) == 0:
            self._hashes.update(map(hash, _NAMES.findall(chunk)))
            if len(self._hashes) > MOST_NAMES:
                raise GuideRefusedError(f"The file has more than {MOST_NAMES:,} different names, as of elements.")


class TokenLimit:
    """Refuses a file that does not come to the end of a tag, a comment or the like, for which the parser waits."""

    def __init__(self) -> None:
        self._waited = 0

    def count(self, chunk: bytes, *, has_progressed: bool) -> None:
        """Note whether anything came of this chunk. Raises `GuideRefusedError` when that has been long ago."""
        self._waited = 0 if has_progressed else self._waited + len(chunk)
        if self._waited > LONGEST_TOKEN:
            raise GuideRefusedError(
                f"The file has a tag or comments of more than {LONGEST_TOKEN:,} bytes, and nothing between."
            )
