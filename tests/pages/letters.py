"""One letter in six languages that has what letters have: a list, a table, links, a footnote, a form."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from letters.blocks import Emphasis, Footnote, Heading, Inline, Link, List, ListItem, Paragraph, Strong, Table, Text
from letters.composed import Annex, Composed, ContactBlock
from letters.model import Signature


@dataclass(frozen=True, slots=True)
class _Words:
    office: str
    unit: str
    date: str
    labels: list[str]  # reference, contact, telephone, e-mail, subject, copies
    contact: str
    addressees: list[str]
    subject: list[str]
    salutation: str
    opening: list[str]  # the second is strong
    question: str
    items: list[str]  # the third is within the second
    table: list[list[str]]
    link: list[str]  # the second is linked
    remark: list[str]  # the second is stressed
    closing: str
    signed: list[str]
    copies: list[str]
    annex: list[str]
    note: str  # at the foot of the page
    ticks: list[str]  # the first is ticked


def _read() -> dict[str, _Words]:
    tables = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    return {language: _Words(**table) for language, table in tables.items()}


_WORDS = _read()


def letter(language: str) -> Composed:
    """Return the letter in one language; it has no values of an addressee."""
    words = _WORDS[language]
    direction: Literal["ltr", "rtl"] = "rtl" if language == "ar" else "ltr"
    reference, contact, telephone, mail, subject, copies = words.labels
    mailbox = "lamps@example.int"
    page = Link((Text("https://www.example.int/lights"),), (Text(words.link[1]),))
    note = Footnote(1, (Text(words.note),))
    ticks = tuple(ListItem((_p(tick),), ticked=not at) for at, tick in enumerate(words.ticks))
    inner = List(False, 1, (ListItem((_p(words.items[2]),)),))
    items = ListItem((_p(words.items[0]),)), ListItem((_p(words.items[1]), inner))
    rows = tuple(tuple((Text(cell),) for cell in row) for row in words.table)
    return Composed(
        slug="survey-2031",
        language=language,
        direction=direction,
        class_name="ministers",
        office_name=words.office,
        unit=words.unit,
        date_line=(Text(words.date),),
        reference="CL-31/004",
        references=((reference, "CL-31/004"),),
        contact_label=contact,
        contacts=(
            ContactBlock(
                lines=(
                    ("", words.contact, ""),
                    (telephone, "+41 22 555 01 02", "tel"),
                    (mail, mailbox, "mailto"),
                )
            ),
        ),
        addressees=tuple(words.addressees),
        address=None,
        subject_label=subject,
        subject=tuple((Text(line),) for line in words.subject),
        salutation=(Text(words.salutation),),
        body=(
            _p(words.opening[0], Strong((Text(words.opening[1]),)), words.opening[2]),
            Heading(1, (Text(words.question),)),
            List(True, 1, items),
            Table(("start", "end"), rows),
            _p(words.link[0], page, words.link[2]),
            _p(words.remark[0], Emphasis((Text(words.remark[1]),)), words.remark[2], note),
        ),
        closing=(Text(words.closing),),
        signature=Signature.ORIGINAL_SIGNED,
        signature_note=words.signed[0],
        signatory_name=words.signed[1],
        signatory_title=words.signed[2],
        copies_label=copies,
        copies=tuple(words.copies),
        annexes=(
            Annex(
                title=((Text(words.annex[0]),), (Text(words.annex[1]),)),
                blocks=(_p(words.annex[2]), List(False, 1, ticks)),
            ),
        ),
        slots=(),
    )


def _p(*children: str | Inline) -> Paragraph:
    return Paragraph(tuple(Text(child) if isinstance(child, str) else child for child in children))
