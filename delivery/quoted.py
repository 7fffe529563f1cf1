"""Quoted-printable in stretches that can be joined (RFC 2045 section 6.7).

Every stretch is encoded so that it begins and ends at the start of a line: where the text goes on, a soft line
break stands between. So the constant stretches of a form are encoded once, an addressee's values alone, and
joining them is all that is left to do per message.

Beyond the rule, a full stop and «From » at the start of a line are encoded: nothing on the way has a reason
to touch them (RFC 5321 section 4.5.2, the mbox format).
"""

from __future__ import annotations

import re

CRLF = b"\r\n"
_SOFT = b"=\r\n"
_ROOM = 75  # characters of a line before its soft line break
_NEWLINES = re.compile(r"\r\n|\r|\n")
_PLAIN_LINE = re.compile(r"(?!\.|From )[ -<>-~]{0,75}(?<! )")


def encode_stretch(text: str) -> bytes:
    """Encode ``text``; its newlines are hard line breaks, and its end is a soft one unless it ends in a newline."""
    *lines, last = _NEWLINES.split(text)
    encoded = [_encode_line(line, ends=True) for line in lines]
    if last:
        encoded.append(_encode_line(last, ends=False))
    return b"".join(encoded)


def _encode_line(line: str, *, ends: bool) -> bytes:
    closing = CRLF if ends else _SOFT
    if _PLAIN_LINE.fullmatch(line):
        return line.encode("ascii") + closing
    pieces: list[str] = []
    room = _ROOM
    for place in range(len(line)):
        written = _written(line, place, starts=room == _ROOM, ends=ends and place == len(line) - 1)
        if len(written) > room:
            pieces.append("=\r\n")
            room = _ROOM
            written = _written(line, place, starts=True, ends=ends and place == len(line) - 1)
        pieces.append(written)
        room -= len(written)
    return "".join(pieces).encode("ascii") + closing


def _written(line: str, place: int, *, starts: bool, ends: bool) -> str:
    character = line[place]
    if "!" <= character <= "~" and character != "=":
        if starts and (character == "." or line.startswith("From ", place)):
            return f"={ord(character):02X}"
        return character
    if character in " \t" and not ends:
        return character
    return "".join(f"={byte:02X}" for byte in character.encode("utf-8", "replace"))
