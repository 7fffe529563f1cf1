"""Documents that the mail carries: what makes them a different one for each addressee."""

from __future__ import annotations

from collections.abc import Iterator

from letters.checks.versions import Versions
from letters.composing import try_to_compose
from letters.model import Letter
from letters.places import letter_file
from letters.segments import REMINDER
from office.findings import Finding, Level
from office.model import Office

_SLOT_NAMES = {
    "@salutation": "the salutation",
    "@closing": "the close",
    "@address": "the address",
    "@addressee": "whom the note greets",
}


def check_attached(letter: Letter, office: Office, versions: Versions) -> Iterator[Finding]:
    """Yield what of an addressee is printed in an attached document: a remark for Word, an error for PDF.

    A PDF is one document for all of a language and class: signed off, published, the same bytes for everybody.
    """
    slots = _slots_of_classes(letter, office) if {"docx", "pdf"}.intersection(letter.attach) else {}
    for index, kind in enumerate(letter.attach):
        if kind == "docx":
            line = letter.lines.get(f"attach.{index}", letter.lines.get("attach"))
            yield from _personal(letter, slots, line)
        elif kind == "pdf":
            yield from _in_the_way(letter, slots, versions)


def _slots_of_classes(letter: Letter, office: Office) -> dict[str, list[str]]:
    """Return the names of the values that each class's letter prints in its source language."""
    found: dict[str, list[str]] = {}
    for class_name in dict.fromkeys(audience.name for audience in letter.audiences):
        composed = try_to_compose(letter, office, language=letter.source, class_name=class_name)[0]
        found[class_name] = list(dict.fromkeys(slot.name for slot in composed.slots))
    return found


def _personal(letter: Letter, slots: dict[str, list[str]], line: int | None) -> Iterator[Finding]:
    for class_name, names in slots.items():
        if names:
            shown = ", ".join(_SLOT_NAMES.get(name, name) for name in names)
            yield Finding(
                level=Level.NOTE,
                code="personal-attachment",
                message=f"the attached document is made for each addressee of «{class_name}» because of: {shown}",
                hint="It takes longer than one document for all. Without these fields it is rendered once.",
                file=letter_file(letter.slug),
                line=line,
            )


def _in_the_way(letter: Letter, slots: dict[str, list[str]], versions: Versions) -> Iterator[Finding]:
    """Name every field, and every part of the frame, that would make an attached PDF a different one for each."""
    for use in versions.uses:
        if use.expression.reads("recipient") and use.stem != REMINDER:
            yield Finding(
                level=Level.ERROR,
                code="field-in-pdf",
                message=f"«{use.expression.source}» differs per addressee: an attached PDF is the same for all",
                hint='Take the field out, or write attach = ["docx"].',
                file=use.file,
                line=use.line,
            )
    for audience in letter.audiences:
        names = [_SLOT_NAMES[name] for name in slots[audience.name] if name in _SLOT_NAMES]
        if names:
            what = f"{_differing(names)} for each addressee of «{audience.name}»"
            yield Finding(
                level=Level.ERROR,
                code="field-in-pdf",
                message=f"{what}: an attached PDF is the same for all",
                hint='Write address = "collective" for them, or attach = ["docx"].',
                file=letter_file(letter.slug),
                line=audience.line,
            )


def _differing(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last} differ" if first else f"{last} differs"
