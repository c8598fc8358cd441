"""How often something may happen: `600/min`."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

SECONDS: Final = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3_600, "hour": 3_600}
WRITTEN: Final = re.compile(rf"([0-9]{{1,9}})(?:\s*/\s*({'|'.join(SECONDS)}))?", re.IGNORECASE)


class Rate(NamedTuple):
    """So many times in so many seconds."""

    times: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Rate:
        """From `600/min`, `600/minute`, `10/s`, `5000/hour`, or `600`, which is per minute. Raises `ValueError`."""
        written = WRITTEN.fullmatch(text)
        if written is None or not (times := int(written[1])):
            raise ValueError("no rate")
        return cls(times, SECONDS[(written[2] or "min").lower()])
