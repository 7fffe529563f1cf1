"""A composed letter as data for the Typst template: JSON with the marks of an addressee's values.

The letter is data, never markup: what translators wrote and what addressees are called are JSON strings only, so that
nothing in them can be taken for a command of Typst. The shape is described in docs/templates.md.

An array whose elements depend on an addressee ends in ``null``, so that it is JSON whichever branch is taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from letters.blocks import (
    Block,
    Conditional,
    Emphasis,
    Footnote,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    PageBreak,
    Paragraph,
    Quote,
    Strong,
    Table,
    Text,
    Value,
)
from letters.composed import Annex, Composed, Line
from letters.model import Signature
from templates.addresses import NOWHERE, compiled_address, whole_address
from templates.emphasis import manner_of, manner_within
from templates.escapes import json_text, json_within, one_line
from templates.forms import ELSE_MARK, END_MARK, Form, compile_form, if_mark, slot_mark
from templates.frame import LabelledLine, constant, contact_lines, reference_lines, sole_value, with_colon
from templates.text import title_line

_NARROWEST, _WIDEST = 6, 40  # characters: no column of a table is given less room, or more
_TYPICAL_VALUE = 20  # characters of an addressee's value


def letter_data(composed: Composed, *, logo: str = "", facsimile: str = "", colour: str, typeface: str) -> Form:
    """Return the form of the JSON text.

    ``logo`` and ``facsimile`` are names among the form's files, empty if there is none; ``colour`` is ``#rrggbb``;
    ``typeface`` «sans» or «serif».
    """
    title = title_line(composed, lambda index: slot_mark(index, "json-line"), json_within)
    members = {
        "language": _quoted(composed.language),
        "title": f'"{title}"' if title else _quoted(composed.reference or composed.slug),
        "author": _quoted(composed.office_name),
        "reference": _quoted(composed.reference),
        "date": _quoted(composed.date.isoformat() if composed.date else ""),
        "colour": _quoted(colour),
        "typeface": _quoted(typeface),
        "logo": _quoted(logo),
        "parts": _array(_PdfPart(part).letter(facsimile) for part in composed.parts),
    }
    return compile_form(_object(members))


def _quoted(text: str) -> str:
    return json.dumps(one_line(constant(text)), ensure_ascii=False)


def _array(elements: Iterable[str]) -> str:
    return "[" + ",".join(elements) + "]"


def _object(members: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{value}' for name, value in members.items()) + "}"


class _PdfPart:
    """Writes one part of a letter as JSON text; every method returns a JSON value."""

    def __init__(self, composed: Composed) -> None:
        self.composed = composed
        self.direction: str = composed.direction
        self.spoken = composed.spoken

    def letter(self, facsimile: str) -> str:
        composed = self.composed
        lines = {
            "date_line": self.inline(composed.date_line),
            "references": _array(self.labelled(line) for line in reference_lines(composed)),
            "contacts": _array(self.labelled(line) for line in contact_lines(composed)),
            "addressees_lead": self.text(composed.addressees_lead),
            "addressees": _array(self.text(line) for line in composed.addressees),
            "address": self.address(),
            "subject_label": self.text(with_colon(composed.subject_label, composed.language)),
            "subject": _array(self.inline(line) for line in composed.subject),
            "salutation": self.frame_line(composed.salutation),
            "body": self.blocks(composed.body),
            "closing": self.frame_line(composed.closing),
            "signature_note": self.text(composed.signature_note),
            "manner": f'"{manner_of(composed.signature_note)}"',
            "facsimile": _quoted(facsimile if composed.signature is Signature.FACSIMILE else ""),
            "signatory": self.text(composed.signatory_name),
            "signatory_title": self.text(composed.signatory_title),
            "copies_label": self.text(with_colon(composed.copies_label, composed.language)),
            "copies": _array(self.text(line) for line in composed.copies),
            "annexes": _array(self.annex(annex) for annex in composed.annexes),
        }
        return _object(
            {
                "language": _quoted(composed.language),
                "direction": _quoted(composed.direction),
                "office": self.text(composed.office_name),
                "office_name": _quoted(composed.office_name),
                "signatory_name": _quoted(composed.signatory_name),
                "unit": self.text(composed.unit),
                **lines,
            }
        )

    def text(self, text: str) -> str:
        return json_text(constant(text), self.direction)

    def address(self) -> str:
        value = self.composed.address
        if value is None or self.composed.addressees:
            return "null"
        return f"{if_mark(value.index)}{self.value(value)}{ELSE_MARK}null{END_MARK}"

    def value(self, value: Value) -> str:
        return slot_mark(value.index, "json", self.direction)

    def frame_line(self, line: Line) -> str:
        """Return a line of the frame; ``null`` where there is none, or its only value is empty."""
        if not line:
            return "null"
        index = sole_value(line)
        written = self.inline(line)
        return written if index is None else f"{if_mark(index)}{written}{ELSE_MARK}null{END_MARK}"

    def labelled(self, line: LabelledLine) -> str:
        address = whole_address(f"{line.scheme}:{line.value}") if line.scheme in ("mailto", "tel") else NOWHERE
        return _object(
            {
                "label": self.text(line.label),
                "value": self.text(line.value),
                "link": _quoted("" if address == NOWHERE else address),
            }
        )

    def annex(self, annex: Annex) -> str:
        """Return an annex; its text runs in the direction of its own language, if it has one."""
        language = annex.language or self.composed.language
        direction = annex.direction if annex.language else self.composed.direction
        self.direction = direction
        self.spoken = annex.spoken if annex.language else self.composed.spoken
        written = _object(
            {
                "language": _quoted(language),
                "direction": _quoted(direction),
                "title": _array(self.inline(line) for line in annex.title),
                "body": self.blocks(annex.blocks),
            }
        )
        self.direction, self.spoken = self.composed.direction, self.composed.spoken
        return written

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "[" + "".join(self.block(block) for block in blocks) + "null]"

    def block(self, block: Block) -> str:
        """Return an element with the comma behind it; none or several for a condition."""
        match block:
            case Conditional(condition=int(index), then=then, otherwise=otherwise):
                first, second = ("".join(map(self.block, inner)) for inner in (then, otherwise))
                return if_mark(index) + first + ELSE_MARK + second + END_MARK
            case Paragraph(children=children):
                members = {"kind": '"paragraph"', "words": self.inline(children)}
            case Heading(level=level, children=children):
                members = {"kind": '"heading"', "level": str(max(level, 1)), "words": self.inline(children)}
            case List(ordered=ordered, start=start, items=items):
                number = str(max(start, 0)) if ordered else "null"
                members = {"kind": '"list"', "start": number, "items": _array(map(self.item, items))}
            case Table():
                members = self.table(block)
            case Quote(blocks=inner):
                members = {"kind": '"quote"', "blocks": self.blocks(inner)}
            case PageBreak():
                members = {"kind": '"page"'}
            case _:
                raise TypeError(f"a letter that is composed holds no {block!r}")
        return _object(members) + ","

    def item(self, item: ListItem) -> str:
        """Return an item; ``spoken`` is what a program says of its box to tick."""
        box = self.spoken.ticked_box if item.ticked else self.spoken.box
        members = {"ticked": json.dumps(item.ticked), "blocks": self.blocks(item.blocks)}
        return _object(members if item.ticked is None else {**members, "spoken": _quoted(box)})

    def table(self, table: Table) -> dict[str, str]:
        """Return a table whose rows all have as many cells as the longest; ``widths`` share out the line."""
        columns = max((len(row) for row in table.rows), default=0)
        rows = [(*row, *((),) * (columns - len(row))) for row in table.rows]
        ends = (table.alignments[at] if at < len(table.alignments) else "start" for at in range(columns))
        widths = (min(max(_NARROWEST, *(_length(row[at]) for row in rows)), _WIDEST) for at in range(columns))
        return {
            "kind": '"table"',
            "alignments": _array(map(_quoted, ends)),
            "widths": _array(map(str, widths)),
            "rows": _array(_array(self.inline(cell) for cell in row) for row in rows),
        }

    def inline(self, children: Iterable[Inline]) -> str:
        return _array(self.piece(child) for child in children)

    def piece(self, child: Inline) -> str:  # noqa: PLR0911 - one line a kind of inline
        match child:
            case Text(text=text):
                return self.text(text)
            case Value():
                return self.value(child)
            case Strong(children=inner):
                return _object({"strong": self.inline(inner)})
            case Emphasis(children=inner):
                return _object({"emphasis": self.inline(inner), "manner": f'"{manner_within(inner)}"'})
            case Link():
                return self.link(child)
            case LineBreak():
                return '{"br":true}'
            case Footnote(number=number, children=inner):
                return _object({"footnote": self.inline(inner), "number": str(number)})
            case _:
                raise TypeError(f"a letter that is composed holds no {child!r}")

    def link(self, link: Link) -> str:
        address = compiled_address(link.target, lambda index, detail: slot_mark(index, "json-url", detail))
        words = link.children or tuple(part for part in link.target if isinstance(part, Text | Value))
        return _object({"link": json.dumps(address, ensure_ascii=False), "words": self.inline(words)})


def _length(children: Iterable[Inline]) -> int:
    """Return about how many characters wide a cell is; Chinese ones are twice as wide."""
    width = 0
    for child in children:
        match child:
            case Text(text=text):
                width += sum(2 if "\u2e80" <= character <= "\uffef" else 1 for character in text)
            case Value():
                width += _TYPICAL_VALUE
            case Strong(children=inner) | Emphasis(children=inner) | Link(children=inner):
                width += _length(inner)
            case _:
                pass
    return width
