"""Offsets that no time zone on earth has."""

from __future__ import annotations

from typing import Final

from epg.importing.report import SUSPICIOUS_OFFSET, Detail, GuideReport
from epg.importing.texts import moment
from epg.xmltv import GuideProgramme

# Minutes east of UTC: from Baker Island to Kiribati, in quarters of an hour.
WESTERNMOST: Final = -12 * 60
EASTERNMOST: Final = 14 * 60
QUARTER: Final = 15


def tell_of_impossible_offset(programme: GuideProgramme, report: GuideReport) -> None:
    """Count and tell a time whose offset no zone has; it is taken as it is written."""
    offset = programme.offset
    if offset is None or (WESTERNMOST <= offset <= EASTERNMOST and offset % QUARTER == 0):
        return
    report.suspicious_offsets += 1
    hours, minutes = divmod(abs(offset), 60)
    written = f"{'-' if offset < 0 else '+'}{hours:02}{minutes:02}"
    sentence = f"No time zone has the offset {written}."
    report.tell(Detail(SUSPICIOUS_OFFSET, sentence, programme.line, programme.channel_id, moment(programme.start)))
