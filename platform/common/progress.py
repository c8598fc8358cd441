"""Progress of long work: services report it, commands show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

Progress = Callable[[int], None]


def unwatched(_done: int) -> None:
    """For callers that do not care."""


@contextmanager
def progress_bar(unit: str, total: int | None = None) -> Iterator[Progress]:
    """A bar on a terminal, nothing in a pipe. `total` is in `unit`s; None when it cannot be known."""
    with tqdm(total=total, unit=f" {unit}", disable=None) as bar:

        def advance(done: int) -> None:
            bar.update(done)

        yield advance
