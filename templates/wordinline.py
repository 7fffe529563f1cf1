"""Inline text as WordprocessingML runs with slot marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

from letters.blocks import Emphasis, Footnote, Inline, LineBreak, Link, Strong, Text, Value
from templates.addresses import compiled_address
from templates.emphasis import Manner, manner_of, manner_within
from templates.escapes import RunStyle, word_runs
from templates.forms import OPEN, slot_mark
from templates.frame import constant, unbroken_phones
from templates.wordnotes import WordNotes
from templates.wordpackage import OFFICE, WordPackage
from templates.wordpictures import Pictures
from templates.wordstyles import EMPHASIS_FONT, Numbering, language_values
from templates.wordxml import R, as_text, put, remove, w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_BREAK = "<w:r><w:br/></w:r>"


@dataclass
class WordContext:
    """What all parts of one document share while it is filled in one language.

    ``language`` is empty where it is the document's own. ``is_chinese`` says that quotation marks and dashes are as
    wide as Chinese characters (ECMA-376 part 1, section 17.3.2.26, w:hint). ``is_turned`` says that the text runs from
    left to right in a letterhead that does not.
    """

    package: WordPackage
    direction: str
    style_ids: dict[str, str]
    numbering: Numbering
    pictures: Pictures
    notes: WordNotes
    styles: list[RunStyle] = field(default_factory=list)
    language: str = ""
    is_chinese: bool = False
    is_turned: bool = False
    placed: frozenset[str] = frozenset()  # the fields for which the letterhead has a place

    def second(self, language: str, direction: str) -> WordContext:
        """Return the context of text in another language of the same document."""
        is_turned = direction == "ltr" and (self.direction == "rtl" or self.is_turned)
        is_chinese = language == "zh"
        return replace(self, language=language, direction=direction, is_chinese=is_chinese, is_turned=is_turned)

    def style(self, properties: Element) -> RunStyle:
        """Return the run style of a w:rPr for either direction of text."""
        remove(properties, "rtl", "cs", "lang")
        if self.language:
            put(properties, "lang", **language_values(self.language))
        if self.is_chinese:
            fonts = properties.find(w("rFonts"))
            (put(properties, "rFonts") if fonts is None else fonts).set(w("hint"), "eastAsia")
        plain = as_text(properties)
        if self.direction == "ltr":
            return RunStyle(plain)
        put(properties, "rtl")
        backwards = as_text(properties)
        remove(properties, "rtl")
        return RunStyle(plain, backwards)

    def style_number(self, properties: Element) -> str:
        """Return the number by which slots name a run style."""
        style = self.style(properties)
        if style not in self.styles:
            self.styles.append(style)
        return str(self.styles.index(style))


class InlineWriter:
    """Writes inline text of one part of the document as runs.

    ``takes_notes``: footnotes stand in the text of the page alone, not in headers, footers and text boxes.
    """

    def __init__(self, context: WordContext, part: str) -> None:
        self.context = context
        self.part = part
        self.takes_notes = part == context.package.main

    def inline(self, children: Iterable[Inline], properties: Element) -> str:
        """Return inline text as runs of ``properties`` (w:rPr)."""
        pieces: list[str] = []
        for child in children:
            match child:
                case Text(text=text):
                    pieces.append(self.text(text, properties))
                case Value(index=index):
                    pieces.append(slot_mark(index, "docx", self.context.style_number(properties)))
                case Strong(children=inner):
                    pieces.append(self.inline(inner, with_properties(properties, "b", "bCs")))
                case Emphasis(children=inner):
                    pieces.append(self.inline(inner, emphasised(properties, manner_within(inner))))
                case Link():
                    pieces.append(self.link(child, properties))
                case LineBreak():
                    pieces.append(_BREAK)
                case Footnote():
                    pieces.append(self.footnote(child, properties) if self.takes_notes else "")
                case _:
                    raise TypeError(f"a letter that is composed holds no {child!r}")
        return "".join(pieces)

    def text(self, text: str, properties: Element) -> str:
        """Return text of the letter itself as runs; where its script has no italics, not slanted by a letterhead."""
        if manner_of(text) is not Manner.ITALICS:
            properties = with_properties(properties)
            remove(properties, "i", "iCs")
        return word_runs(unbroken_phones(constant(text)), self.context.style(properties))

    def link(self, link: Link, properties: Element) -> str:
        """Return a link: a relationship where its address is fixed, a HYPERLINK field where it is the addressee's."""
        words = link.children or tuple(link.target)
        address = compiled_address(link.target, lambda index, detail: slot_mark(index, "docx-url", detail))
        if not address:
            return self.inline(words, properties)
        runs = self.inline(words, with_properties(properties, rStyle=self.context.style_ids["hyperlink"]))
        if OPEN not in address:
            number = self.context.package.relate(self.part, OFFICE + "hyperlink", address, external=True)
            return f'<w:hyperlink xmlns:r="{R}" r:id="{number}" w:history="1">{runs}</w:hyperlink>'
        code = f'<w:r><w:instrText xml:space="preserve"> HYPERLINK "{escape(address)}" </w:instrText></w:r>'
        return f"{_field_char('begin')}{code}{_field_char('separate')}{runs}{_field_char('end')}"

    def footnote(self, note: Footnote, properties: Element) -> str:
        """Return the mark of a footnote, whose words go to the part that holds them; Word counts the notes itself."""
        from lxml import etree

        context, notes = self.context, self.context.notes
        number = notes.number(note, direction=context.direction)
        mark = self.note_mark(properties)
        paragraph = etree.Element(w("pPr"))
        put(paragraph, "pStyle", val=notes.styles["footnote text"])
        if context.direction == "rtl":
            put(paragraph, "bidi")
        elif context.is_turned:
            put(paragraph, "bidi", val="0")
        own = etree.Element(w("rPr"))
        words = self.text(" ", own) + InlineWriter(context, notes.part).inline(note.children, own)
        reference = f"<w:r>{self.note_mark(own)}<w:footnoteRef/></w:r>"
        notes.write(note, f"<w:p>{as_text(paragraph)}{reference}{words}</w:p>")
        return f'<w:r>{mark}<w:footnoteReference w:id="{number}"/></w:r>'

    def note_mark(self, properties: Element) -> str:
        """Return the properties of a footnote's number among runs of ``properties``."""
        style = self.context.style(with_properties(properties, rStyle=self.context.notes.styles["footnote reference"]))
        return style.right_to_left or style.left_to_right


def _field_char(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def emphasised(properties: Element, manner: Manner) -> Element:
    """Return a copy of a rPr for emphasised words."""
    match manner:
        case Manner.FACE:
            copied = with_properties(properties)
            fonts = copied.find(w("rFonts"))
            fonts = put(copied, "rFonts") if fonts is None else fonts
            fonts.set(w("eastAsia"), EMPHASIS_FONT)
            return copied
        case Manner.UNDERLINE:
            return with_properties(properties, u="single")
        case Manner.ITALICS:
            return with_properties(properties, "i", "iCs")


def with_properties(properties: Element, *switches: str, **values: str) -> Element:
    """Return a copy of a pPr or rPr with more properties: switches and values."""
    copied: Element = deepcopy(properties)
    for name in switches:
        put(copied, name)
    for name, value in values.items():
        put(copied, name, val=value)
    return copied


def broken(lines: Sequence[Sequence[Inline]]) -> list[Inline]:
    """Return several lines as one text with line breaks."""
    joined: list[Inline] = []
    for number, line in enumerate(lines):
        if number:
            joined.append(LineBreak())
        joined.extend(line)
    return joined
