"""Importing small guides, and looking at what became of the schedule."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from epg.importing import GuideReport, import_guide
from epg.models import Channel, Programme
from epg.tests.guides import at, guide
from epg.xmltv import decompressed


def imported(*elements: str, **options: Any) -> GuideReport:
    """Import a guide with these elements."""
    return import_guide(stream=guide(*elements), **options)


def imported_file(path: Path) -> GuideReport:
    """Import a file, compressed or not."""
    with path.open("rb") as file:
        return import_guide(stream=decompressed(file))


def schedule(of: Channel | None = None) -> list[tuple[str, str, str]]:
    """(start, stop, title) in order, the times as "0600"."""
    programmes = Programme.objects.filter(channel=of) if of else Programme.objects.all()
    return [
        (f"{entry.start_time:%H%M}", f"{entry.end_time:%H%M}", entry.title)
        for entry in programmes.order_by("start_time")
    ]


def stored(start: str, stop: str, title: str, on: Channel, **columns: Any) -> Programme:
    """A programme that is there before the import; nobody has rated it."""
    times = {"start_time": at(start), "end_time": at(stop)}
    return Programme.objects.create(channel=on, title=title, **{"age_rating": None, **times, **columns})


def hours_from_now(hours: float) -> str:
    """A moment as guides write it, to the minute."""
    return written(timezone.now().replace(second=0, microsecond=0) + timedelta(hours=hours))


def written(moment: datetime) -> str:
    """A moment in UTC as guides write it."""
    return f"{moment:%Y%m%d%H%M}"


def moment(text: str) -> datetime:
    """The moment that `written` has written."""
    return datetime.fromisoformat(f"{text[:8]}T{text[8:]}+00:00")
