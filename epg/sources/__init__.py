"""Where guides come from: what is fetched, what is opened, and the sources that are refreshed again and again."""

from epg.sources.addresses import GUIDE_ADDRESS, is_guide_address, masked
from epg.sources.fetching import Fetched, fetched
from epg.sources.opening import readable
from epg.sources.options import is_language, zone_named
from epg.sources.refreshing import Refreshed, RefreshRunningError, refresh
from epg.sources.setup import Setup, setup_of

__all__ = [
    "GUIDE_ADDRESS",
    "Fetched",
    "RefreshRunningError",
    "Refreshed",
    "Setup",
    "fetched",
    "is_guide_address",
    "is_language",
    "masked",
    "readable",
    "refresh",
    "setup_of",
    "zone_named",
]
