"""Bytes of a channel list as text: whatever it is packed and encoded in, within a measure."""

from __future__ import annotations

import codecs
import io
import re
import zlib
from gzip import GzipFile
from typing import BinaryIO, Final

from epg.channels.records import LARGEST_FILE, ChannelsRefusedError

_GZIP: Final = b"\x1f\x8b"
# A packed file that a server packed once more.
_MOST_LAYERS: Final = 2
_LINE_END: Final = re.compile("\r\n|\n|\r")


def read_bytes(stream: BinaryIO) -> bytes:
    """The whole of it, unpacked where it is gzip. Raises `ChannelsRefusedError` beyond 64 MB."""
    content = _within_measure(stream)
    for _ in range(_MOST_LAYERS):
        if content.startswith(_GZIP):
            content = _unpacked(content)
    return content


def _unpacked(content: bytes) -> bytes:
    try:
        return _within_measure(GzipFile(fileobj=io.BytesIO(content)))
    except (OSError, EOFError, zlib.error):
        raise ChannelsRefusedError("The file is damaged: it begins as gzip and cannot be unpacked.") from None


def _within_measure(stream: BinaryIO | GzipFile) -> bytes:
    content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ChannelsRefusedError(f"The file is larger than {LARGEST_FILE // 1024**2} MB; no list of channels is.")
    return content


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the encoding's name: UTF-16 by its mark, else UTF-8, else Latin-1, in which every byte is a letter.

    Raises `ChannelsRefusedError` for what is no text.
    """
    for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if content.startswith(mark):
            return _of_text(content.decode("utf-16", "replace")), "UTF-16"
    try:
        return _of_text(content.decode("utf-8-sig")), "UTF-8"
    except UnicodeDecodeError:
        return _of_text(content.decode("latin-1")), "Latin-1"


def _of_text(text: str) -> str:
    if "\0" in text:
        raise ChannelsRefusedError("The file is no text: it holds zero bytes.")
    return text


def lines_of(text: str) -> list[str]:
    """Its lines. Other than `splitlines`, not divided at signs that stand in names, as U+2028 or a form feed."""
    return _LINE_END.split(text)
