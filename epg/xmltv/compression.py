"""Guides that come compressed with gzip or xz."""

from __future__ import annotations

import io
import lzma
import zlib
from typing import BinaryIO, Final, Protocol, cast

from epg.errors import GuideRefusedError

GZIP_MAGIC: Final = b"\x1f\x8b"
XZ_MAGIC: Final = b"\xfd7zXZ\x00"
BYTES_AT_A_TIME: Final = 65_536
# The strongest preset of xz, -9, needs 65 MiB. The header of a file may demand any amount.
MOST_MEMORY_FOR_XZ: Final = 100 * 1024 * 1024
DAMAGED: Final = "The compressed file is damaged or incomplete."


def decompressed(stream: BinaryIO) -> BinaryIO:
    """The bytes of a file that may be compressed with gzip or xz, told by its first bytes; it must be seekable.

    Several compressed files one behind the other are one, as gzip and xz themselves see it, and what is no such file
    behind the last one is not looked at. Memory does not grow with what comes out, whatever was put in. Reading
    raises `GuideRefusedError` when the file is damaged or cut off.
    """
    magic = stream.read(len(XZ_MAGIC))
    stream.seek(0)
    for kind in (_GzipMember, _XzMember):
        if magic.startswith(kind.magic):
            return cast("BinaryIO", io.BufferedReader(_Unpacking(stream, kind), BYTES_AT_A_TIME))
    return stream


class _Member(Protocol):
    """One compressed file of perhaps several; the interface is that of `lzma.LZMADecompressor`."""

    magic: bytes

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _GzipMember:
    magic = GZIP_MAGIC

    def __init__(self) -> None:
        # 16 + 15 bits: a gzip header is expected, and length and checksum are compared.
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class _XzMember:
    magic = XZ_MAGIC

    def __init__(self) -> None:
        self._inner = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY_FOR_XZ)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(data, max_length)


class _Unpacking(io.RawIOBase):
    """A readable stream of what the members of a compressed file hold."""

    def __init__(self, stream: BinaryIO, kind: type[_GzipMember | _XzMember]) -> None:
        self._stream = stream
        self._kind = kind
        self._member: _Member | None = kind()
        self._input = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stubs want any buffer
        try:
            data = self._unpack(len(buffer))
        except (EOFError, zlib.error):
            raise GuideRefusedError(DAMAGED) from None
        except lzma.LZMAError as error:
            raise GuideRefusedError(_complaint(error)) from None
        buffer[: len(data)] = data
        return len(data)

    def _unpack(self, size: int) -> bytes:
        data = b""
        while self._member is not None and not data:
            given = self._take() if self._member.needs_input else b""
            was_waiting = self._member.needs_input
            data = self._member.decompress(given, size)
            if self._member.eof:
                self._open_next(self._member.unused_data)
            elif was_waiting and not given and not data:
                raise EOFError
        return data

    def _take(self) -> bytes:
        taken, self._input = self._input or self._stream.read(BYTES_AT_A_TIME), b""
        return taken

    def _open_next(self, rest: bytes) -> None:
        """Go on with the member behind the padding, if there is one."""
        while len(rest := rest.lstrip(b"\0")) < len(self._kind.magic) and (more := self._stream.read(BYTES_AT_A_TIME)):
            rest += more
        self._input = rest
        self._member = self._kind() if rest.startswith(self._kind.magic) else None


def _complaint(error: lzma.LZMAError) -> str:
    if "limit" in str(error):
        return f"Unpacking the file takes more than {MOST_MEMORY_FOR_XZ // 1024**2} MiB of memory."
    return DAMAGED
