"""Which kind of file came back: told by what it holds, not by its name."""

from __future__ import annotations

import re

from locales.exchange.model import Exchange, refused
from locales.exchange.pack import read_pack
from locales.exchange.po_reading import looks_like_po, read_po
from locales.exchange.word_reading import read_word_table
from locales.exchange.xliff import read_xliff
from office.ziplayout import UnsafeZipError, read_zip

_FORMAT = "exchange-format"
_SAVE_AS = "Open it, and save it as «Word Document (.docx)»."
_TMX = re.compile(rb"<(?:\w+:)?tmx[\s>]")
_OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of old Word, or one with a password", _SAVE_AS),
    (b"{\\rtf", "a Rich Text document", _SAVE_AS),
    (b"%PDF", "a PDF", "Ask for the file itself: a PDF cannot be imported."),
    (b"\xde\x12\x04\x95", "a compiled catalogue (.mo)", "Ask for the .po file from which it was made."),
    (b"\x95\x04\x12\xde", "a compiled catalogue (.mo)", "Ask for the .po file from which it was made."),
)


def read_exchange(data: bytes, *, name: str) -> Exchange:
    """Read a PO, XLIFF or Word file or a pack; ``name`` is the file's in findings. Nothing is raised."""
    for beginning, what, hint in _OTHERS:
        if data.startswith(beginning):
            return refused(name, _FORMAT, f"is {what}", hint)
    if data.startswith(b"PK\x03\x04"):
        return _read_package(data, name)
    if _TMX.search(data[:4000]):
        hint = "Take it into the memory: circulars translate memory import FILE.tmx"
        return refused(name, _FORMAT, "is a translation memory (TMX)", hint)
    if looks_like_po(data):
        return read_po(data, name=name)
    return read_xliff(data, name=name)


def _read_package(data: bytes, name: str) -> Exchange:
    try:
        parts = read_zip(data)
    except UnsafeZipError as error:
        return refused(name, _FORMAT, f"cannot be unpacked: {error}", "Ask for it again.")
    if parts.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument"):
        return refused(name, _FORMAT, "is an OpenDocument file", _SAVE_AS)
    if "[Content_Types].xml" in parts:
        return read_word_table(data, name=name)
    return read_pack(data, name=name)
