"""Guides for tests: small ones written on the spot, and what to expect of the shared ones."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from epg.xmltv import GuideChannel, GuideProgramme, Skipped, read_guide

# Of the folder quirks/ of the shared guides.
REFUSED = (
    "bare-ampersand.xml",
    "control-characters.xml",
    "leading-newline.xml",
    "truncated.xml",
    "truncated.xml.gz",
    "windows1252-undeclared.xml",
    "zero-bytes.xml",
    "html-error-page.xml",
    "not-xmltv.xml",
    "entity-expansion.xml",
    "entity-external.xml",
)
SOUND = (
    "times.xml",
    "structure.xml",
    "content.xml",
    "latin1.xml",
    "utf8-bom-crlf.xml",
    "utf16.xml",
    "no-declaration.xml",
    "empty.xml",
    "entity-internal.xml",
)


def guide(*elements: str, head: str = "") -> io.BytesIO:
    """A guide with these elements."""
    return io.BytesIO(f"{head}<tv>{''.join(elements)}</tv>".encode())


def channel(channel_id: str = "one.demo", *names: str, icon: str = "") -> str:
    """A channel element."""
    displayed = "".join(f"<display-name>{name}</display-name>" for name in names or ("One",))
    return f'<channel id="{channel_id}">{displayed}{icon}</channel>'


def programme(start: str, stop: str | None, title: str = "News", more: str = "", *, on: str = "one.demo") -> str:
    """A programme element; times as "0600" are on 24 October 2026, longer ones are taken as they are."""
    times = f'start="{_on_the_day(start)}"' + (f' stop="{_on_the_day(stop)}"' if stop else "")
    return f'<programme {times} channel="{on}"><title>{title}</title>{more}</programme>'


def at(clock: str) -> datetime:
    """The moment of "0600" on 24 October 2026, UTC."""
    return datetime.fromisoformat(f"20261024T{clock}").replace(tzinfo=UTC)


def read(stream: io.BytesIO) -> list[GuideChannel | GuideProgramme | Skipped]:
    """Every record of a guide."""
    return list(read_guide(stream))


def read_programme(more: str = "", title: str = "News") -> GuideProgramme:
    """The record of a programme with these elements."""
    (record,) = read(guide(programme("0600", "0700", title, more)))
    assert isinstance(record, GuideProgramme)
    return record


def _on_the_day(time: str) -> str:
    return f"20261024{time}" if len(time) == len("0600") else time
