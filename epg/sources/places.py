"""What an operator names on the command line: a file, standard input, or an address."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from django.conf import settings

from common.files import is_same_file
from common.progress import Progress, unwatched
from epg.errors import GuideRefusedError
from epg.sources.addresses import masked
from epg.sources.fetching import fetched
from epg.sources.opening import MEGABYTE, TOO_LARGE, Explained

STANDARD_INPUT: Final = "-"
_STANDARD_INPUT_NUMBER: Final = 0
IN_MEMORY_BYTES: Final = 32 * MEGABYTE


def would_be_replaced(source: str, report: Path | None) -> bool:
    """Whether a report that is written there would take the place of the source itself."""
    if report is None or is_fetched(source):
        return False
    return is_same_file(report, _STANDARD_INPUT_NUMBER if source == STANDARD_INPUT else source)


def is_fetched(source: str) -> bool:
    """Whether it is an address, and no file."""
    return "://" in source


def name_of(source: str) -> str:
    """What a report and the audit trail call it; nothing in it signs in anywhere."""
    if source == STANDARD_INPUT:
        return "standard input"
    return masked(source) if is_fetched(source) else Path(source).name


@contextmanager
def opened(source: str, *, progress: Progress = unwatched) -> Iterator[IO[bytes]]:
    """The guide that `source` names: a file, `-`, or an http(s) address.

    `progress` is called with numbers of bytes while it is fetched. Raises `GuideRefusedError`.
    """
    if is_fetched(source):
        with fetched(source, progress=progress) as answer:
            assert answer is not None  # nothing was said of what is known
            yield answer.file
    elif source == STANDARD_INPUT:
        if sys.stdin is None:
            raise GuideRefusedError("Standard input is closed.")
        with _copy(sys.stdin.buffer) as copy:
            yield copy
    else:
        with _file(source) as file:
            yield file


@contextmanager
def _file(name: str) -> Iterator[IO[bytes]]:
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name is none"
        raise GuideRefusedError(f"{name} cannot be read: {reason}.") from None
    with file:
        if file.seekable():
            yield file
        else:  # a pipe
            with _copy(file) as copy:
                yield copy


@contextmanager
def _copy(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """All of it in a temporary file, because it may be read twice."""
    source = Explained(stream)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as copy:
        while piece := source.read(MEGABYTE):
            copy.write(piece)
            if copy.tell() > settings.GUIDE_MAX_MEGABYTES * MEGABYTE:
                raise GuideRefusedError(TOO_LARGE.format(settings.GUIDE_MAX_MEGABYTES))
        copy.seek(0)
        yield copy
