"""The demo evening: a catalogue, a guide and households, all written for Marquee."""

from pathlib import Path
from typing import Final

CONTENT: Final = Path(__file__).resolve().parent / "content"
ACCOUNTS_FILE: Final = "demo-accounts.json"
SOURCE: Final = "marquee-demo"
