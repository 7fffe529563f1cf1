"""Writes the .zip of a .docx byte by byte, and reads one with limits.

Python's zipfile can neither copy deflated bytes as they are nor promise the same bytes with another build of zlib;
a letter from the archive needs both. The layout is APPNOTE.TXT 6.3.10, sections 4.3.7 and 4.3.12, without
extensions: names in UTF-8, one fixed date, no permissions.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
MAX_FILE = 20_000_000  # bytes of a .docx
MAX_ENTRIES = 1_000
MAX_CONTENT = 100_000_000  # bytes of all entries, unpacked
_VERSION = 20
_UTF8 = 0x0800
_DATE = (1980 - 1980) << 9 | 1 << 5 | 1  # 1 January 1980, the first date a .zip can hold


class UnsafeZipError(Exception):
    """The file is not a .zip, or one that would harm whoever unpacks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """An entry ready to be written: ``data`` as stored, ``crc`` and ``size`` of the unpacked content."""

    name: str
    data: bytes
    method: int
    crc: int
    size: int


def deflate(name: str, content: bytes, *, level: int = 9) -> Packed:
    """Pack ``content`` with zlib's ``level``, 1 to 9; what is already packed (pictures) is stored."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    data = packer.compress(content) + packer.flush()
    if len(data) >= len(content):
        return store(name, content)
    return Packed(name=name, data=data, method=DEFLATED, crc=zlib.crc32(content), size=len(content))


def store(name: str, content: bytes) -> Packed:
    """Return ``content`` as an entry that is not compressed."""
    return Packed(name=name, data=content, method=STORED, crc=zlib.crc32(content), size=len(content))


def unpack(entry: Packed) -> bytes:
    """Return an entry's content; raises ValueError if it is damaged."""
    try:
        content = zlib.decompress(entry.data, -15) if entry.method == DEFLATED else entry.data
    except zlib.error as error:
        raise ValueError(f"the archived part {entry.name} is damaged") from error
    if len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise ValueError(f"the archived part {entry.name} is damaged")
    return content


def lay_out(entries: Iterable[Packed], *, offset: int = 0) -> tuple[bytes, bytes, int]:
    """Return the entries as (local part, central directory, count), the local part starting at ``offset``."""
    local = bytearray()
    central = bytearray()
    count = 0
    for entry in entries:
        name = entry.name.encode("utf-8")
        common = struct.pack(
            "<HHHHHIIIHH", _VERSION, _UTF8, entry.method, 0, _DATE, entry.crc, len(entry.data), entry.size, len(name), 0
        )
        place = offset + len(local)
        central += b"PK\x01\x02" + struct.pack("<H", _VERSION) + common
        central += struct.pack("<HHHII", 0, 0, 0, 0, place) + name
        local += b"PK\x03\x04" + common + name + entry.data
        count += 1
    return bytes(local), bytes(central), count


def close(local: bytes, central: bytes, count: int) -> bytes:
    """Return the whole .zip: entries, directory and its end record."""
    return b"".join((local, central, end_record(len(local), len(central), count)))


def end_record(local: int, central: int, count: int) -> bytes:
    """Return the end of a .zip by the bytes of its entries and of its directory."""
    return b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, central, local, 0)


def read_zip(data: bytes) -> dict[str, bytes]:
    """Return the content of each entry; raises `UnsafeZipError` with the reason."""
    if len(data) > MAX_FILE:
        raise UnsafeZipError(f"the file is larger than {MAX_FILE // 1_000_000} MB")
    # What zipfile raises for spoilt files: NotImplementedError for a compression or version that it does not know,
    # RuntimeError for a locked entry, ValueError and OSError for positions outside the file.
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_entries(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise UnsafeZipError("the file is not a .zip, or a damaged one") from error


def _read_entries(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_ENTRIES:
        raise UnsafeZipError(f"the file holds more than {MAX_ENTRIES} parts")
    contents: dict[str, bytes] = {}
    left = MAX_CONTENT
    for entry in entries:
        if entry.filename in contents or entry.filename.startswith("/") or ".." in entry.filename.split("/"):
            raise UnsafeZipError(f"the part «{entry.filename}» has a name that is not allowed or is there twice")
        if entry.flag_bits & 1:
            raise UnsafeZipError("the file is protected by a password")
        with archive.open(entry) as stream:
            contents[entry.filename] = stream.read(left + 1)  # never trust the size that is announced
        left -= len(contents[entry.filename])
        if left < 0:
            raise UnsafeZipError(f"unpacked, the file is larger than {MAX_CONTENT // 1_000_000} MB")
    return contents
