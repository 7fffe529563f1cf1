"""The words of a letter's data for PDF, as a template is given them: to prove that none were lost on the way."""

from __future__ import annotations

import json

from templates.frame import BOX, TICKED_BOX
from templates.reading_back import linked

_TOLD_OTHERWISE = frozenset({
    "language", "direction", "office_name", "signatory_name", "facsimile", "manner", "kind", "level", "start", "ticked",
    "spoken", "alignments", "widths", "number", "link",
})  # fmt: skip
# What stands on lines of its own; within anything else, words follow each other.
_APART = frozenset({
    "references", "contacts", "addressees", "subject", "copies", "annexes", "title", "body", "blocks", "items", "rows",
})  # fmt: skip


def words_of_data(data: str) -> str:
    """Return the words of a letter's JSON text (`PdfForm.data_for`); a link's address follows its words."""
    return "\n\n".join(_words(part) for part in json.loads(data)["parts"])


def _words(node: object) -> str:  # noqa: C901, PLR0911 - one line a kind of node
    match node:
        case str():
            return node
        case list():
            return "".join(map(_words, node))
        case {"br": _}:
            return "\n"
        case {"ltr": str(text)} | {"unbroken": str(text)} | {"web": str(text)}:
            return text
        case {"box": is_ticked}:
            return TICKED_BOX if is_ticked else BOX
        case {"link": str(address), "words": words}:
            return linked(_words(words), "" if address == "#" else address)
        case {"strong": inner} | {"emphasis": inner}:
            return _words(inner)
        case {"label": label, "value": value}:
            return _words(label) + _words(value)
        case {"footnote": inner}:
            return f"\n{_words(inner)}\n"
        case dict():
            return "\n".join(_member(name, value) for name, value in node.items() if name not in _TOLD_OTHERWISE)
        case _:
            return ""


def _member(name: str, value: object) -> str:
    if name == "rows" and isinstance(value, list):
        return "\n".join(_words(cell) for row in value for cell in row)
    return "\n".join(map(_words, value)) if name in _APART and isinstance(value, list) else _words(value)
