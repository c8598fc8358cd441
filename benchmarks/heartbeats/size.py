"""How large the service of a benchmark is."""

from __future__ import annotations

import argparse
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How many there are of what."""

    profiles: int = 20_000
    bookmarks: int = 1_000_000
    titles: int = 15_000

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Size:
        """As the command line has it."""
        return cls(arguments.profiles, arguments.bookmarks, arguments.titles)

    @property
    def each(self) -> int:
        """Bookmarks of one profile."""
        return self.bookmarks // self.profiles

    @property
    def database(self) -> str:
        """The name of the database for it."""
        return f"marquee_heartbeats_{self.profiles}_{self.bookmarks}_{self.titles}"
