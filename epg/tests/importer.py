"""Imports in processes of their own, which can be killed, watched and weighed: `python -m epg.tests.importer FILE`.

Each line that it prints is the number of programmes written so far, in a transaction that is still open; the last
line is its report as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


def start(file: Path, *, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Import a file into the database of this test, in a process group of its own; `before` stands before Python."""
    from django.db import connection

    address, _, options = os.environ["DATABASE_URL"].partition("?")
    database = f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    return subprocess.Popen(  # noqa: S603 - our own program
        [*before, sys.executable, "-m", "epg.tests.importer", str(file)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"{database}?{options}" if options else database,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def main(path: str) -> None:
    """Import the file and tell how far it is."""
    import django

    django.setup()
    from epg.importing import import_guide

    written = 0

    def tell(number: int) -> None:
        nonlocal written
        written += number
        if number:
            print(written, flush=True)  # noqa: T201 - the parent reads it

    began = time.monotonic()
    with Path(path).open("rb") as file:
        report = import_guide(stream=file, name=Path(path).name, written=tell)
    took = time.monotonic() - began
    print(json.dumps({**report.counts(), "seconds": round(took, 1)}))  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main(sys.argv[1])
