"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

_STANDARD_OUTPUT: Final = 1
_STANDARD_ERROR: Final = 2


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Write beside the file and put it in its place when the block ends; one that fails leaves what was there.

    A link stays one, and what it leads to is written. What is no file (a pipe, a terminal, `/dev/null`) cannot be
    replaced: it is written to as it comes, and so is what this process prints to already.

    Raises `OSError`. A process that is killed leaves a file `.name.….part`, never half a file under the name.
    """
    there = _status(path)
    printed_to = _printed_to(there)
    if printed_to is not None:
        # Opened anew, what is printed later would overwrite it.
        with os.fdopen(os.dup(printed_to), "wb") as file:
            yield file
    elif there is not None and not stat.S_ISREG(there.st_mode):
        with path.open("wb") as file:
            yield file
    else:
        with _put_in_place(Path(os.path.realpath(path))) as file:
            yield file


def is_same_file(path: Path, other: str | int) -> bool:
    """Whether both lead to one file, so that writing the one would replace the other; `other` may be open already."""
    there = _status_if_any(path)
    before = _status_if_any(other)
    return there is not None and before is not None and stat.S_ISREG(there.st_mode) and os.path.samestat(there, before)


@contextmanager
def _put_in_place(path: Path) -> Iterator[IO[bytes]]:
    handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        _give_usual_rights(Path(part))
        Path(part).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(part).unlink()
        raise


def _printed_to(there: os.stat_result | None) -> int | None:
    """Standard output or error, if that is what is there: `/dev/stdout` is, wherever it was sent."""
    for number in (_STANDARD_OUTPUT, _STANDARD_ERROR):
        open_already = _status_if_any(number)
        if there is not None and open_already is not None and os.path.samestat(there, open_already):
            return number
    return None


def _status(path: Path) -> os.stat_result | None:
    """None when there is nothing yet, also behind a link. Raises `OSError` when that cannot be known."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _status_if_any(file: Path | str | int) -> os.stat_result | None:
    # A name with a zero byte is a ValueError.
    with suppress(OSError, ValueError):
        return os.stat(file)  # noqa: PTH116 - of an open file as well
    return None


def _give_usual_rights(path: Path) -> None:
    """Those of any new file; a temporary one is its owner's alone."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
