"""Gunicorn as in production, on a port of its own, and what it costs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

ROOT: Final = Path(__file__).resolve().parents[2]
START_SECONDS: Final = 60
STOP_SECONDS: Final = 30


@contextmanager
def gunicorn(log: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The server with this process's environment: its address, and its master."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    own = os.environ | {"PORT": str(port), "BIND_ADDRESS": "127.0.0.1"}
    with log.open("wb") as output:
        server = subprocess.Popen([sys.executable, "-m", "gunicorn"], cwd=ROOT, env=own, stdout=output, stderr=output)
    try:
        _wait_for(f"{address}/health/live", server, log)
        yield address, psutil.Process(server.pid)
    finally:
        server.terminate()
        try:
            server.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own server
        except (urllib.error.URLError, OSError):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The server did not start:\n{log.read_text()[-2_000:]}") from None
            time.sleep(0.1)
        else:
            return


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of processor time that server and database have taken so far."""

    server: float
    database: float

    def __sub__(self, other: Cpu) -> Cpu:
        return Cpu(self.server - other.server, self.database - other.database)


def cpu_of(server: psutil.Process, database_pid: int | None) -> Cpu:
    """Processes that end take their share along, so that workers and backends must live through a round."""
    return Cpu(_seconds(server), _seconds(psutil.Process(database_pid)) if database_pid else 0.0)


def _seconds(process: psutil.Process) -> float:
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
