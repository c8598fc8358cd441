"""What is wrong with a row."""

from __future__ import annotations

from typing import Final

TITLE_MISSING: Final = "The title is missing."


class RefusedError(Exception):
    """A row that cannot become a title; the message is one sentence for the report."""
