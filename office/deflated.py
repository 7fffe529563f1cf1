"""Deflate in stretches that can be joined (RFC 1951), and the CRC-32 of what was joined.

A stretch ends at the border of a byte and refers to nothing before its own beginning, so stretches may follow each
other in any order; `END` closes the stream. So what is the same in many documents is compressed once, and joining is
all that is left to do for each.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Callable
from functools import partial

END = b"\x01\x00\x00\xff\xff"  # an empty stored block with BFINAL set (RFC 1951 section 3.2.4)
_BLOCK = 65_535  # bytes that a stored block can hold
_HEADER = struct.Struct("<BHH")
_SHORT = 512  # bytes up to which zlib is quicker than looking up the tables of `crc_step`

CrcStep = Callable[[int], int]


def deflated(content: bytes) -> bytes:
    """Compress ``content`` as a stretch; where that does not make it shorter, return `stored`."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return min(packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH), stored(content), key=len)


def stored(content: bytes) -> bytes:
    """Return ``content`` as a stretch that is not compressed: the same bytes under any build of zlib."""
    size = len(content)
    if size <= _BLOCK:
        return _HEADER.pack(0, size, size ^ _BLOCK) + content
    return b"".join(stored(content[start : start + _BLOCK]) for start in range(0, size, _BLOCK))


def inflated(stretch: bytes, size: int) -> bytes:
    """Return a stretch's content of ``size`` bytes; raises ValueError if it is damaged or no whole stretch."""
    unpacker = zlib.decompressobj(-15)
    try:
        content = unpacker.decompress(stretch + END, size + 1)  # one byte more than expected is enough to notice
    except zlib.error as error:
        raise ValueError("a compressed stretch is damaged") from error
    if len(content) != size or not unpacker.eof or unpacker.unused_data:
        raise ValueError("a compressed stretch is damaged")
    return content


def crc_step(content: bytes) -> CrcStep:
    """Return the function from the CRC-32 of what came before to the CRC-32 with ``content`` after it.

    The function is linear over GF(2) but for a constant, so its values for the 32 single bits say everything; they
    are laid out as a table for each byte of the CRC.
    """
    if len(content) <= _SHORT:
        return partial(zlib.crc32, content)
    start = zlib.crc32(content)
    bits = [zlib.crc32(content, 1 << bit) ^ start for bit in range(32)]
    low, second, third, high = (_table(bits[first : first + 8]) for first in range(0, 32, 8))
    low = array(low.typecode, [entry ^ start for entry in low])
    return lambda crc: low[crc & 255] ^ second[crc >> 8 & 255] ^ third[crc >> 16 & 255] ^ high[crc >> 24]


def _table(bits: list[int]) -> array[int]:
    """Return for each byte the sum of the ``bits`` that are set in it."""
    entries = array("L", [0])
    for bit in bits:
        entries.extend([entry ^ bit for entry in entries])
    return entries
