"""Pictures: told by their content, measured, refused in plain words."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from office.errors import InputError
from office.pictures import MAX_PICTURE, picture_of, read_picture


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(min(height, 50))))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int, height: int, *, before: bytes = b"\xff\xe0\x00\x04ab") -> bytes:
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 8, 8, height, width, 1)
    return b"\xff\xd8" + before + frame + b"\xff\xd9"


def test_png_is_measured() -> None:
    picture = picture_of(png(30, 20))
    assert picture is not None
    assert (picture.media_type, picture.suffix, picture.width, picture.height) == ("image/png", "png", 30, 20)


@pytest.mark.parametrize("before", [b"\xff\xe0\x00\x04ab", b"\xff\xff\xff\xe1\x00\x02", b"\xff\x01\xff\xc4\x00\x02"])
def test_jpeg_is_measured_wherever_its_frame_stands(before: bytes) -> None:
    picture = picture_of(jpeg(300, 200, before=before))
    assert picture is not None
    assert (picture.media_type, picture.width, picture.height) == ("image/jpeg", 300, 200)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a", b"<svg/>", png(30, 20)[:20], png(0, 20), png(30, 60_000), b"\xff\xd8\xff", jpeg(0, 5),
        png(30, 20)[:-13], png(30, 20)[:-1], png(30, 20).replace(b"IDAT", b"IDAU"), jpeg(30, 20)[:-1],
        jpeg(30, 20, before=b"\xff\xe1\x00\x04\xff\xd9")[:-2],
        b"\xff\xd8\xff\xe0\x00", b"\xff\xd8\xff\xe0\x00\x04abXX", b"\xff\xd8\xff\xd9",
    ],
)  # fmt: skip
def test_what_is_no_picture(content: bytes) -> None:
    assert picture_of(content) is None


def test_files_are_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png(3, 2))
    assert read_picture(tmp_path / "logo.png").height == 2
    (tmp_path / "logo.gif").write_bytes(b"GIF89a")
    (tmp_path / "large.png").write_bytes(png(3, 2) + b"\0" * MAX_PICTURE)
    for name, words in {"logo.gif": "not a PNG", "none.png": "cannot be read", "large.png": "larger than 5 MB"}.items():
        with pytest.raises(InputError, match=words) as caught:
            read_picture(tmp_path / name)
        assert caught.value.hint
