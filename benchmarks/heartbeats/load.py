"""Players, by wrk."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

SCRIPT: Final = Path(__file__).with_name("heartbeat.lua")


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    refused: int
    failed: int

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def wrk() -> str:
    """The load generator. Ends the program with a sentence where there is none."""
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("wrk is not installed; it is the Debian package `wrk`, or `brew install wrk`.")
    return program


def play(address: str, path: str, players: Path, *, first: int, connections: int, seconds: int) -> Round:
    """Send for so many seconds, beginning with the numbered player."""
    command = [wrk(), "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
    command += ["--latency", "--timeout", "10s", "--script", str(SCRIPT), address, "--", str(players), str(first), path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
    return Round(**json.loads(done.stdout.strip().splitlines()[-1]))


def summary(rounds: list[Round]) -> dict[str, Any]:
    """The median of the rounds; errors are all there were."""
    shown: dict[str, Any] = {"throughput": round(median(one.throughput for one in rounds), 1)}
    shown |= {name: round(median(getattr(one, name) for one in rounds), 2) for name in ("p50", "p95", "p99")}
    shown["errors"] = sum(one.refused + one.failed for one in rounds)
    return shown | {"rounds": [asdict(one) | {"throughput": round(one.throughput, 1)} for one in rounds]}
