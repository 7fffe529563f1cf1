"""`translate export --as pack`: all that a translator needs for one language, in one file."""

from __future__ import annotations

from letters.segments import body_stem
from locales.exchange.earlier import find_earlier
from locales.exchange.model import Exchange
from locales.exchange.pack import write_pack
from locales.memory.index import Memory
from pipeline.desk import Desk
from pipeline.letter_folders import open_draft
from pipeline.previewing import preview_draft

_COPIES = ("html", "docx")


def make_pack(desk: Desk, exchange: Exchange, memory: Memory) -> bytes:
    """Return the pack of a letter that is exchanged in one language; ``memory`` holds earlier letters.

    Raises what `preview_draft` raises for a letter that cannot be shown.
    """
    return write_pack(
        exchange, pages=reading_copies(desk, exchange.slug), passages=find_earlier(exchange, memory), memory=memory
    )


def reading_copies(desk: Desk, slug: str) -> dict[str, bytes]:
    """Return the letter in its source language, numbered as in the XLIFF file: a copy for each text of it."""
    letter = open_draft(desk, slug)
    classes: dict[str, str] = {}  # the first class that gets a text, by the stem of the text
    for audience in letter.audiences:
        classes.setdefault(body_stem(letter, desk.office, audience.name), audience.name)
    copies: dict[str, bytes] = {}
    for stem, class_name in classes.items():
        which = "reading-copy" if stem == "body" else f"reading-copy.{class_name}"
        for kind in _COPIES:
            draft = preview_draft(desk, slug, letter.source, kind=kind, class_name=class_name, is_numbered=True)
            copies[f"{which}.{kind}"] = draft.content
    return copies
