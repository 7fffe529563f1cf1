"""The HTML mail: body HTML made from blocks, set into the Jinja template circular.html.

A bilingual letter is two pages of the template: what is between the body's tags of the second stands below the first.
"""

from __future__ import annotations

import copy
import html
import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

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
from office.model import OfficeLook
from templates.addresses import NOWHERE, compiled_address, whole_address
from templates.bidi import RIGHT_TO_LEFT_MARK
from templates.contrast import readable
from templates.emphasis import Manner, manner_within
from templates.escapes import html_backwards, html_text
from templates.forms import ELSE_MARK, END_MARK, Form, compile_form, if_mark, slot_mark
from templates.frame import (
    BOX,
    TICKED_BOX,
    LabelledLine,
    constant,
    contact_lines,
    mark_numbers,
    reference_lines,
    sole_value,
    unbroken_phones_html,
    with_colon,
)
from templates.text import title_line

if TYPE_CHECKING:
    from markupsafe import Markup

    from templates.page import PageTemplate

# The grounds on which a mail is read; those of circular.html.
LIGHT, DARK = "#ffffff", "#14181d"
AT_NIGHT = 7.0  # the contrast of the office's colour: with less, it is dull on a dark ground
# Mail programs drop style sheets: each element carries its own style, table cells their font too.
_CELL = "border:1px solid #8a94a0;padding:4px 8px;vertical-align:top;font-family:Arial,sans-serif;font-size:15px"
_STYLES = {
    "p": "margin:0 0 12px 0",
    "h": "margin:20px 0 8px 0;font-size:16px;line-height:1.4;font-weight:bold",
    "ul": "margin:0 0 12px 0;padding:0;padding-{start}:28px",
    "li": "margin:0 0 4px 0",
    "blockquote": "margin:0 0 12px 0;padding:0;padding-{start}:28px",
    "hr": "margin:20px 0;border:0;border-top:1px solid #8a94a0",
    "wide": "margin:0 0 12px 0;overflow-x:auto",  # a table that is wider than a telephone moves within itself
    "table": "border-collapse:collapse;width:100%;hyphens:auto;-webkit-hyphens:auto",
    "th": f"{_CELL};font-weight:bold;background:#eef1f4",
    "td": _CELL,
    "a": "color:#0b5394;text-decoration:underline",
}
_BREAKING = ";overflow-wrap:anywhere;word-break:break-word"
_LONGEST_WORD = 20  # characters that the narrowest screen takes in
_EMPHASIS = {
    Manner.ITALICS: "",
    Manner.FACE: """ style="font-style:normal;font-family:KaiTi,'Kaiti SC',STKaiti,serif\"""",
    Manner.UNDERLINE: ' style="font-style:normal;text-decoration:underline"',
}
_DIVISION = "max-width:680px;margin:32px auto;border:0;border-top:6px double"  # between the two languages of a letter
# What stands around the contents of a page's body; a template may leave out the tags of the body itself.
_BEFORE_BODY = re.compile(r"<!doctype\b[^>]*>|<html\b[^>]*>|</head\s*>|<body\b[^>]*>", re.IGNORECASE)
_AFTER_BODY = re.compile(r"</body\b|</html\b", re.IGNORECASE)
_HEADING_TAG = re.compile(r"(</?h)([1-6])\b")  # in a page that was made here: words are escaped
_DIRECTED = {"ltr": {"start": "left", "end": "right"}, "rtl": {"start": "right", "end": "left"}}


def compile_html(composed: Composed, page: PageTemplate, colour: str = OfficeLook().colour) -> Form:
    """Return the form of the HTML mail; ``colour`` (``#rrggbb``) is the office's, made darker where it has to be."""
    title = title_line(composed, lambda index: slot_mark(index, "html", "line"), html.escape)
    first, *others = (page.render(_HtmlLetter(part, title, colour).scope(page.names)) for part in composed.parts)
    for part, other in zip(composed.parts[1:], others, strict=True):
        first = _below(first, part, other, readable(colour, LIGHT))
    return compile_form(first)


def _below(page: str, part: Composed, other: str, colour: str) -> str:
    """Put what is in the body of the page ``other`` below what is in that of ``page``, its headings a level deeper."""
    inside = _HEADING_TAG.sub(lambda tag: f"{tag[1]}{min(int(tag[2]) + 1, 6)}", other[_inside(other)])
    rule = f'<hr class="rule" style="{_DIVISION} {colour}">'
    added = f'\n{rule}\n<div lang="{part.language}" dir="{part.direction}">{inside}</div>\n'
    end = _inside(page).stop
    return page[:end] + added + page[end:]


def _inside(page: str) -> slice:
    """Return where a page's body has its contents."""
    start = max((found.end() for found in _BEFORE_BODY.finditer(page)), default=0)
    closing = _AFTER_BODY.search(page, start)
    return slice(start, closing.start() if closing else len(page))


class _HtmlLetter:
    """Writes one part of a composed letter as HTML fragments; ``title`` is the whole letter's.

    ``top`` is the level of the heading above what is written, ``above`` the levels, as typed, of the headings that
    the next one may stand below: no level is skipped, and those typed alike come out alike.
    """

    def __init__(self, composed: Composed, title: str, colour: str) -> None:
        self.composed = composed
        self.title = title
        self.colour = colour
        self.top = 1
        self.above: tuple[int, ...] = ()
        self.direction = composed.direction
        self.spoken = composed.spoken
        self.notes: list[Footnote] = []  # those whose marks have been written, and whose words follow

    def scope(self, places: Collection[str]) -> dict[str, object]:
        """Return what the template may use (docs/templates.md); what has no place of its own ends the body."""
        composed, fixed = self.composed, self.fixed
        subject = [self.line(line) for line in composed.subject]
        body, copies = self.blocks(composed.body), [fixed(line) for line in composed.copies]
        copies_label, notes = fixed(with_colon(composed.copies_label, composed.language)), self.footnotes()
        if copies and "copies" not in places:
            body += f'<p style="{_STYLES["p"]}">{copies_label}{"<br>".join(copies)}</p>\n'
        if "notes" not in places:
            body += notes
        return {
            "language": composed.language,
            "direction": composed.direction,
            "colour": readable(self.colour, LIGHT),
            "dark_colour": readable(self.colour, DARK, AT_NIGHT),
            "office": fixed(composed.office_name),
            "unit": fixed(composed.unit),
            "date_line": self.line(composed.date_line),
            "references": [self.labelled(line) for line in reference_lines(composed)],
            "contacts": [self.labelled(line) for line in contact_lines(composed)],
            "addressees_lead": fixed(composed.addressees_lead),
            "addressees": [fixed(line) for line in composed.addressees],
            "address": self.address(),
            "title_line": self.markup(self.title),
            "subject_label": fixed(with_colon(composed.subject_label, composed.language)),
            "subject": subject,
            "salutation": self.paragraph(composed.salutation),
            "body": self.markup(body),
            "closing": self.paragraph(composed.closing),
            "signature": fixed(composed.signature_note),
            "signatory": fixed(composed.signatory_name),
            "title": fixed(composed.signatory_title),
            "copies_label": copies_label,
            "copies": copies,
            "notes": self.markup(notes),
            "annexes": [self.annex(annex) for annex in composed.annexes],
        }

    def annex(self, annex: Annex) -> dict[str, object]:
        """Return an annex; what is in a language of its own says so, in its title as in its text."""
        writer = copy.copy(self)
        writer.top, writer.above = 2, ()
        writer.spoken, writer.notes = annex.spoken, []
        if not annex.language:
            return {
                "title": [writer.line(line) for line in annex.title],
                "body": self.markup(writer.blocks(annex.blocks) + writer.footnotes()),
            }
        writer.direction = annex.direction
        own = f'lang="{html.escape(annex.language)}" dir="{annex.direction}"'
        label, *lines = annex.title
        body = writer.blocks(annex.blocks) + writer.footnotes()
        return {
            "title": [self.line(label), *(self.markup(f"<span {own}>{writer.inline(line)}</span>") for line in lines)],
            "body": self.markup(
                f'<div {own} style="text-align:{_DIRECTED[annex.direction]["start"]}">\n{body}</div>\n'
            ),
        }

    def footnotes(self) -> str:
        """Return the words of the footnotes whose marks have been written, each with a way back (DPUB-ARIA 1.1)."""
        notes, self.notes = self.notes, []
        if not notes:
            return ""
        items = "".join(
            f'<li id="{self.anchor("note", note)}" style="{_STYLES["li"]}">{self.inline(note.children)}'
            f' <a href="#{self.anchor("mark", note)}" role="doc-backlink" aria-label="{self.said(self.spoken.back)}"'
            f' style="{_STYLES["a"]}">\u21a9\ufe0e</a></li>\n'
            for note in notes
        )
        start = f' start="{notes[0].number}"' if notes[0].number != 1 else ""
        return (
            f'<div role="doc-endnotes" aria-label="{self.said(self.spoken.footnotes)}">\n<hr style="{_STYLES["hr"]}">\n'
            f'<ol{start} style="{self.inset("ul")};font-size:13px">\n{items}</ol>\n</div>\n'
        )

    @staticmethod
    def anchor(what: str, note: Footnote) -> str:
        """Return the name of a place in the page; numbers go on through both languages of a letter."""
        return f"{what}-{note.number}"

    @staticmethod
    def said(words: str) -> str:
        return html.escape(constant(words))

    @staticmethod
    def markup(text: str) -> Markup:
        from markupsafe import Markup

        return Markup(text)  # noqa: S704 - made here, from escaped pieces

    def fixed(self, text: str) -> Markup:
        """Return a text, escaped; references, addresses and telephone numbers stay in order in Arabic."""
        text = constant(text)
        escaped = html_backwards(text) if self.direction == "rtl" else html_text(text)
        return self.markup(unbroken_phones_html(escaped))

    def line(self, children: Iterable[Inline]) -> Markup:
        return self.markup(self.inline(children))

    def paragraph(self, line: Line) -> Markup:
        """Return a line of the frame as a paragraph that is missing where its only value is empty."""
        if not line:
            return self.markup("")
        paragraph = f'<p style="{_STYLES["p"]}">{self.inline(line)}</p>'
        index = sole_value(line)
        return self.markup(paragraph if index is None else f"{if_mark(index)}{paragraph}{END_MARK}")

    def address(self) -> Markup:
        value = self.composed.address
        return self.markup("") if value is None or self.composed.addressees else self.line((value,))

    def labelled(self, line: LabelledLine) -> dict[str, object]:
        value = self.markup(unbroken_phones_html(html_text(mark_numbers(constant(line.value), self.direction))))
        address = whole_address(f"{line.scheme}:{line.value}") if line.scheme in ("mailto", "tel") else NOWHERE
        if address != NOWHERE:
            value = self.markup(f'<a href="{html.escape(address)}" dir="ltr" style="{_STYLES["a"]}">{value}</a>')
        elif self.direction == "rtl":
            value = self.markup(f"<bdi>{value}</bdi>")
        return {"label": self.fixed(line.label), "value": value}

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> str:  # noqa: PLR0911 - one line a kind of block
        match block:
            case Paragraph(children=children):
                return f'<p style="{_STYLES["p"]}">{self.inline(children)}</p>\n'
            case Heading(level=level, children=children):
                self.above = (*(one for one in self.above if one < level), level)
                tag = f"h{min(self.top + len(self.above), 6)}"
                return f'<{tag} style="{_STYLES["h"]}">{self.inline(children)}</{tag}>\n'
            case List():
                return self.list(block)
            case Table():
                return self.table(block)
            case Quote(blocks=inner):
                return f'<blockquote style="{self.inset("blockquote")}">{self.blocks(inner)}</blockquote>\n'
            case PageBreak():
                return f'<hr style="{_STYLES["hr"]}">\n'
            case Conditional(condition=int(index), then=then, otherwise=otherwise):
                return self.either(index, then, otherwise)
            case _:
                raise TypeError(f"a letter that is composed holds no {block!r}")

    def either(self, index: int, then: Sequence[Block], otherwise: Sequence[Block]) -> str:
        """Return what stands in one of two cases; a heading that follows skips no level in either."""
        before = self.above
        one, after = self.blocks(then), self.above
        self.above = before
        other = self.blocks(otherwise)
        self.above = min(after, self.above, key=len)
        return if_mark(index) + one + ELSE_MARK + other + END_MARK

    def inset(self, tag: str) -> str:
        """Return the style of what is set in; mail programs know left and right only, not start and end."""
        return _STYLES[tag].format(start=_DIRECTED[self.direction]["start"])

    def list(self, block: List) -> str:
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        items = "".join(self.list_item(item, ordered=block.ordered) for item in block.items)
        return f'<{tag}{start} style="{self.inset("ul")}">\n{items}</{tag}>\n'

    def list_item(self, item: ListItem, *, ordered: bool) -> str:
        """Return an item; a box to tick stands in the place of its bullet."""
        style, blocks = _STYLES["li"], item.blocks
        if item.ticked is None:
            return f'<li style="{style}">{self.item(blocks)}</li>\n'
        style += "" if ordered else ";list-style-type:none"
        name, sign = (self.spoken.ticked_box, TICKED_BOX) if item.ticked else (self.spoken.box, BOX)
        box = f'<span role="img" aria-label="{self.said(name)}">{sign}</span> '
        first = blocks[0] if blocks else None
        words = self.inline(first.children) if isinstance(first, Paragraph) else ""
        rest = blocks[1:] if isinstance(first, Paragraph) else blocks
        return f'<li style="{style}">{box}{words}{self.blocks(rest)}</li>\n'

    def item(self, blocks: Sequence[Block]) -> str:
        """Return an item's blocks; its own text stands without a paragraph where only lists follow it."""
        match blocks:
            case (Paragraph(children=children), *rest) if all(isinstance(block, List) for block in rest):
                return self.inline(children) + self.blocks(rest)
            case _:
                return self.blocks(blocks)

    def table(self, block: Table) -> str:
        rows: list[str] = []
        for number, row in enumerate(block.rows):
            tag, scope = ("td", "") if number else ("th", ' scope="col"')
            cells = "".join(
                f'<{tag}{scope} style="{_STYLES[tag]};text-align:{self.alignment(block, column)}">'
                f"{self.inline(cell)}</{tag}>"
                for column, cell in enumerate(row)
            )
            rows.append(f"<tr>{cells}</tr>\n")
        head, body = "".join(rows[:1]), "".join(rows[1:])
        body = f"<tbody>\n{body}</tbody>\n" if body else ""
        table = f'<table width="100%" style="{_STYLES["table"]}">\n<thead>\n{head}</thead>\n{body}</table>'
        return f'<div style="{_STYLES["wide"]}">\n{table}\n</div>\n'

    def alignment(self, block: Table, column: int) -> str:
        wanted = block.alignments[column] if column < len(block.alignments) else "start"
        return _DIRECTED[self.direction].get(wanted, wanted)

    def inline(self, children: Iterable[Inline]) -> str:
        pieces: list[str] = []
        for child in children:
            match child:
                case Text(text=text):
                    pieces.append(self.fixed(text))
                case Value(index=index):
                    mark = slot_mark(index, "html")
                    pieces.append(f"<bdi>{mark}</bdi>" if self.direction == "rtl" else mark)
                case Strong(children=inner):
                    pieces.append(f"<strong>{self.inline(inner)}</strong>")
                case Emphasis(children=inner):
                    pieces.append(f"<em{_EMPHASIS[manner_within(inner)]}>{self.inline(inner)}</em>")
                case Link():
                    pieces.append(self.link(child))
                case LineBreak():
                    pieces.append("<br>\n")
                case Footnote():
                    pieces.append(self.note_mark(child))
                case _:
                    raise TypeError(f"a letter that is composed holds no {child!r}")
        return "".join(pieces)

    def note_mark(self, note: Footnote) -> str:
        self.notes.append(note)
        # Beside a figure, U+200F keeps the number on the side where reading goes on.
        return (RIGHT_TO_LEFT_MARK if self.direction == "rtl" else "") + (
            f'<sup style="line-height:1"><a id="{self.anchor("mark", note)}" href="#{self.anchor("note", note)}"'
            f' role="doc-noteref" style="{_STYLES["a"]}">{note.number}</a></sup>'
        )

    def link(self, link: Link) -> str:
        # Escaping leaves marks alone: they hold no character that HTML would escape.
        address = html.escape(compiled_address(link.target, lambda index, detail: slot_mark(index, "attr", detail)))
        words = self.inline(link.children or tuple(link.target))
        style = _STYLES["a"] + (_BREAKING if _is_address(link) else "")
        return f'<a href="{address or NOWHERE}" style="{style}">{words}</a>'


def _is_address(link: Link) -> bool:
    """Tell whether the words of a link are an address: one long word, which breaks anywhere on a narrow screen."""
    match link.children or tuple(link.target):
        case (Text(text=text),):
            return not any(character.isspace() for character in text.strip()) and len(text) > _LONGEST_WORD
        case _:
            return not link.children
