"""What all three outputs share of a letter's frame: labels with their colon, contact lines, characters allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from letters.blocks import Value
from letters.composed import Composed, Line
from templates.bidi import LEFT_TO_RIGHT_MARK

# Characters that neither XML nor a mail may carry: controls, halves of surrogate pairs, non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKS = re.compile("[\ue010-\ue012\ue020\ue021]")
_SIGN = re.compile(r"(?:(?<![A-Za-z0-9_\u200e])\+|(?<![\w\u200e])[\u2212-])(?=\d)")  # «و+3»: «and» joins its number
_PERCENTAGE = re.compile(r"(?<![A-Za-z0-9_.,+\u200e\u2212-])(?=\d[\d.,\u00a0\u202f]*%)")
_WHOLE_PHONE = re.compile(r"(?<!\w)\+\d(?:[ \u00a0()./-]{0,2}\d){6,16}(?!\w)", re.ASCII)
BOX, TICKED_BOX = "\u2610", "\u2612"
_MAILBOX = r"[\w.+%-]{1,30}@[\w.-]{1,30}\w"
_DOCUMENT = r"(?<![\w/])(?:[A-Z]{1,6}/){1,3}\d{1,4}(?:/\d{1,4}){0,2}(?![\w/])"  # A/RES/70/125
_WEB = r"(?:https?://|www\.)[^\s<>«»\"]{1,2000}"
_PIECE = re.compile(
    rf"(?P<box>[{BOX}{TICKED_BOX}])|(?P<web>{_WEB})|(?P<unbroken>{_MAILBOX}|{_DOCUMENT}|{_WHOLE_PHONE.pattern})",
    re.ASCII,
)
_MAY_BE_PARTED = re.compile(f"[+@/{BOX}{TICKED_BOX}]|www")
_NO_BREAKS = str.maketrans({" ": "\u00a0", "-": "\u2011"})


def clean(text: str) -> str:
    """Return ``text`` with newlines as ``\\n`` and without characters that no document may carry."""
    if text.isprintable():  # as most values are: all that is looked for is not
        return text
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def constant(text: str) -> str:
    """Return a letter's own text fit for a form: clean, and without the characters reserved for marks."""
    return _MARKS.sub("", clean(text))


def mark_numbers(text: str, direction: str) -> str:
    """Put U+200E before numbers with a sign or per cent in a right-to-left text, or these would jump to the other end.

    A telephone number has a sign too. After a letter of that direction, what stands at a number does not join it
    (UAX #9, rule W2).
    """
    if direction != "rtl":
        return text
    return _PERCENTAGE.sub(LEFT_TO_RIGHT_MARK, _SIGN.sub(rf"{LEFT_TO_RIGHT_MARK}\g<0>", text))


def unbroken_phones(text: str) -> str:
    """Return ``text`` with telephone numbers that no line breaks within: their spaces and hyphens do not break."""
    return _WHOLE_PHONE.sub(lambda found: found[0].translate(_NO_BREAKS), text) if "+" in text else text


def parted(text: str) -> list[tuple[str, str]]:
    """Return ``text`` cut into (piece, kind), without empty pieces.

    The kind is «unbroken» for a telephone number, a mailbox or the number of a document, within which no line should
    break, «web» for a web address, «box» for a box to tick, and empty for anything else.
    """
    found: list[tuple[str, str]] = []
    end = 0
    for match in _PIECE.finditer(text) if _MAY_BE_PARTED.search(text) else ():
        found += [(text[end : match.start()], ""), (match[0], match.lastgroup or "")]
        end = match.end()
    return [(piece, kind) for piece, kind in [*found, (text[end:], "")] if piece]


def unbroken_phones_html(fragment: str) -> str:
    """Do the same for escaped HTML, where spaces stay what they are, so that the number can be copied."""
    if "+" not in fragment:
        return fragment
    return _WHOLE_PHONE.sub(r'<span style="white-space:nowrap">\g<0></span>', fragment)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledLine:
    """A line such as «Tel.: +41 …». ``label`` ends with its colon and space, or is empty."""

    label: str
    value: str
    scheme: str = ""

    @property
    def text(self) -> str:
        """Label and value."""
        return self.label + self.value


def with_colon(label: str, language: str) -> str:
    """Return a label ready to stand before its value; labels may bring their own colon."""
    label = constant(label).strip()
    if not label:
        return ""
    if label.endswith("："):
        return label
    if label.endswith(":"):
        return label + " "
    return label + ("：" if language == "zh" else ": ")


def reference_lines(composed: Composed) -> tuple[LabelledLine, ...]:
    """Return the letter's references, each with its label."""
    return tuple(
        LabelledLine(label=with_colon(label, composed.language), value=constant(value))
        for label, value in composed.references
        if value
    )


def contact_lines(composed: Composed) -> tuple[LabelledLine, ...]:
    """Return the lines of all contacts; the heading «Contact:» joins the first one if that has no label."""
    lines = [
        LabelledLine(label=with_colon(label, composed.language), value=constant(value), scheme=scheme)
        for contact in composed.contacts
        for label, value, scheme in contact.lines
        if value
    ]
    heading = with_colon(composed.contact_label, composed.language)
    if lines and heading:
        if lines[0].label:
            lines.insert(0, LabelledLine(label="", value=heading.strip()))
        else:
            lines[0] = LabelledLine(label=heading, value=lines[0].value, scheme=lines[0].scheme)
    return tuple(lines)


def sole_value(line: Line) -> int | None:
    """Return the index of the value that a line consists of, if it is nothing else: it may turn out empty."""
    match line:
        case (Value(index=index),):
            return index
        case _:
            return None
