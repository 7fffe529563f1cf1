"""The plain text twin of a letter: the text part of its mail, and what `preview --as txt` prints.

A paragraph is one line, never hard-wrapped: the reader's program wraps, and right-to-left text stays whole. The
languages of a bilingual letter follow each other, parted by a rule; their subjects stand on one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

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
from letters.composed import Annex, Composed
from templates.bidi import LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK, begun, marked
from templates.escapes import one_line
from templates.forms import ELSE_MARK, END_MARK, Form, compile_form, if_mark, slot_mark
from templates.frame import (
    LabelledLine,
    constant,
    contact_lines,
    mark_numbers,
    reference_lines,
    sole_value,
    with_colon,
)

RULE = "* * *"
DIVISION = " ".join("*" * 20)  # between the two languages of a letter
_BOTH_SUBJECTS = " / "


def compile_text(composed: Composed) -> Form:
    """Return the form of the plain text."""
    letters = (_TextLetter(part.direction).letter(part) for part in composed.parts)
    return compile_form(f"\n\n{DIVISION}\n\n\n".join(letters))


def compile_subject(composed: Composed) -> Form:
    """Return the form of the mail's subject: the reference, by which answers are filed, and the subject's lines."""
    subject = title_line(composed, lambda index: slot_mark(index, "subject"), str)
    reference = one_line(constant(composed.references[0][1])) if composed.references else ""
    if reference and reference not in subject:
        subject = f"{reference} – {subject}" if subject else reference
    return compile_form(subject)


def title_line(composed: Composed, mark: Callable[[int], str], escape: Callable[[str], str]) -> str:
    """Return the subject as one line, without emphasis: for the mail's subject and for documents' titles.

    A bilingual letter has both of its subjects there.
    """
    subjects = (_subject_line(part, mark, escape) for part in composed.parts)
    return _BOTH_SUBJECTS.join(filter(None, subjects))


def _subject_line(composed: Composed, mark: Callable[[int], str], escape: Callable[[str], str]) -> str:
    """Return the subject's lines in one language as one."""
    subject = ""
    for line in filter(None, (_bare(line, mark, escape).strip() for line in composed.subject)):
        flows = not subject or subject.endswith((",", ":", "–", "，", "：")) or line.startswith(("(", "（", "–"))
        subject += (" " if flows else " – ") + line
    return subject.strip()


def _bare(children: Iterable[Inline], mark: Callable[[int], str], escape: Callable[[str], str]) -> str:
    pieces: list[str] = []
    for child in children:
        match child:
            case Text(text=text):
                pieces.append(escape(constant(text).replace("\n", " ").replace("\t", " ")))
            case Value(index=index):
                pieces.append(mark(index))
            case Strong(children=inner) | Emphasis(children=inner) | Link(children=inner):
                pieces.append(_bare(inner, mark, escape))
            case Footnote():
                continue
            case _:
                pieces.append(" ")
    return "".join(pieces)


class _TextLetter:
    """Writes blocks as text; ``lead`` is what stands before a block: a blank line and the indent, mostly.

    ``notes`` are the footnotes whose marks have been written, and whose words follow.
    """

    def __init__(self, direction: str) -> None:
        self.direction = direction
        self.notes: list[Footnote] = []

    def letter(self, composed: Composed) -> str:
        subject = "\n".join(self.inline(line) for line in composed.subject)
        closing_lines = [composed.signature_note, composed.signatory_name, composed.signatory_title]
        before = [
            (None, _lines([composed.office_name, composed.unit])),
            (None, self.inline(composed.date_line)),
            (None, "\n".join(self.labelled(line) for line in reference_lines(composed))),
            (None, "\n".join(self.labelled(line) for line in contact_lines(composed))),
            _addressees(composed),
            (None, with_colon(composed.subject_label, composed.language) + subject if subject else ""),
            (sole_value(composed.salutation), self.inline(composed.salutation)),
        ]
        after = [
            (sole_value(composed.closing), self.inline(composed.closing)),
            (None, _lines(closing_lines)),
            (None, self.copies(composed)),
        ]
        pieces = [self.unless_empty(index, piece) for index, piece in before]
        pieces.append(self.blocks(composed.body, "", "\n\n"))
        pieces.extend(self.unless_empty(index, piece) for index, piece in after)
        pieces.append(self.footnotes())
        pieces.extend(self.annex(annex) for annex in composed.annexes)
        return "".join(pieces).lstrip("\n") + "\n"

    @staticmethod
    def unless_empty(index: int | None, piece: str) -> str:
        """Return ``piece`` as a paragraph of its own, bound to value ``index`` not being empty."""
        if not piece:
            return ""
        return f"\n\n{piece}" if index is None else f"{if_mark(index)}\n\n{piece}{END_MARK}"

    @staticmethod
    def copies(composed: Composed) -> str:
        lines = [constant(line) for line in composed.copies]
        label = with_colon(composed.copies_label, composed.language)
        if len(lines) < 2:
            return "".join(label + line for line in lines)
        return "\n".join([label.strip(), *(f"- {line}" for line in lines)])

    def footnotes(self) -> str:
        """Return the words of the footnotes whose marks have been written, each once."""
        notes, self.notes = self.notes, []
        return "".join(f"\n\n{self.begun(f'[{note.number}] {self.inline(note.children)}')}" for note in notes)

    def annex(self, annex: Annex) -> str:
        """Return an annex; its label is in the letter's language, the rest may be in another."""
        writer = _TextLetter(annex.direction if annex.language else self.direction)
        label, *lines = annex.title or ((),)
        title = "\n".join([self.inline(label), *(writer.inline(line) for line in lines)])
        return f"\n\n{RULE}\n\n{title}" + writer.blocks(annex.blocks, "", "\n\n") + writer.footnotes()

    def labelled(self, line: LabelledLine) -> str:
        return self.begun(self.fixed(line.text))

    def fixed(self, text: str) -> str:
        words = mark_numbers(constant(text), self.direction)
        return marked(words) if self.direction == "rtl" else words

    def begun(self, paragraph: str) -> str:
        return begun(paragraph) if self.direction == "rtl" else paragraph

    def blocks(self, blocks: Sequence[Block], indent: str, lead: str) -> str:
        pieces: list[str] = []
        for position, block in enumerate(blocks):
            pieces.append(self.block(block, indent, "\n\n" + indent if position else lead))
        return "".join(pieces)

    def block(self, block: Block, indent: str, lead: str) -> str:
        match block:
            case Paragraph(children=children) | Heading(children=children):
                return lead + self.begun(self.inline(children, indent))
            case List():
                return self.list(block, indent, lead)
            case Table(rows=rows):
                lines = [" | ".join(self.inline(cell, indent) for cell in row) for row in rows]
                return lead + f"\n{indent}".join(lines)
            case Quote(blocks=inner):
                return self.blocks(inner, indent + "    ", lead + "    ")
            case PageBreak():
                return lead + RULE
            case Conditional(condition=int(index), then=then, otherwise=otherwise):
                first, second = self.blocks(then, indent, lead), self.blocks(otherwise, indent, lead)
                return if_mark(index) + first + ELSE_MARK + second + END_MARK
            case _:
                raise TypeError(f"a letter that is composed holds no {block!r}")

    def list(self, block: List, indent: str, lead: str) -> str:
        """Return a list; an empty line parts items of which one has more than its own text and lists."""
        is_loose = any(not isinstance(inner, List) for item in block.items for inner in item.blocks[1:])
        gap = "\n\n" if is_loose else "\n"
        pieces: list[str] = []
        for position, item in enumerate(block.items):
            marker = f"{block.start + position}. " if block.ordered else "- "
            if item.ticked is not None:
                box = "[x] " if item.ticked else "[ ] "
                marker = marker + box if block.ordered else box
            before = f"{gap}{indent}" if position else lead
            pieces.append(before + marker + self.item(item, indent + " " * len(marker)))
        return "".join(pieces)

    def item(self, item: ListItem, indent: str) -> str:
        pieces: list[str] = []
        for position, block in enumerate(item.blocks):
            lead = ("\n" if isinstance(block, List) else "\n\n") + indent
            pieces.append(self.block(block, indent, lead if position else ""))
        return "".join(pieces)

    def inline(self, children: Iterable[Inline], indent: str = "") -> str:
        pieces: list[str] = []
        for child in children:
            match child:
                case Text(text=text):
                    pieces.append(self.fixed(text).replace("\n", "\n" + indent))
                case Value(index=index):
                    pieces.append(slot_mark(index, "text-rtl" if self.direction == "rtl" else "text", indent))
                case Strong(children=inner) | Emphasis(children=inner):
                    pieces.append(self.inline(inner, indent))
                case Link():
                    pieces.append(self.link(child, indent))
                case LineBreak():
                    pieces.append("\n" + indent)
                case Footnote(number=number):
                    self.notes.append(child)
                    pieces.append(f"{RIGHT_TO_LEFT_MARK if self.direction == 'rtl' else ''}[{number}]")
                case _:
                    raise TypeError(f"a letter that is composed holds no {child!r}")
        return "".join(pieces)

    def link(self, link: Link, indent: str) -> str:
        words = self.inline(link.children, indent)
        address = "".join(
            slot_mark(part.index, "text", indent) if isinstance(part, Value) else constant(part.text)
            for part in link.target
            if isinstance(part, Value | Text)
        )
        if not words:
            return address
        shown = words.replace(LEFT_TO_RIGHT_MARK, "").replace(RIGHT_TO_LEFT_MARK, "")
        if shown in {address, address.removeprefix("mailto:"), address.removeprefix("tel:")}:
            return words
        around = LEFT_TO_RIGHT_MARK if self.direction == "rtl" else ""
        return f"{words} {around}<{address}>{around}"


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(constant(text) for text in texts if text)


def _addressees(composed: Composed) -> tuple[int | None, str]:
    lines = [constant(line) for line in composed.addressees]
    if not lines and composed.address is not None:
        return composed.address.index, slot_mark(composed.address.index, "text")
    if len(lines) > 1 or composed.addressees_lead:
        lines = [f"- {line}" for line in lines]
    return None, "\n".join([constant(composed.addressees_lead), *lines] if composed.addressees_lead else lines)
