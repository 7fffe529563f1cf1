"""A pack for a translator: one .zip with the XLIFF file, the letter to read with its segments numbered, and what
earlier letters said. And the pack that comes back, of which only the XLIFF file matters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from locales.exchange.earlier import Passage, earlier_page, earlier_tmx
from locales.exchange.model import Exchange, refused
from locales.exchange.xliff import read_xliff, write_xliff
from locales.memory.index import Memory
from office.ziplayout import UnsafeZipError, close, deflate, lay_out, read_zip

XLIFF_ENDINGS = (".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".mxliff")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_NOTHING_FOUND = "Nothing like this letter's texts was found in earlier letters."


def write_pack(exchange: Exchange, *, pages: Mapping[str, bytes], passages: Sequence[Passage], memory: Memory) -> bytes:
    """Return the .zip. ``pages`` are the numbered reading copies by file name, ``passages`` what `find_earlier` found.

    The same content gives the same bytes.
    """
    name = xliff_name(exchange)
    files = {"READ-ME.txt": _read_me(exchange, name, pages, passages).encode(), name: write_xliff(exchange), **pages}
    if passages:
        files["earlier.html"] = earlier_page(exchange, passages)
        files["earlier.tmx"] = earlier_tmx(exchange, passages, memory)
    return close(*lay_out(deflate(file_name(file), content) for file, content in files.items()))


def xliff_name(exchange: Exchange) -> str:
    """Return the name of a letter's XLIFF file: ``forum-2022.fr.xlf``."""
    return file_name(f"{exchange.slug or 'letter'}.{exchange.language or 'translation'}.xlf")


def file_name(text: str) -> str:
    """Return a name that is safe for a file on every system."""
    return _UNSAFE.sub("-", text).lstrip(".-")[:120] or "file"


def _read_me(exchange: Exchange, name: str, pages: Mapping[str, bytes], passages: Sequence[Passage]) -> str:
    listed = "".join(f"\n  {file_name(page)}" for page in pages)
    copies = (
        f"The letter as it is printed; the numbers beside it are those of the segments:{listed}\n\n" if pages else ""
    )
    left = sum(not unit.msgstr or unit.to_revise for unit in exchange.units)
    earlier = (
        "earlier.html shows what earlier letters said in the same place, earlier.tmx is the same for the memory of\n"
        "your tool."
        if passages
        else _NOTHING_FOUND
    )
    return f"""{exchange.reference or exchange.slug}: {exchange.source_language} to {exchange.language}
{len(exchange.units)} segments, {left} of them to be translated or revised

1. Open {name} in your translation tool (Trados, memoQ, OmegaT, Phrase or any other that
   reads XLIFF 1.2) and translate it there.
2. Dates, numbers, references and links are single elements: the letter fills them in, in the form that your
   language uses. Keep each, and put it where your sentence needs it. Do not type dates or numbers yourself.
3. Set a segment to «translated» when it is done. Where a translation is there already and its segment is to be
   revised, the source has changed a little; the former source stands beside it.
4. Send {name} back, alone or in this pack. Nothing else in the pack needs to come back.

{copies}{earlier}
"""


def read_pack(data: bytes, *, name: str) -> Exchange:
    """Read the XLIFF file in a pack that came back; findings say why nothing could be read."""
    try:
        files = read_zip(data)
    except UnsafeZipError as error:
        return refused(name, "pack-unreadable", f"cannot be opened: {error}", "Ask for it again.")
    found = [file for file in files if _is_xliff(PurePosixPath(file))]
    if not found:
        hint = "Look whether it is the right file; if the translation is in it in another form, import that file alone."
        return refused(name, "pack-empty", "holds no XLIFF file", hint)
    if len({files[file] for file in found}) > 1:
        names = ", ".join(f"«{file[-80:]}»" for file in sorted(found)[:10])
        hint = "Unpack it, and import the file that the translator has worked on."
        return refused(name, "pack-several", f"holds several XLIFF files: {names}", hint)
    return read_xliff(files[found[0]], name=f"{name}/{found[0][-120:]}")


def _is_xliff(path: PurePosixPath) -> bool:
    """Tell an XLIFF file from what packing programs add (``__MACOSX/._forum.xlf``)."""
    hidden = any(part.startswith(("__MACOSX", ".")) for part in path.parts)
    return not hidden and path.suffix.lower() in XLIFF_ENDINGS
