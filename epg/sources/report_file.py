"""The whole report of an import as JSON Lines, written as it goes on, so that its length is the disk's business."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from common.files import written_whole
from epg.errors import GuideRefusedError
from epg.importing import Detail, GuideReport, Told, nobody

# Takes the report when there is one, for the last line.
Sums = Callable[[GuideReport], None]


class ReportNotWrittenError(GuideRefusedError):
    """The report has no room, or no place. Before the guide is imported, this breaks the import off."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"The report {path} cannot be written: {error.strerror}.")


@contextmanager
def report_file(path: Path | None) -> Iterator[tuple[Told, Sums]]:
    """Takes every detail, a line each, and then the report for the counts in the last one. The file appears at the end.

    An import that ends early, for whatever reason, leaves its report up to there, with `"is_complete": false`.
    Raises `ReportNotWrittenError`, and what the block raises.
    """
    if path is None:
        yield nobody, lambda _report: None
        return
    broken_off: BaseException | None = None
    try:
        with written_whole(path) as file:
            writer = _Writer(file, path)
            try:
                yield writer.detail, writer.sums
            except BaseException as error:  # noqa: BLE001 - raised again below
                broken_off = error
            writer.end(is_complete=broken_off is None)
    except OSError as error:
        if broken_off is None:
            raise ReportNotWrittenError(path, error) from error
    if broken_off:
        raise broken_off


class _Writer:
    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file, self._path = file, path
        self._sums: dict[str, Any] = {}

    def detail(self, detail: Detail) -> None:
        try:
            self._line(detail.as_json())
        except OSError as error:
            raise ReportNotWrittenError(self._path, error) from error

    def sums(self, report: GuideReport) -> None:
        self._sums = report.counts() | {"reasons": report.tallies()}

    def end(self, *, is_complete: bool) -> None:
        self._line({"kind": "counts", "is_complete": is_complete, **self._sums})

    def _line(self, value: dict[str, Any]) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n")
