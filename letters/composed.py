"""A letter composed for one class, in one language or two: what every renderer works from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from letters.blocks import Block, Inline, Value
from letters.model import Signature
from locales.languages import paired
from office.expressions import Expression
from office.pictures import Picture

# A line of the frame: text, or text with values of the addressee in it.
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSpec:
    """What fills value number ``i``: an expression over the addressee, or one of the frame's own values.

    ``name`` is the expression's source, or ``@salutation``, ``@closing``, ``@address`` (the addressee's own
    address lines, newline-separated), ``@addressee`` (whom a note verbale greets), or one of `letters.daily`. ``kind``
    says whether the value is text or a truth value. ``role`` and ``rank`` are the class's own, for addressees whose
    role has no words. ``master`` stands in the copy for the file. ``language`` is that of the part of the letter in
    which the value is printed.
    """

    name: str
    expression: Expression | None = None
    kind: Literal["text", "truth"] = "text"
    role: str = ""
    rank: str = ""
    language: str = ""
    master: str | bool = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactBlock:
    """One contact, labels in the letter's language: ``lines`` are (label, value) pairs such as («Tel.», «+41 …»).

    ``scheme`` of each line is ``mailto``, ``tel`` or empty and says how the value links.
    """

    lines: tuple[tuple[str, str, str], ...]  # (label, value, scheme)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Words that only those hear whose program reads to them: of boxes to tick and of footnotes."""

    box: str = "Box to tick"
    ticked_box: str = "Ticked box"
    footnotes: str = "Footnotes"
    back: str = "Back to the text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """An annex: its title lines and its blocks. ``language`` is its own where it is not the letter's; else empty."""

    title: tuple[Line, ...]
    blocks: tuple[Block, ...]
    language: str = ""
    direction: Literal["ltr", "rtl"] = "ltr"
    spoken: Spoken = Spoken()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """The letter, every fact printed in the language's house style; only slots are still open.

    A bilingual letter is its first part, with the ``second`` below it: each part is a whole letter in one language
    and has ``slots`` of its own. The values of the second are numbered after those of the first.

    ``kind`` is what sort of document it is, in words.
    ``references`` are (label, value) pairs. ``addressees`` are the printed lines, a bulleted list if several,
    which ``addressees_lead`` introduces if it is not empty;
    ``address`` is used instead when the letter is personal and names no lines. ``salutation`` and ``closing``
    of a note verbale are its first and last sentences. ``signature_note`` is «(Original signed)» or empty;
    ``facsimile`` is the picture of the signature. ``date`` is the day that ``date_line`` prints. ``reference`` is the
    letter's own, without a label; ``copies`` are lines such as «Permanent Missions».
    """

    slug: str
    language: str
    direction: Literal["ltr", "rtl"]
    class_name: str
    office_name: str
    unit: str
    kind: str = ""
    date_line: Line
    date: date | None = None
    reference: str = ""
    references: tuple[tuple[str, str], ...]
    contact_label: str
    contacts: tuple[ContactBlock, ...]
    addressees: tuple[str, ...]
    addressees_lead: str = ""
    address: Value | None
    subject_label: str
    subject: tuple[Line, ...]
    salutation: Line
    body: tuple[Block, ...]
    closing: Line
    signature: Signature
    signature_note: str
    signatory_name: str
    signatory_title: str
    facsimile: Picture | None = None
    copies_label: str = ""
    copies: tuple[str, ...] = ()
    spoken: Spoken = Spoken()
    annexes: tuple[Annex, ...]
    slots: tuple[SlotSpec, ...]
    second: Composed | None = None

    @property
    def parts(self) -> tuple[Composed, ...]:
        """The letter's parts, one a language."""
        return (self,) if self.second is None else (self, self.second)

    @property
    def tag(self) -> str:
        """The letter's language, or both of them: ``fr+ar``."""
        return paired(part.language for part in self.parts)

    @property
    def all_slots(self) -> tuple[SlotSpec, ...]:
        """The slots of all parts, in the order of their numbers."""
        return tuple(slot for part in self.parts for slot in part.slots)
