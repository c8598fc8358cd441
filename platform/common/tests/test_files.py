"""Files that are there as a whole or not at all, and what is no file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from common.files import is_same_file, written_whole

PLATFORM = Path(__file__).resolve().parents[2]


def write(path: Path, content: bytes = b"new") -> None:
    """The whole of it."""
    with written_whole(path) as file:
        file.write(content)


def test_a_file_is_replaced_when_all_of_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"old")
    with written_whole(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_what_fails_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), written_whole(path):
        raise ZeroDivisionError
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"report": b"old"}


@pytest.mark.parametrize("is_there", [True, False], ids=["to a file", "to nothing yet"])
def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path, is_there: bool) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "report", tmp_path / "link"
    if is_there:
        target.write_bytes(b"old")
    link.symlink_to(target)
    write(link)
    assert (link.is_symlink(), target.read_bytes()) == (True, b"new")


def test_links_in_a_circle_are_an_error(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(OSError, match="Too many levels"):
        write(link)
    assert link.is_symlink()


def test_a_pipe_with_a_name_stays_and_passes_it_on(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write(pipe)
    reader.join()
    assert (read, pipe.is_fifo()) == ([b"new"], True)


def test_a_link_to_a_device_stays_and_so_does_the_device(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(os.devnull)
    write(link)
    assert (link.is_symlink(), Path(os.devnull).is_char_device()) == (True, True)


def test_a_folder_is_an_error_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), written_whole(tmp_path):
        pytest.fail("it was opened")


@pytest.mark.parametrize("is_file", [True, False], ids=["sent to a file", "in a pipe"])
def test_what_is_printed_to_gets_it_in_turn(tmp_path: Path, is_file: bool) -> None:
    program = (
        "from pathlib import Path\n"
        "from common.files import written_whole\n"
        "print('before', flush=True)\n"
        "with written_whole(Path('/dev/stdout')) as file: file.write(b'report\\n')\n"
        "print('after')\n"
    )
    out = tmp_path / "out"
    with out.open("wb") as file:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program], cwd=PLATFORM, stdout=file if is_file else subprocess.PIPE, check=True
        )
    assert (out.read_bytes() if is_file else done.stdout) == b"before\nreport\nafter\n"


def test_a_file_is_the_same_by_whatever_name_it_is_called(tmp_path: Path) -> None:
    path, link, other = tmp_path / "guide", tmp_path / "link", tmp_path / "other"
    path.write_bytes(b"<tv/>")
    other.write_bytes(b"<tv/>")
    link.symlink_to(path)
    with path.open("rb") as file:
        assert is_same_file(link, file.fileno())
    assert is_same_file(path, str(link))
    assert not is_same_file(path, str(other))


@pytest.mark.parametrize("name", [os.devnull, "nothing there", "a\0b"])
def test_what_cannot_be_replaced_is_not_the_same(name: str) -> None:
    assert not is_same_file(Path(name), name)
