"""What each segment of a letter is, in words for translators: a heading, a list item, a table cell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from letters.model import Letter
from letters.places import letter_folder
from letters.segments import TEXTS_CONTEXT, Segment, segments
from letters.sources import read_source
from locales.merging import fold
from office.model import Office

_SIGNS = (
    (re.compile(r"\s*#"), "Heading"),
    (re.compile(r"\s*\[\^[^\]]+\]:"), "Footnote"),
    (re.compile(r"\s*(?:[-*+]|\d+[.)])\s"), "List item"),
    (re.compile(r".*(?<!\\)\|(?![^{]*\}\})"), "Table cell"),
)


def segment_notes(letter: Letter, office: Office) -> Mapping[tuple[str, str], str]:
    """Return what each segment is (heading, list item …), by its context and folded msgid."""
    lines: dict[str, list[str]] = {}
    notes: dict[tuple[str, str], str] = {}
    for segment in segments(letter, office, optional=True):
        if segment.file not in lines:
            text, _ = read_source(
                letter_folder(letter.slug, office) / segment.file.rpartition("/")[2], file=segment.file
            )
            lines[segment.file] = text.split("\n")
        notes[segment.context, fold(segment.msgid)] = _note(segment, letter, lines[segment.file])
    return notes


def _note(segment: Segment, letter: Letter, lines: list[str]) -> str:
    if segment.context == TEXTS_CONTEXT:
        names = (f"{{{{ texts.{key} }}}}" for key, text in letter.texts.items() if text == segment.msgid)
        return f"Short text {', '.join(names)}"
    line = lines[segment.line - 1] if segment.line and segment.line <= len(lines) else ""
    return next((what for sign, what in _SIGNS if sign.match(line)), "Paragraph")
