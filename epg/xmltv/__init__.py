"""The XMLTV format: bytes in, plain records out. No database.

The format is https://github.com/XMLTV/xmltv/blob/master/xmltv.dtd. Guides in the wild differ from it in the order
of elements, in blanks, in ids and in how episodes are numbered; what can be understood is read, and what cannot
is a `Skipped` with its reason. Nothing that a file refers to is ever fetched, and no entity is ever expanded.
"""

from epg.xmltv.compression import decompressed
from epg.xmltv.episodes import parse_episode
from epg.xmltv.reading import covered_period, read_guide
from epg.xmltv.records import GuideChannel, GuideProgramme, Skipped
from epg.xmltv.texts import clean

__all__ = [
    "GuideChannel",
    "GuideProgramme",
    "Skipped",
    "clean",
    "covered_period",
    "decompressed",
    "parse_episode",
    "read_guide",
]
