"""The whole report as JSON, written as the import goes on, so that its length is the disk's business."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from catalog.importing.report import ImportReport, RowResult, Told, untold
from common.files import written_whole


@contextmanager
def report_file(path: Path | None, report: ImportReport) -> Iterator[Told]:
    """Takes what became of each row; unchanged rows are only counted. The file appears when the block ends.

    An import that ends early, for whatever reason, leaves its report up to there, with `"is_complete": false`.
    Raises `OSError`.
    """
    if path is None:
        yield untold
        return
    broken_off: BaseException | None = None
    with written_whole(path) as raw:
        writer = _Writer(raw)
        try:
            yield writer.row
        except BaseException as error:  # noqa: BLE001 - raised again below
            broken_off = error
        writer.end({"is_complete": broken_off is None, **report.summary()})
    if broken_off:
        raise broken_off


class _Writer:
    """Writes one JSON object, of which `rows` comes first."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._rows = 0
        self._file.write(b'{"rows": [')

    def row(self, row: RowResult) -> None:
        """A row, if there is something to say of it."""
        if row.result != "unchanged":
            self._file.write((b",\n" if self._rows else b"\n") + _json(row.as_json()))
            self._rows += 1

    def end(self, summary: dict[str, Any]) -> None:
        """What there is to say of all of them."""
        self._file.write(b"\n]")
        for name, value in summary.items():
            self._file.write(b",\n" + _json(name) + b": " + _json(value))
        self._file.write(b"\n}\n")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")
