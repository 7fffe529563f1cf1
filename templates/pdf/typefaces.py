"""The typefaces that PDF files are set in: they come with the installation, never from the machine or the network.

Noto Sans, Noto Serif, Amiri and Noto Sans CJK, all under the SIL Open Font License 1.1, which allows
them to be embedded in documents.
"""

from __future__ import annotations

import re
import struct
from functools import cache
from importlib.resources import files
from pathlib import Path

_PACKAGES = (
    "fontpkg_noto_sans",
    "fontpkg_noto_serif",
    "fontpkg_amiri",
    "manimgx_fonts_cjk",
)
_SUFFIXES = (".ttf", ".otf", ".ttc")
REPLACEMENT = "\ufffd"
# What no reader sees and PDF/A does not allow, or fonts have no sign for (Unicode's default ignorable code points).
_UNSEEN = re.compile("[\u00ad\u034f\u180b-\u180e\u200b\u2060-\u2065\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")  # Amiri has signs there that mean nothing elsewhere


@cache
def font_files() -> tuple[Path, ...]:
    """Return the files of all typefaces, in the same order on every machine."""
    found = [
        path
        for package in _PACKAGES
        for path in sorted(Path(str(files(package))).rglob("*"))
        if path.name.endswith(_SUFFIXES)
    ]
    return tuple(found)


def displayable(text: str) -> str:
    """Return ``text`` as the typefaces can show it: what they have no sign for becomes U+FFFD, «�»."""
    if text.isascii():
        return text
    text = _UNSEEN.sub("", text)
    missing = undisplayable(text)
    return text.translate(dict.fromkeys(map(ord, missing), REPLACEMENT)) if missing else text


def undisplayable(text: str) -> str:
    """Return the characters of ``text`` that no typeface has a sign for, each once, in order of their numbers."""
    seen = {character for character in set(_UNSEEN.sub("", text)) if character > "~"}
    covered = _covered()
    return "".join(sorted(char for char in seen if ord(char) not in covered or _PRIVATE.match(char)))


@cache
def _covered() -> frozenset[int]:
    points: set[int] = set()
    for path in font_files():
        points |= _characters(path)
    return frozenset(points)


def _characters(path: Path) -> set[int]:
    """Return the characters of a font by its «cmap» table (OpenType 1.9: «cmap», format 12; font collections).

    The faces of a collection share the characters that matter here, so the first stands for all. A font without a
    table of that format (Amiri's bold) is passed over: its regular face has one.
    """
    data = path.read_bytes()
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    tables = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0]
        for at in range(start + 12, start + 12 + 16 * struct.unpack_from(">H", data, start + 4)[0], 16)
    }
    table = tables[b"cmap"]
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", data, table + 2)[0]):
        offset = table + struct.unpack_from(">I", data, table + 8 + 8 * number)[0]
        if struct.unpack_from(">H", data, offset)[0] == 12:
            groups = struct.unpack_from(">I", data, offset + 12)[0]
            for first, last, _ in struct.iter_unpack(">III", data[offset + 16 : offset + 16 + 12 * groups]):
                found.update(range(first, last + 1))
    return found
