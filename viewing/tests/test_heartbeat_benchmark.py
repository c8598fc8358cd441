"""`benchmarks/heartbeat` runs from an empty database to its table of figures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TINY = ["--profiles", "20", "--bookmarks", "100", "--titles", "30", "--connections", "4", "--rounds", "1"]


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_the_benchmark_of_heartbeats_runs_and_loses_none(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [str(ROOT / "benchmarks" / "heartbeat"), *TINY, "--seconds", "1", "--warm-up", "1", "--forget"]
    command += ["--database", os.environ["DATABASE_URL"], "--json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text())
    assert figures["statements"] == 2
    assert figures["heartbeat"]["4"]["throughput"] > 0
    assert figures["in_table"] >= figures["acknowledged"] > 0


def test_without_wrk_it_says_what_to_install() -> None:
    command = [sys.executable, "-m", "benchmarks.heartbeats", *TINY]  # as the script does it
    nowhere = os.environ | {"PATH": "/nowhere"}
    done = subprocess.run(command, cwd=ROOT, env=nowhere, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("wrk is not installed")
