"""A service of its own for proofs that kill it: a cluster, gunicorn, and players who remember what was acknowledged."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from common import embedded

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 60.0

# Makes accounts with a profile each and films for all; tells what players need to know.
CAST: Final = """
import json
from accounts.models import Profile, User
from accounts.services import issue_tokens
from catalog.models import Title
films = [str(Title.objects.create(title=f"Film {n}", title_type="movie", age_rating="TV-G").id) for n in range(FILMS)]
players = []
for n in range(PLAYERS):
    user = User.objects.create_user(f"player{n}@example.com")
    profile = Profile.objects.create(user=user, name="Player")
    players.append([issue_tokens(user=user).access_token, str(profile.id)])
print(json.dumps([players, films]))
"""


@dataclass
class Cluster:
    """A PostgreSQL of the proof's own."""

    folder: Path
    url: str
    restarted: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def restart_at_once(self) -> None:
        """As `pg_ctl -m immediate restart`: nothing is finished, what is in the log is recovered."""
        data = self.folder / "cluster"
        postmaster = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        command, owner = shlex.split((data / "postmaster.opts").read_text()), data.stat().st_uid
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(timeout=PATIENCE)
        log = (self.folder / "restarted").open("ab")
        with log:
            user = owner if os.geteuid() == 0 else None
            self.restarted.append(
                subprocess.Popen(command, user=user, stdout=log, stderr=log, cwd="/", start_new_session=True)  # noqa: S603
            )


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Starts it where its system user may go, and removes it."""
    with tempfile.TemporaryDirectory(prefix="marquee-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        one = Cluster(folder, embedded.start(folder / "cluster", project=folder))
        try:
            yield one
        finally:
            with suppress(OSError, ValueError, psutil.NoSuchProcess):
                number = int((folder / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0])
                postmaster = psutil.Process(number)
                postmaster.send_signal(signal.SIGINT)
                postmaster.wait(timeout=PATIENCE)
            for process in one.restarted:
                process.wait(timeout=PATIENCE)


@dataclass
class Service:
    """Gunicorn on that cluster, with the same secrets and the same port each time."""

    environment: dict[str, str]
    port: int
    log: Path
    server: subprocess.Popen[bytes] | None = None

    def manage(self, *words: str) -> str:
        """What a command of manage.py prints."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(  # noqa: S603 - our own interpreter and words
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log.open("ab") as output:
            command = [sys.executable, "-m", "gunicorn"]
            self.server = subprocess.Popen(  # noqa: S603 - our own interpreter and words
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )
        self.wait()

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE
        while self.ask("GET", "/health/ready")[0] != 200:
            assert time.monotonic() < deadline, self.log.read_text()[-3_000:]
            time.sleep(0.1)

    def ask(self, method: str, path: str, token: str = "", body: Any = None, seconds: float = 20) -> tuple[int, bytes]:
        """An answer; status 0 when there is none."""
        call = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"} if token else {}
        try:
            call.request(method, path, None if body is None else json.dumps(body), headers)
            answer = call.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            call.close()

    def kill_a_worker(self) -> None:
        """As the kernel does when memory runs out."""
        assert self.server is not None
        psutil.Process(self.server.pid).children()[0].kill()

    def kill(self) -> None:
        """The master, and its workers with it."""
        assert self.server is not None
        workers = psutil.Process(self.server.pid).children()
        self.server.kill()
        self.server.wait(timeout=PATIENCE)
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        psutil.wait_procs(workers, timeout=PATIENCE)

    def stop(self) -> None:
        """Friendly."""
        if self.server is not None and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(timeout=PATIENCE)


@contextmanager
def service(on: Cluster, **variables: str) -> Iterator[Service]:
    """A migrated service that is not started yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {
        "PYTHONPATH": str(ROOT / "platform"),
        "DATABASE_URL": on.url,
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "DATA_DIR": str(on.folder / "data"),
    }
    one = Service(os.environ | own | variables, port, on.folder / "log")
    one.manage("migrate", "--verbosity", "0")
    try:
        yield one
    finally:
        one.stop()


@dataclass
class Player(threading.Thread):
    """Reports one film after the other, again and again, and remembers what was acknowledged."""

    service: Service
    token: str
    profile: str
    films: list[str]
    stop: threading.Event
    acknowledged: dict[str, int] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Play until told to stop. The position grows with each report, so that a lost one would be seen."""
        position = 0
        while not self.stop.is_set():
            position += 1
            film = self.films[position % len(self.films)]
            status = self.report(film, position)
            self.statuses.append(status)
            if status == 200:
                self.acknowledged[film] = position
            else:
                time.sleep(0.02)

    def report(self, film: str, position: int) -> int:
        """One heartbeat."""
        body = {"content_type": "movie", "content_id": film, "position_seconds": position, "duration_seconds": 100_000}
        return self.service.ask("PUT", f"/api/v1/viewing/bookmarks?profile_id={self.profile}", self.token, body)[0]

    def lost(self) -> list[str]:
        """Films whose row is behind what was acknowledged."""
        return [film for film, position in self.acknowledged.items() if self._kept(film) < position]

    def _kept(self, film: str) -> int:
        path = f"/api/v1/viewing/bookmarks/by-content/{film}?profile_id={self.profile}"
        status, body = self.service.ask("GET", path, self.token)
        assert status == 200, body
        return int((json.loads(body) or {"position_seconds": -1})["position_seconds"])


@contextmanager
def playing(service: Service, *, players: int, films: int) -> Iterator[list[Player]]:
    """Players at work during the block."""
    cast = CAST.replace("PLAYERS", str(players)).replace("FILMS", str(films))
    accounts, titles = json.loads(service.manage("shell", "--no-imports", "-c", cast).strip().splitlines()[-1])
    stop = threading.Event()
    all_of_them = [Player(service, token, profile, titles, stop) for token, profile in accounts]
    for player in all_of_them:
        player.start()
    try:
        yield all_of_them
    finally:
        stop.set()
        for player in all_of_them:
            player.join(timeout=PATIENCE)
