"""The report of an import of channels: on a terminal, and as a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from common.files import written_whole
from epg.channels.report import ChannelReport, Detail

LINES_SHOWN: Final = 20


def report_lines(report: ChannelReport, *, dry_run: bool) -> Iterator[str]:
    """The report for a person, one fact a line; of long lists the beginning."""
    for file, encoding, guides in report.files:
        if encoding != "UTF-8":
            yield f"{file} was read as {encoding}."
        for address in guides:
            yield f"{file} names a guide: {address}"
    yield f"Channels added: {report.added:,}"
    yield f"Channels changed: {report.changed:,}"
    yield f"Channels restored: {report.restored:,}"
    yield f"Channels unchanged: {report.unchanged:,}"
    shown = ("added", "changed", "restored") if dry_run else ("changed", "restored")
    yield from _some(detail for detail in report.details if detail.kind in shown)
    yield f"Entries skipped: {_counted(report.skipped)}"
    yield from _some(detail for detail in report.details if detail.kind == "skipped")
    yield f"Not taken as it stands: {_counted(report.notes)}"
    yield from _some(detail for detail in report.details if detail.kind == "note")
    if report.wrote_nothing and not report.used_nothing:
        yield "The channels were up to date already."
    if dry_run:
        yield "This was a dry run: nothing was written."


def write_report(report: ChannelReport, path: Path) -> None:
    """The whole report as JSON Lines: every detail, and the counts at the end. Raises `OSError`."""
    with written_whole(path) as file:
        for detail in report.details:
            file.write(_json(detail.as_json()))
        file.write(_json({"kind": "counts", **report.counts()}))


def _counted(reasons: Counter[str]) -> str:
    """As "3 (film 2, radio 1)"."""
    kinds = ", ".join(f"{reason.replace('_', ' ')} {times:,}" for reason, times in reasons.most_common())
    return f"{reasons.total():,}" + (f" ({kinds})" if kinds else "")


def _some(details: Iterator[Detail]) -> Iterator[str]:
    told = [f"  {one.source}, line {one.line}: {_named(one)}{one.sentence}" for one in details]
    yield from told[:LINES_SHOWN]
    if (hidden := len(told) - LINES_SHOWN) > 0:
        yield f"  … and {hidden:,} more (--report FILE has all of them)"


def _named(detail: Detail) -> str:
    return f"{detail.channel}: " if detail.channel else ""


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace")
