"""The report of an import as an operator reads it in a terminal: counts, and the first lines of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from epg.importing import Detail, GuideReport

SHOWN: Final = 20
SHOWN_CHANGES: Final = 60
LONGEST_LINE: Final = 300
MORE: Final = "  … and {0:,} more; --report FILE holds them all"

# Of a dry run: what stands before each line of the difference.
MARKS: Final = {"added": "+", "removed": "-", "changed": "~", "moved": "~"}
# Kinds of details that are shown with their lines, and what their counts are called.
_KINDS: Final = {
    "overlap": "Overlaps resolved",
    "repeat": "Repeats dropped",
    "kept": "Kept, or gave way to what is kept",
    "gap": "Gaps",
    "suspicious_offset": "Suspicious offsets",
}


def report_lines(report: GuideReport, *, dry_run: bool) -> Iterator[str]:
    """The report for a person, one fact a line; of long lists the beginning."""
    if dry_run:
        yield from _difference(report)
    yield from _counts(report)
    yield f"Skipped: {report.skipped.total():,}"
    yield from _of_kind(report, "skipped", report.skipped.total())
    for kind, name in _KINDS.items():
        if count := _told(report, kind):
            yield f"{name}: {count:,}"
            yield from _of_kind(report, kind, count)
    yield from _first(_named("Unknown channel", report.unknown_channels))
    yield from _first(_named("Unknown rating", report.unknown_ratings))
    yield from _outcome(report)
    if dry_run:
        yield "This was a dry run: nothing was written."


def counts_line(report: GuideReport) -> str:
    """The same in a few words, for one line of many; what is rare is named when there is some."""
    rare = (
        ("moved", report.moved),
        ("stranded", report.stranded),
        (f"{_channels(report.channels_created)} created", report.channels_created),
        (f"{_channels(report.channels_restored)} restored", report.channels_restored),
    )
    counts = (
        ("added", report.added),
        ("changed", report.changed),
        ("removed", report.removed),
        ("unchanged", report.unchanged),
        ("skipped", report.skipped.total()),
        *((name, count) for name, count in rare if count),
    )
    return ", ".join(f"{count:,} {name}" for name, count in counts)


def _channels(count: int) -> str:
    return "channel" if count == 1 else "channels"


def why_nothing_was_used(report: GuideReport) -> str:
    """A sentence for a guide that is sound and of no use."""
    reasons = {
        "on channels that are unknown or deleted here": report.unknown_channels.total(),
        "skipped": report.skipped.total(),
    }
    why = ", ".join(f"{reason}: {count:,}" for reason, count in reasons.items() if count)
    return f"No programme of this guide could be used ({why})."


def _counts(report: GuideReport) -> Iterator[str]:
    yield f"Channels created: {report.channels_created:,}"
    if report.channels_restored:
        yield f"Channels restored: {report.channels_restored:,}"
    yield f"Programmes added: {report.added:,}"
    yield f"Programmes changed: {report.changed:,}"
    if report.moved:
        yield f"Programmes moved: {report.moved:,}"
    yield f"Programmes removed: {report.removed:,}"
    yield f"Programmes unchanged: {report.unchanged:,}"
    if report.left_out:
        yield f"Left out by the source's names of channels: {report.left_out:,}"
    if report.stranded:
        yield f"Stranded on channels of which the guide has nothing: {report.stranded:,}"


def _told(report: GuideReport, kind: str) -> int:
    """How many details of this kind there were."""
    sums = {
        "overlap": report.overlaps_cut + report.overlaps_dropped,
        "repeat": report.repeats_dropped,
        "gap": report.gaps,
        "suspicious_offset": report.suspicious_offsets,
        "kept": report.kept_history
        + report.kept_locked
        + report.kept_other_source
        + report.cut_for_kept
        + report.dropped_for_kept,
    }
    return sums[kind]


def _of_kind(report: GuideReport, kind: str, count: int) -> Iterator[str]:
    found = [detail for detail in report.details if detail.kind == kind]
    return _first([_line(detail) for detail in found], max(count, len(found)))


def _line(detail: Detail) -> str:
    place = f"line {detail.line}: " if detail.line is not None else ""
    channel = f"{detail.channel}: " if detail.channel and not place else ""
    return f"  {place}{channel}{detail.sentence}"


def _difference(report: GuideReport) -> Iterator[str]:
    """What a dry run would change, channel by channel."""
    found = [detail for detail in report.details if detail.kind in MARKS]
    channel: str | None = None
    for detail in found[:SHOWN_CHANGES]:
        if detail.channel != channel:
            channel = detail.channel
            yield f"{channel}"
        yield f"  {_changed(detail)}"
    hidden = report.added + report.changed + report.moved + report.removed - len(found[:SHOWN_CHANGES])
    if hidden > 0:
        yield MORE.format(hidden)


def _changed(detail: Detail) -> str:
    at = f"{detail.at:%Y-%m-%d %H:%M} " if detail.at else ""
    sentence = detail.sentence if len(detail.sentence) <= LONGEST_LINE else f"{detail.sentence[:LONGEST_LINE]}…"
    return f"{MARKS[detail.kind]} {at}{sentence}"


def _named(kind: str, names: dict[str, int]) -> list[str]:
    return [f"{kind}: {name} ({count:,} programmes)" for name, count in names.items()]


def _outcome(report: GuideReport) -> list[str]:
    if not report.wrote_nothing or report.used_nothing:
        return []
    return ["The guide was up to date already." if report.unchanged else "The guide holds no programmes."]


def _first(lines: Sequence[str], count: int | None = None) -> Iterator[str]:
    yield from lines[:SHOWN]
    hidden = (len(lines) if count is None else count) - len(lines[:SHOWN])
    if hidden > 0:
        yield MORE.format(hidden)
