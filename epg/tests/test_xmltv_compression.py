"""Guides compressed with gzip and xz."""

from __future__ import annotations

import gzip
import io
import lzma
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from epg.errors import GuideRefusedError
from epg.tests.guides import channel, guide, programme
from epg.xmltv import decompressed, read_guide
from epg.xmltv.compression import BYTES_AT_A_TIME

BOTH = pytest.mark.parametrize("compress", [gzip.compress, lzma.compress])
TEXT = guide(channel(), *(programme("0600", "0700", f"{number}") for number in range(999))).getvalue()


def unpacked(packed: bytes) -> bytes:
    """What comes out of this file."""
    return decompressed(io.BytesIO(packed)).read()


@pytest.mark.parametrize("compress", [bytes, gzip.compress, lzma.compress])
def test_a_compressed_guide_is_told_by_its_first_bytes(compress: Callable[[bytes], bytes]) -> None:
    assert len(list(read_guide(decompressed(io.BytesIO(compress(TEXT)))))) == 1000


@BOTH
@pytest.mark.parametrize("size", [1, 100, BYTES_AT_A_TIME, 10 * BYTES_AT_A_TIME])
def test_it_may_be_read_in_pieces_of_any_size(compress: Callable[[bytes], bytes], size: int) -> None:
    stream = decompressed(io.BytesIO(compress(TEXT)))

    assert b"".join(iter(lambda: stream.read(size), b"")) == TEXT


@BOTH
def test_several_members_are_one_file(compress: Callable[[bytes], bytes]) -> None:
    packed = compress(TEXT[:5000]) + compress(b"") + compress(TEXT[5000:])

    assert unpacked(packed) == TEXT


@BOTH
@pytest.mark.parametrize("rest", [b"\0" * 4, b"\0" * 200_000, b"garbage", b"\0\0garbage", b"\x1f"])
def test_what_is_no_member_behind_the_last_is_not_looked_at(compress: Callable[[bytes], bytes], rest: bytes) -> None:
    assert unpacked(compress(TEXT) + rest) == TEXT


@BOTH
def test_a_member_behind_padding_is_read(compress: Callable[[bytes], bytes]) -> None:
    assert unpacked(compress(TEXT) + b"\0" * 70_000 + compress(TEXT)) == TEXT * 2


@BOTH
@pytest.mark.parametrize("missing", [1, 8, 20, 500])
def test_a_compressed_guide_that_was_cut_off_is_refused(compress: Callable[[bytes], bytes], missing: int) -> None:
    packed = compress(TEXT)

    with pytest.raises(GuideRefusedError, match="damaged or incomplete"):
        list(read_guide(decompressed(io.BytesIO(packed[:-missing]))))


@BOTH
def test_a_compressed_guide_that_was_damaged_is_refused(compress: Callable[[bytes], bytes]) -> None:
    packed = bytearray(compress(TEXT))
    packed[len(packed) // 2] ^= 0xFF

    with pytest.raises(GuideRefusedError):
        list(read_guide(decompressed(io.BytesIO(packed))))


@BOTH
def test_a_second_member_that_was_cut_off_is_refused(compress: Callable[[bytes], bytes]) -> None:
    with pytest.raises(GuideRefusedError, match="damaged or incomplete"):
        unpacked(compress(TEXT) + compress(TEXT)[:-9])


@BOTH
def test_memory_does_not_grow_with_what_comes_out(compress: Callable[[bytes], bytes]) -> None:
    packed = io.BytesIO(compress(b" " * 20_000_000))
    tracemalloc.start()
    stream = decompressed(packed)
    size = sum(len(piece) for piece in iter(lambda: stream.read(BYTES_AT_A_TIME), b""))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size == 20_000_000
    assert peak < 12_000_000, "8 MiB are the dictionary of xz"


def test_an_xz_file_may_not_demand_any_amount_of_memory() -> None:
    # The header of the first block, https://tukaani.org/xz/xz-file-format.txt: 40 stands for a dictionary of 4 GiB.
    packed = bytearray(lzma.compress(TEXT))
    end = 12 + (packed[12] + 1) * 4
    packed[16] = 40
    packed[end - 4 : end] = zlib.crc32(packed[12 : end - 4]).to_bytes(4, "little")

    with pytest.raises(GuideRefusedError, match="more than 100 MiB of memory"):
        unpacked(bytes(packed))


def test_the_strongest_xz_is_read() -> None:
    assert unpacked(lzma.compress(TEXT, preset=9 | lzma.PRESET_EXTREME)) == TEXT
