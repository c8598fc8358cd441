"""The picture of a programme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from common.web_addresses import is_web_address

LONGEST_ADDRESS: Final = 500


def first_sound_address(addresses: Iterable[str | None]) -> str | None:
    """The first that is a complete http(s) address; a path would be one of the guide's host, not of this one."""
    for address in addresses:
        stripped = (address or "").strip()
        if len(stripped) <= LONGEST_ADDRESS and not stripped.startswith("/") and is_web_address(stripped):
            return stripped
    return None
