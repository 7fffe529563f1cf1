"""Names that senders gave to files, made safe to print, to list and to save under."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

_LONGEST = 120  # characters, and at most twice as many bytes: file systems end at 255
_LONGEST_ENDING = 12
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, marks of direction, what has no shape
_REFUSED = re.compile(r'[<>:"|?*]')  # by other systems' file systems
# Names that Windows keeps for devices, with whatever ending.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_ENDINGS = {"message/rfc822": ".eml", "message/global": ".eml", "text/calendar": ".ics", "application/ms-tnef": ".dat"}


def safe_file_name(name: str, *, media_type: str = "", number: int = 1) -> str:
    """Return ``name`` as the name of a file in whatever folder: never a path, never hidden, never empty.

    A part without a name is called after its number, with the ending of its ``media_type``.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name[:4_000])[-1])
    name = "".join(character for character in name if unicodedata.category(character) not in _UNSEEN)
    name = " ".join(_REFUSED.sub("_", name).split()).strip(" .")
    if not name:
        return f"attachment-{number}{_ending(media_type)}"
    if _RESERVED.match(name) or name.startswith(("-", "~")):
        name = f"_{name}"
    return _shortened(name)


def numbered(name: str, number: int) -> str:
    """Return the name of a further file of that name: «scan (2).pdf»."""
    stem, ending = _parted(name)
    return f"{stem} ({number}){ending}"


def _ending(media_type: str) -> str:
    return _ENDINGS.get(media_type) or mimetypes.guess_extension(media_type, strict=True) or ""


def _parted(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and len(ending) <= _LONGEST_ENDING else (name, "")


def _shortened(name: str) -> str:
    stem, ending = _parted(name)
    stem = stem[: _LONGEST - len(ending)]
    while len((stem + ending).encode("utf-8")) > 2 * _LONGEST:
        stem = stem[:-1] if stem else stem
        ending = ending if stem else ""
    return (stem.rstrip(" .") or "file") + ending
