"""Guides of any size, written as they are read: the same every time, and in no order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

CHANNELS: Final = 1_000
SLOT: Final = timedelta(minutes=30)
START: Final = datetime(2031, 3, 29, tzinfo=UTC)
# Larger than any number of programmes and prime: stepping by it comes to each programme once, here and there.
STRIDE: Final = 1_000_000_007
NAMES: Final = 5_000
PROSE: Final = (
    "It has rained for three days in the little town by the fjord when a stranger steps off the ferry and asks for the "
    "house that nobody has lived in."
)


def elements(programmes: int, *, channels: int = CHANNELS, edition: int = 0, of: str = "c") -> Iterator[str]:
    """All lines of a guide; with another `edition` every title is another one."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<tv>\n'
    for number in range(channels):
        yield f'<channel id="{of}{number}.demo"><display-name>Channel {of}{number}</display-name></channel>\n'
    for step in range(programmes):
        number = step * STRIDE % programmes
        yield programme(number // channels, number % channels, edition, of)
    yield "</tv>\n"


def programme(slot: int, channel: int, edition: int = 0, of: str = "c") -> str:
    """One half-hour of one channel."""
    start = START + slot * SLOT
    name = (slot * 31 + channel * 17) % NAMES
    title = f"Title {name}" if edition == 0 else f"Edition {edition} of {name}"
    return (
        f'<programme start="{start:%Y%m%d%H%M%S} +0000" stop="{start + SLOT:%Y%m%d%H%M%S} +0000" '
        f'channel="{of}{channel}.demo"><title lang="en">{title}</title>'
        f'<sub-title lang="en">Part {slot % 97}</sub-title><desc lang="en">{PROSE[slot % 30 :]}</desc>'
        f'<category>Drama</category><episode-num system="xmltv_ns">{name % 9}.{slot % 97}.</episode-num>'
        '<rating system="BBFC"><value>PG</value></rating></programme>\n'
    )


def write(path: Path, programmes: int, *, channels: int = CHANNELS, edition: int = 0, of: str = "c") -> Path:
    """A guide in a file."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(elements(programmes, channels=channels, edition=edition, of=of))
    return path
