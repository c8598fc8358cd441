"""Bringing a guide into the schedule: what the file says replaces what is stored, for the time it covers."""

from epg.importing.believing import sources_above_made_room
from epg.importing.report import Detail, GuideReport, Tally, Told, nobody
from epg.importing.service import import_guide

__all__ = ["Detail", "GuideReport", "Tally", "Told", "import_guide", "nobody", "sources_above_made_room"]
