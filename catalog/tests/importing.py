"""What the tests of the import share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from catalog.importing import ImportReport, RowResult, import_titles
from catalog.title_files import Row


def bring_in(*values: dict[str, Any], **options: Any) -> ImportReport:
    """Import these rows."""
    rows = [Row(line, row) for line, row in enumerate(values, start=1)]
    return import_titles(rows, **{"source": "test", **options})


def told(*values: dict[str, Any], **options: Any) -> list[RowResult]:
    """Import these rows, and return what was told of each."""
    rows: list[RowResult] = []
    bring_in(*values, told=rows.append, **options)
    return rows


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Added, changed, unchanged, refused."""
    return report.added, report.changed, report.unchanged, len(report.refused)


def refusals(*values: dict[str, Any], **options: Any) -> list[str]:
    """Import these rows, and return why some were refused."""
    return [reason for _, reason in bring_in(*values, **options).refused]


def write_lines(path: Path, values: Sequence[object]) -> Path:
    """Write a file of JSON Lines."""
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return path


def run(path: Path, *arguments: str) -> str:
    """Run the command, and return what it says."""
    out = StringIO()
    call_command("import_titles", str(path), *arguments, stdout=out)
    return out.getvalue()
