"""What the fields of a letterhead print: runs within a line, or paragraphs in the place of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from letters.blocks import Inline, PageBreak, Paragraph, Text
from letters.composed import Composed
from templates.escapes import one_line
from templates.forms import END_MARK, if_mark
from templates.frame import constant, contact_lines, reference_lines, with_colon
from templates.letterfields import FieldPlace
from templates.wordblocks import BlockWriter
from templates.wordinline import InlineWriter, WordContext, broken, with_properties
from templates.wordpictures import LOGO_BOX, SIGNATURE_BOX

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from office.pictures import Picture


class FrameWriter:
    """Writes a letter's fields into one part."""

    def __init__(self, context: WordContext, composed: Composed, part: str) -> None:
        self.context = context
        self.composed = composed
        self.part = part
        self.inline = InlineWriter(context, part)

    def block(self, place: FieldPlace, writer: BlockWriter, *, dependent: bool) -> str:
        """Return a block field as paragraphs; ``dependent`` ones may vanish with an addressee's empty value."""
        match place.name:
            case "body":
                return self.body(writer)
            case "annexes":
                return self.annexes(writer)
            case "references" | "contacts":
                found = "".join(writer.paragraph([Text(line)]) for line in self.lines(place.name))
            case "copies":
                found = self.copies(writer)
            case _:
                found = self.addressees(writer, dependent=dependent)
        return found or (writer.paragraph([Text(place.default)]) if place.default else "")

    def body(self, writer: BlockWriter) -> str:
        """Return the letter's text; its last paragraph stays on the page of the close, which never stands alone."""
        *blocks, last = self.composed.body or (Paragraph(()),)
        if not isinstance(last, Paragraph) or (blocks and isinstance(blocks[-1], PageBreak)):
            return writer.blocks(self.composed.body)
        return writer.blocks(blocks) + _kept(writer).blocks([last])

    def annexes(self, writer: BlockWriter) -> str:
        """Return the annexes, each on a page of its own."""
        return "".join(writer.annex(annex) for annex in self.composed.annexes)

    def copies(self, writer: BlockWriter) -> str:
        """Return who gets a copy: one behind the label, several below it and on the same page."""
        lines = self.lines("copies")
        if len(lines) < 2:
            return "".join(writer.paragraph([Text(line)]) for line in lines)
        label, *others, last = lines
        kept = _kept(writer)
        return kept.paragraph([Text(label)]) + kept.bullets(others) + writer.bullets([last])

    def addressees(self, writer: BlockWriter, *, dependent: bool) -> str:
        """Return whom the letter is for: the printed lines, or the addressee's own address."""
        lines, address = self.composed.addressees, self.composed.address
        if self.composed.addressees_lead:
            return writer.paragraph([Text(self.composed.addressees_lead)]) + writer.bullets(lines)
        if len(lines) > 1:
            return writer.bullets(lines)
        if lines:
            return writer.paragraph([Text(lines[0])])
        if address is None:
            return ""
        paragraph = writer.paragraph([address])
        return f"{if_mark(address.index)}{paragraph}{END_MARK}" if dependent else paragraph

    def lines(self, name: str) -> list[str]:
        """Return the lines of a field that has several."""
        composed = self.composed
        match name:
            case "references":
                return [line.text for line in reference_lines(composed)]
            case "contacts":
                return [line.text for line in contact_lines(composed)]
            case "copies":
                label = with_colon(composed.copies_label, composed.language)
                if len(composed.copies) == 1:
                    return [label + composed.copies[0]]
                return [label.strip(), *composed.copies] if composed.copies else []
            case _:
                lead = (composed.addressees_lead,) if composed.addressees_lead else ()
                return [*lead, *composed.addressees]

    def line(self, place: FieldPlace, run: Element, width: int = 0) -> str:
        """Return a field as runs; ``width`` is the room for a picture, in twentieths of a point, if known."""
        runs = self._line(place, run, width) if place.name else ""
        return runs or self.inline.text(place.default, run)

    def _line(self, place: FieldPlace, run: Element, width: int) -> str:
        composed = self.composed
        simple = {
            "office": composed.office_name,
            "unit": composed.unit,
            "reference": composed.reference,
            "signatory": composed.signatory_name,
            "title": composed.signatory_title,
        }
        lines: dict[str, Callable[[], Sequence[Inline]]] = {
            "date_line": lambda: composed.date_line,
            "salutation": lambda: composed.salutation,
            "closing": lambda: composed.closing,
            "subject": self.subject,
            "references": lambda: self.listed(place),
            "contacts": lambda: self.listed(place),
            "addressees": lambda: self.listed(place),
            "copies": lambda: self.listed(place),
        }
        match place.name:
            case "logo":
                return self.picture(self.context.pictures.logo, composed.office_name, LOGO_BOX, width)
            case "signature":
                picture = self.picture(composed.facsimile, composed.signatory_name, SIGNATURE_BOX, width)
                return picture or self.inline.text(composed.signature_note, run)
            case name if name in simple:
                return self.inline.text(simple[name], run)
            case name:
                return self.inline.inline(lines[name](), run) if name in lines else ""

    def picture(self, picture: Picture | None, description: str, box: tuple[int, int], width: int) -> str:
        """Return a picture as a run; empty if there is none."""
        if picture is None:
            return ""
        return self.context.pictures.run(self.part, picture, one_line(constant(description)), box, width)

    def subject(self) -> Sequence[Inline]:
        """Return the subject with its label, over as many lines as it has."""
        label = with_colon(self.composed.subject_label, self.composed.language)
        lines = broken(self.composed.subject)
        return [Text(label), *lines] if label and lines else lines

    def listed(self, place: FieldPlace) -> Sequence[Inline]:
        """Return a field of several lines where it shares its paragraph with other text."""
        composed = self.composed
        if place.name == "addressees" and not composed.addressees and composed.address is not None:
            return [composed.address]
        lines = self.lines(place.name)
        if place.separator:
            return [Text(place.separator.join(lines))]
        return broken([(Text(line),) for line in lines])


def _kept(writer: BlockWriter) -> BlockWriter:
    """Return a writer of paragraphs that stay on the page of the next one."""
    return BlockWriter(writer.inline, with_properties(writer.base, "keepNext"), writer.run)
