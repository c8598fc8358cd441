"""Moving a guide in time: an old one is made to cover the present."""

from __future__ import annotations

from datetime import datetime, timedelta

from epg.errors import GuideRefusedError


def whole_weeks_to_now(period: tuple[datetime, datetime], now: datetime) -> int:
    """The number of weeks that bring `now` into the period, as near to its start as can be; 0 if it is in there.

    Raises `GuideRefusedError` when the guide is too short for whole weeks to do it.
    """
    start, stop = period
    if start <= now < stop:
        return 0
    weeks = (now - start) // timedelta(weeks=1)
    if now >= stop + timedelta(weeks=weeks):
        raise GuideRefusedError("No shift by whole weeks brings the present into this guide: it is too short.")
    return weeks
