"""Pictures that letters carry: a logo, a signature. PNG and JPEG, told by their content, never by their names.

Sources: PNG, W3C Recommendation, sections 5.3 (chunks) and 11.2.1 (IHDR); JPEG, ITU-T T.81, annex B (SOF, EOI).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from office.errors import InputError

MAX_PICTURE = 5_000_000  # bytes
MAX_SIDE = 10_000  # pixels
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"  # a preview within the picture ends before the picture's frame
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # SOF0-SOF15 without DHT, JPG and DAC
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture; ``width`` and ``height`` in pixels."""

    content: bytes
    media_type: Literal["image/png", "image/jpeg"]
    width: int
    height: int

    @property
    def suffix(self) -> str:
        """The ending of a file's name: ``png`` or ``jpeg``."""
        return self.media_type.removeprefix("image/")


def read_picture(path: Path) -> Picture:
    """Return the picture in a file; raises `InputError` if it is missing, too large, or no whole PNG or JPEG."""
    try:
        too_large = path.stat().st_size > MAX_PICTURE
        content = b"" if too_large else path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The picture {path.name} cannot be read: {error.strerror}.", hint="Look at its name in office.toml."
        ) from error
    if too_large:
        raise InputError(
            f"The picture {path.name} is larger than {MAX_PICTURE // 1_000_000} MB.", hint="Save it smaller."
        )
    picture = picture_of(content)
    if picture is None:
        raise InputError(
            f"{path.name} is not a PNG or JPEG picture, or not a whole one.", hint="Save it again, as PNG."
        )
    return picture


def picture_of(content: bytes) -> Picture | None:
    """Return what ``content`` shows, or None if it is no whole PNG or JPEG of a sensible size."""
    try:
        if content.startswith(_PNG) and content[12:16] == b"IHDR":
            width, height = struct.unpack(">II", content[16:24])
            return _sized(content, "image/png", width, height) if _is_whole_png(content) else None
        if content.startswith(_JPEG):
            width, height = _jpeg_size(content)
            return _sized(content, "image/jpeg", width, height)
    except (struct.error, IndexError):
        pass
    return None


def _sized(content: bytes, media_type: Literal["image/png", "image/jpeg"], width: int, height: int) -> Picture | None:
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        return None
    return Picture(content=content, media_type=media_type, width=width, height=height)


def _is_whole_png(content: bytes) -> bool:
    """Tell whether every chunk is undamaged to the last; raises struct.error where the file was cut off."""
    at, kind = len(_PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        (crc,) = struct.unpack_from(">I", content, at + 8 + length)
        if zlib.crc32(content[at + 4 : at + 8 + length]) != crc:
            return False
        at += 12 + length
    return True


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Return (width, height) from the first frame header; (0, 0) without one, or without an end of the picture."""
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            break
        marker = content[at + 1]
        if marker == 0xFF or marker in _ALONE:  # fill bytes, and markers that stand alone
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return (width, height) if content.find(_JPEG_END, at) >= 0 else (0, 0)
        at += 2 + length
    return 0, 0
