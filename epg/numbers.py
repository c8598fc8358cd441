"""Channel numbers, as lists and guides give them out."""

from __future__ import annotations

import itertools
from collections.abc import Container
from typing import Final

# What a column of whole numbers holds.
LARGEST_NUMBER: Final = 2_147_483_647


def next_free(number: int, taken: Container[int]) -> int:
    """This number, or the first one after it that nobody has; after the largest one, the lowest."""
    following = itertools.chain(range(number, LARGEST_NUMBER + 1), range(1, number))
    return next(free for free in following if free not in taken)
