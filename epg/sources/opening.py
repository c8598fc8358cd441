"""The XML of a guide, out of whatever it is packed in, and no more of it than is allowed."""

from __future__ import annotations

from typing import IO, BinaryIO, Final, Protocol, cast

from django.conf import settings

from epg.errors import GuideRefusedError
from epg.xmltv import decompressed

MEGABYTE: Final = 1024 * 1024
TOO_LARGE: Final = "The guide is larger than {0:,} MB (GUIDE_MAX_MEGABYTES allows more)."
# A compressed file that a server packed once more.
MOST_LAYERS: Final = 2
# Of what is looked at before it is decided what it is.
HEAD: Final = 512


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def readable(file: IO[bytes]) -> BinaryIO:
    """What the file holds, for reading once from its beginning; plain, gzip or xz, told by the content.

    Raises `GuideRefusedError` for a web page, and while it is read, when it is too large or a damaged archive.
    """
    file.seek(0)
    stream = _Begun(Explained(file))
    for _ in range(MOST_LAYERS):
        stream = _Begun(decompressed(cast("BinaryIO", stream)))
    _refuse_web_page(stream.head)
    return cast("BinaryIO", _Limited(stream, settings.GUIDE_MAX_MEGABYTES))


class Explained:
    """A stream whose disk may fail while it is read: that is no fault of what is written meanwhile."""

    def __init__(self, stream: _Readable) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        """The next bytes. Raises `GuideRefusedError`."""
        try:
            return self._stream.read(size)
        except OSError as error:
            raise GuideRefusedError(f"The file cannot be read: {error.strerror}.") from error


class _Begun:
    """A stream whose beginning is known, and which can go back to its beginning while nothing else was read."""

    def __init__(self, stream: _Readable) -> None:
        self.head = stream.read(HEAD)
        self._stream, self._at = stream, 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes."""
        piece = self.head[self._at : self._at + size]
        self._at += len(piece)
        return piece or self._stream.read(size)

    def seek(self, _start: int) -> None:
        """Back to the beginning."""
        self._at = 0


class _Limited:
    """A stream that ends with a refusal when more comes out of it than is allowed."""

    def __init__(self, stream: _Readable, megabytes: int) -> None:
        self._stream, self._megabytes = stream, megabytes
        self._left = megabytes * MEGABYTE

    def read(self, size: int) -> bytes:
        """The next bytes. Raises `GuideRefusedError`."""
        piece = self._stream.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise GuideRefusedError(TOO_LARGE.format(self._megabytes))
        return piece


def _refuse_web_page(head: bytes) -> None:
    """A server's error page is seldom XML; what a parser says of it helps nobody."""
    # Pages may begin with a line break or a byte-order mark.
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
        raise GuideRefusedError("The file is a web page, perhaps an error message, and not a guide.")
